import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesEngine } from '../../../src/engine/files/files-engine.ts';
import { keyOf } from '../append.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';
import { tracedDisk } from './traced-disk.ts';

const key = keyOf('c/d');

describe('drafts as files', () => {
  let storage: StorageFolder;
  let engine: FilesEngine;
  const calls: string[] = [];
  const insert = (revision: number, text: string, live = true) =>
    engine.drafts.insert({ key, revision, body: Buffer.from(text), live });
  const folder = () => join(storage.layout.drafts, key);

  beforeEach(async () => {
    storage = await makeStorageFolder();
    calls.length = 0;
    engine = storage.open(tracedDisk(storage.layout.root, calls));
  });
  afterEach(() => storage.dispose());

  it('are named by key and revision, read-only, the older ones gone and nothing left in tmp', async () => {
    for (const revision of [1, 2, 3]) await insert(revision, `text ${revision}`);
    expect(readdirSync(folder())).toEqual(['3.json']);
    expect(readFileSync(join(folder(), '3.json'), 'utf8')).toBe('text 3');
    expect(statSync(join(folder(), '3.json')).mode & 0o777).toBe(0o444);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('are durable: the folder before the file, and the name before the answer', async () => {
    await insert(1, 'text');
    expect(calls).toEqual([
      `mkdir drafts/${key}`,
      'fsync drafts',
      'write tmp',
      `link drafts/${key}/1.json`,
      `fsync drafts/${key}`,
    ]);
  });

  it('that were discarded are small files that end in the mark, and no others are', async () => {
    const mark = '{"name":"c/d","revision":1,"discarded":true}';
    for (const [revision, text, live] of [
      [1, mark, false],
      [2, `${mark} `, true],
      [3, `${'x'.repeat(600)}${mark}`, true],
      [4, '{}', true],
      [5, '', true],
    ] as const) {
      await insert(revision, text);
      expect([(await engine.drafts.newest(key))?.live, (await engine.drafts.live([key])).has(key)]).toEqual([
        live,
        live,
      ]);
    }
  });

  it('that are too large are CORRUPT without being read, count by their number, and can be saved over', async () => {
    await insert(1, 'text');
    writeFileSync(join(folder(), '7.json'), '');
    truncateSync(join(folder(), '7.json'), 97 * 1_048_576);
    await expect(engine.drafts.newest(key)).rejects.toMatchObject({ code: 'CORRUPT', details: { revision: 7 } });
    expect(await insert(7, 'mine')).toBe('conflict');
    expect(await insert(8, 'mine')).toBe('saved');
    expect(readdirSync(folder())).toEqual(['8.json']);
  });

  it('take no other file for a revision, and no other folder for a draft', async () => {
    await insert(2, 'text');
    for (const name of ['0.json', '03.json', '9.json~', '9.JSON', '1e3.json', 'x.json'])
      writeFileSync(join(folder(), name), 'x');
    for (const name of ['lost+found', key.toUpperCase(), keyOf('empty')]) mkdirSync(join(storage.layout.drafts, name));
    expect((await engine.drafts.newest(key))?.revision).toBe(2);
    expect((await engine.drafts.list(10)).map((entry) => entry.key)).toEqual([key]);
    await insert(3, 'text');
    expect(readdirSync(folder())).toHaveLength(7);
  });

  it.each(['drafts', 'tmp'])('are saved after %s was lost, as empty folders are', async (lost) => {
    rmSync(join(storage.layout.root, lost), { recursive: true });
    expect(await engine.drafts.list(10)).toEqual([]);
    expect(await engine.drafts.newest(key)).toBeUndefined();
    await engine.tidy(new Date());
    expect(await insert(1, 'text')).toBe('saved');
  });
});
