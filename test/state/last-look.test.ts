import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { LastLookFile } from '../../src/state/last-look.ts';
import { StateFolder } from '../../src/state/state-folder.ts';

async function temporaryState(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'look-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

it('is remembered for this user alone, and the next one replaces it', async () => {
  const folder = await temporaryState();
  const file = new LastLookFile(new StateFolder(folder));
  expect(file.read()).toBeUndefined();
  for (const time of [1e12, 1.5e12]) {
    await file.write(time);
    expect(file.read()).toBe(time);
  }
  expect((await stat(join(folder, 'last-look.json'))).mode & 0o777).toBe(0o600);
});

it('makes no folder to be remembered in', async () => {
  const folder = join(await temporaryState(), 'state');
  await new LastLookFile(new StateFolder(folder)).write(1e12);
  await expect(stat(folder)).rejects.toThrow('ENOENT');
});

it.each([
  '',
  '{',
  '[]',
  '{"time":7}',
  '{"time":"soon"}',
  '{"time":"2026-13-01T00:00:00.000Z"}',
  '{"time":"9999-01-01T00:00:00.000Z"}',
])('that cannot be believed (%j) is none', async (text) => {
  const folder = await temporaryState();
  await writeFile(join(folder, 'last-look.json'), text);
  expect(new LastLookFile(new StateFolder(folder)).read()).toBeUndefined();
});
