import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { Mirror } from '../../../src/engine/postgres/mirror.ts';

function place(): { path: string; mirror: Mirror } {
  const folder = mkdtempSync(join(tmpdir(), 'config-store-'));
  const path = join(folder, 'mirror.sqlite');
  const mirror = new Mirror(async () => path);
  onTestFinished(async () => {
    await mirror.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { path, mirror };
}

const entries = (...texts: string[]) => texts.map((text) => Buffer.from(text));
const ALL = { commits: 100, bytes: 1_000 };

it('gives what was kept, up to the limits', async () => {
  const { mirror } = place();
  mirror.keep(0, entries('zero', 'one', 'two'), []);
  expect(await mirror.range(0, ALL)).toMatchObject({ envelopes: entries('zero', 'one', 'two'), more: false });
  expect(await mirror.range(1, { commits: 1, bytes: 1_000 })).toMatchObject({ envelopes: entries('one'), more: true });
  expect(await mirror.range(0, { commits: 9, bytes: 7 })).toMatchObject({
    envelopes: entries('zero', 'one'),
    more: true,
  });
  expect(await mirror.range(7, ALL)).toMatchObject({ envelopes: [], more: false });
});

it('gives what was handed over while its file was being opened', async () => {
  const { path } = place();
  const { promise: folder, resolve: folderIsThere } = Promise.withResolvers<void>();
  const mirror = new Mirror(() => folder.then(() => path));
  onTestFinished(() => mirror.close());
  const [first, second] = ['ab'.repeat(32), 'cd'.repeat(32)] as const;
  mirror.keepObject(first, Buffer.from('first'));
  await new Promise((resolve) => setTimeout(resolve, 40)); // it has begun to write that one
  mirror.keepObject(second, Buffer.from('second'));
  const asked = [first, second].map((digest) => mirror.object(digest));
  folderIsThere();
  expect((await Promise.all(asked)).map((bytes) => Buffer.from(bytes ?? '').toString())).toEqual(['first', 'second']);
});

it('has nothing once its file is damaged', async () => {
  const { path, mirror } = place();
  mirror.keep(0, entries('zero'), []);
  mirror.keepObject('ab'.repeat(32), Buffer.from('artifact'));
  expect((await mirror.range(0, ALL)).envelopes).toHaveLength(1);
  const other = new Database(path);
  other.exec('DROP TABLE log; DROP TABLE objects');
  other.close();
  expect(await mirror.range(0, ALL)).toMatchObject({ envelopes: [], more: false });
  expect(await mirror.beyond(-1, 1)).toEqual([]);
  expect(await mirror.object('ab'.repeat(32))).toBeUndefined();
});
