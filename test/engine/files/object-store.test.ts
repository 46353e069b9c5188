import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import type { FilesEngine } from '../../../src/engine/files/files-engine.ts';
import { objectPath } from '../../../src/engine/files/layout.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';
import { tracedDisk } from './traced-disk.ts';

describe('artifacts as files', () => {
  let storage: StorageFolder;
  let engine: FilesEngine;
  const calls: string[] = [];
  const bytes = Buffer.from('{"a":1}');
  const digest = sha256Hex(bytes);

  beforeEach(async () => {
    storage = await makeStorageFolder();
    calls.length = 0;
    engine = storage.open(tracedDisk(storage.layout.root, calls));
  });
  afterEach(() => storage.dispose());

  const path = () => join(storage.layout.objects, objectPath(digest));

  it('names a file after its content, read-only, and leaves nothing in tmp', async () => {
    await engine.objects.put(bytes);
    expect(readFileSync(path())).toEqual(bytes);
    expect(path()).toMatch(/objects\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
    expect(statSync(path()).mode & 0o777).toBe(0o444);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('writes and names before begin returns, so that its caller can sign while the disk works', async () => {
    const pending = engine.objects.begin(bytes);
    expect(pending).toMatchObject({ digest, bytes });
    expect(readFileSync(path())).toEqual(bytes);
    await pending.durable;
    expect(calls.slice(-2)).toEqual([`link objects/${objectPath(digest)}`, `fsync objects/${digest.slice(0, 2)}`]);
  });

  it('replaces a damaged copy by a whole one', async () => {
    await engine.objects.put(bytes);
    chmodSync(path(), 0o644);
    writeFileSync(path(), 'damaged');
    await engine.objects.put(bytes);
    expect(readFileSync(path())).toEqual(bytes);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('skips the write of a copy that is there, never its flush, unless a durable commit names it', async () => {
    await engine.objects.put(bytes);
    calls.length = 0;
    await engine.objects.put(bytes);
    expect(calls).toEqual([`fsync objects/${objectPath(digest)}`, `fsync objects/${digest.slice(0, 2)}`]);
    calls.length = 0;
    await engine.objects.begin(bytes, { durablyNamed: true }).durable;
    expect(calls).toEqual([]);
  });

  it.each(['objects', `objects/${digest.slice(0, 2)}`, 'tmp'])('makes %s again where it is missing', async (folder) => {
    rmSync(join(storage.layout.root, folder), { recursive: true });
    await engine.objects.put(bytes);
    expect(readFileSync(path())).toEqual(bytes);
  });

  it('does not list what is no artifact', async () => {
    await engine.objects.put(bytes);
    const folder = dirname(path());
    for (const name of [sha256Hex('of another folder'), 'x'.repeat(64), digest.toUpperCase()])
      mkdirSync(join(folder, name), { recursive: true });
    mkdirSync(join(folder, `${digest.slice(0, 2)}${'0'.repeat(62)}`));
    const listed: string[] = [];
    for await (const one of engine.admin.objects(new Date(Date.now() + 60_000))) listed.push(one.digest);
    expect(listed).toEqual([digest]);
  });
});
