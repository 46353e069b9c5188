import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import { isStoreError } from '../../../src/core/errors.ts';
import { append, keyOf, logOf } from '../append.ts';
import { snapshot } from './attacks.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';

const script = fileURLToPath(new URL('swapping-attacker.ts', import.meta.url));
const artifact = Buffer.from('again and again');
const key = keyOf('c/d');
let storage: StorageFolder;
let outside: string;

beforeEach(async () => {
  storage = await makeStorageFolder();
  outside = join(storage.home, 'outside');
  mkdirSync(outside);
  // Names that would be found there, if a link were followed.
  for (const name of ['000', sha256Hex(artifact).slice(0, 2), key]) mkdirSync(join(outside, name));
  for (const name of ['000000000.json', '1.json', sha256Hex(artifact), '1-0123456789abcdef'])
    writeFileSync(join(outside, name), 'precious');
  const engine = storage.open();
  await append(engine, 0, '0');
  await engine.drafts.insert({ key, revision: 1, body: Buffer.from('1'), live: true });
});
afterEach(() => storage.dispose());

it.each([
  'tmp',
  'objects',
  `objects/${sha256Hex(artifact).slice(0, 2)}`,
  'log',
  'log/000',
  'log/000/000',
  'drafts',
  `drafts/${key}`,
])(
  'a link that comes and goes in the place of %s leads nothing out',
  async (place) => {
    const before = snapshot(outside);
    const attacker = spawn(process.execPath, [script, join(storage.layout.root, place), outside, 'aside', '400'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(attacker, 'close');
    await once(attacker.stdout, 'data');
    const answered: string[] = [];
    let running = true;
    void ended.then(() => {
      running = false;
    });
    let engine = storage.open();
    for (let next = 1; running; ) {
      if (engine.halted !== undefined) engine = storage.open(); // after a commit whose folder went away
      try {
        await engine.objects.put(artifact);
        await engine.admin.remove(sha256Hex(artifact));
        const revision = ((await engine.drafts.newest(key))?.revision ?? 0) + 1;
        await engine.drafts.insert({ key, revision, body: Buffer.from(`${revision}`), live: true });
        await engine.tidy(new Date(Date.now() + 10 * 3_600_000));
        while (engine.log.peek(next)) next++;
        if (await append(engine, next, `${next}`)) answered.push(`${next}`);
      } catch (error) {
        expect(isStoreError(error) ? undefined : error).toBeUndefined();
      }
    }
    expect(await ended).toEqual([0, null]);
    expect(snapshot(outside)).toEqual(before);
    const log = await logOf(storage.open());
    for (const text of answered) expect(log[Number(text)]).toBe(text);
    await append(engine.halted === undefined ? engine : storage.open(), log.length, 'afterwards');
    expect(await logOf(storage.open())).toEqual([...log, 'afterwards']);
  },
  60_000,
);

it('a folder that comes and goes, with a link to where it went, keeps what is in it', async () => {
  const place = join(storage.layout.root, 'log/000/000');
  const attacker = spawn(process.execPath, [script, place, outside, 'moved', '400'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(attacker, 'close');
  await once(attacker.stdout, 'data');
  const before = readdirSync(outside)
    .filter((name) => name !== 'moved')
    .sort();
  const answered: number[] = [];
  for (let next = 1; next < 40 && attacker.exitCode === null; ) {
    const engine = storage.open();
    try {
      while (engine.log.peek(next)) next++;
      if (await append(engine, next, `${next}`)) answered.push(next);
    } catch (error) {
      expect(isStoreError(error) ? undefined : error).toBeUndefined();
    }
    await engine.close();
  }
  await ended;
  expect(readdirSync(outside).sort()).toEqual(before);
  const log = await logOf(storage.open());
  for (const index of answered) expect(log[index]).toBe(`${index}`);
}, 60_000);
