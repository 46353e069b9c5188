import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import { realDisk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import { objectPath, type StorageLayout } from '../../../src/engine/files/layout.ts';
import { FileObjectStore } from '../../../src/engine/files/object-store.ts';
import { objectStoreContract } from '../object-store.ts';
import { makeStorageFolder } from './storage-folder.ts';

objectStoreContract('files', async () => {
  const { layout, dispose } = await makeStorageFolder();
  return {
    open: () => new FileObjectStore(layout, new Durable()),
    damage: async (digest, bytes) => {
      const path = join(layout.objects, objectPath(digest));
      chmodSync(path, 0o644);
      writeFileSync(path, bytes);
    },
    dispose,
  };
});

describe('artifacts as files', () => {
  let layout: StorageLayout;
  let dispose: () => Promise<void>;
  const calls: string[] = [];
  const bytes = Buffer.from('{"a":1}');
  const digest = sha256Hex(bytes);
  let objects: FileObjectStore;

  beforeEach(async () => {
    ({ layout, dispose } = await makeStorageFolder());
    calls.length = 0;
    const disk = new Durable({
      ...realDisk,
      open: (path, flags, mode) => {
        calls.push(flags === 'r' ? `folder ${path}` : 'write');
        return realDisk.open(path, flags, mode);
      },
    });
    objects = new FileObjectStore(layout, disk);
  });
  afterEach(() => dispose());

  const path = () => join(layout.objects, objectPath(digest));

  it('names a file after its content, read-only, and leaves nothing in tmp', async () => {
    await objects.put(bytes);
    expect(readFileSync(path())).toEqual(bytes);
    expect(path()).toMatch(/objects\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
    expect(statSync(path()).mode & 0o777).toBe(0o444);
    expect(readdirSync(layout.tmp)).toEqual([]);
  });

  it('writes before begin returns, and publishes only once the bytes are durable', async () => {
    mkdirSync(dirname(path()));
    const pending = objects.begin(bytes);
    expect(pending.digest).toBe(digest);
    expect(readdirSync(layout.tmp)).toHaveLength(1);
    expect(existsSync(path())).toBe(false);
    await pending.durable;
    expect(existsSync(path())).toBe(true);
  });

  it('skips the write of a copy that is there, never its folder, unless a durable commit names it', async () => {
    await objects.put(bytes);
    calls.length = 0;
    await objects.put(bytes);
    expect(calls).toEqual([`folder ${dirname(path())}`]);
    calls.length = 0;
    await objects.begin(bytes, { durablyNamed: true }).durable;
    expect(calls).toEqual([]);
  });

  it('writes again when its unfinished file was swept away', async () => {
    mkdirSync(dirname(path()));
    const pending = objects.begin(bytes);
    for (const name of readdirSync(layout.tmp)) rmSync(join(layout.tmp, name));
    await pending.durable;
    expect(readFileSync(path())).toEqual(bytes);
  });

  it('makes a fan-out folder that is missing', async () => {
    rmSync(layout.objects, { recursive: true });
    await objects.put(bytes);
    expect(readFileSync(path())).toEqual(bytes);
  });

  it('says so when something else than a file is in an artifact’s place', async () => {
    mkdirSync(path(), { recursive: true });
    await expect(objects.get(digest)).rejects.toMatchObject({ code: 'CORRUPT' });
    await expect(objects.has(digest)).resolves.toBe(false);
  });
});
