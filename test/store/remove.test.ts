import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { type Disk, realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import type { Store } from '../../src/store/api/store.ts';
import { ageArtifact, artifactFile, hasArtifact } from './damage.ts';
import { onEngine, onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
const opened: Store[] = [];

async function open(disk: Disk = realDisk): Promise<Store> {
  const store = await openStore({ paths, disk: new Durable(disk) });
  opened.push(store);
  return store;
}
async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((store) => store.close()));
}
const digest = sha256Hex('one');
const objectFile = () => artifactFile(paths.storage, 'one');
const lastWeek = () => ageArtifact(paths, 'one', 7 * 86_400_000);
const inCache = (sql: string) => new Database(join(paths.state, 'cache.sqlite')).exec(sql).close();
/** Another process puts the text `one` just before the artifact is unlinked. */
function puttingBeforeUnlink(): Disk {
  const script = fileURLToPath(new URL('put-process.ts', import.meta.url));
  return {
    ...realDisk,
    unlink: (path) => {
      if (path === objectFile()) {
        const { stdout, stderr } = spawnSync(process.execPath, [script, paths.root, 'theirs', 'one']);
        expect([stdout.toString(), stderr.toString()]).toEqual(['true', '']);
      }
      realDisk.unlink(path);
    },
  };
}

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
});
afterEach(async () => {
  await closeAll();
  await dispose();
});

describe('gc', () => {
  it('removes what no commit names, and only when told to', async () => {
    await (await open()).writer.commit(puts({ a: 'two' }));
    await onEngine(paths, ({ objects }) => objects.put(Buffer.from('one')));
    const store = await open();
    expect((await store.maintenance.collect({ apply: true })).digests).toEqual([]); // it is young
    lastWeek();
    expect(await store.maintenance.collect({ apply: false })).toEqual({ digests: [digest], bytes: 3, removed: false });
    expect(hasArtifact(paths, 'one')).toBe(true);
    expect(await store.maintenance.collect({ apply: true })).toEqual({ digests: [digest], bytes: 3, removed: true });
    expect(hasArtifact(paths, 'one')).toBe(false);
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('keeps what the log names, also when the cache has forgotten it', async () => {
    const store = await open();
    await store.writer.commit(puts({ a: 'one' }));
    await store.writer.commit(puts({ a: 'two' }));
    await closeAll();
    lastWeek();
    inCache('DELETE FROM versions WHERE version = 1');
    expect((await (await open()).maintenance.collect({ apply: true })).digests).toEqual([]);
    expect(hasArtifact(paths, 'one')).toBe(true);
  });

  it.skipIf(onMemory)('keeps what another process commits at the last moment', async () => {
    await (await open()).writer.commit(puts({ a: 'two' }));
    await onEngine(paths, ({ objects }) => objects.put(Buffer.from('one')));
    lastWeek();
    const store = await open(puttingBeforeUnlink());
    expect((await store.maintenance.collect({ apply: true })).digests).toEqual([]);
    expect(Buffer.from((await store.reader.read('theirs')).bytes).toString()).toBe('one');
  });
});

describe('a purge', () => {
  const purge = {
    changes: [{ action: 'purge', digest, reason: 'a token' }],
    message: '',
    author: puts({}).author,
  } as const;

  it.skipIf(onMemory)('leaves the bytes where another process commits them again at the last moment', async () => {
    await (await open()).writer.commit(puts({ a: 'one' }));
    const store = await open(puttingBeforeUnlink());
    await store.writer.commit(purge);
    expect(Buffer.from((await store.reader.read('theirs')).bytes).toString()).toBe('one');
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('that only the cache tells of removes nothing', async () => {
    await (await open()).writer.commit(puts({ a: 'one' }));
    await closeAll();
    const cache = new Database(join(paths.state, 'cache.sqlite'));
    cache.exec(
      `INSERT INTO purges SELECT digest, idx, key_id, size, 'never signed' FROM versions WHERE digest = '${digest}'`,
    );
    cache.close();
    const store = await open();
    await store.writer.commit(puts({ b: 'two' }));
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('one');
  });

  it.skipIf(onMemory)('that was cut short is finished by the next process that writes', async () => {
    const store = await open({
      ...realDisk,
      unlink: (path) => {
        if (path === objectFile()) throw Object.assign(new Error('injected'), { code: 'EACCES' });
        realDisk.unlink(path);
      },
    });
    await store.writer.commit(puts({ a: 'one' }));
    await expect(store.writer.commit(purge)).rejects.toMatchObject({ code: 'STORE_UNREADABLE', details: { index: 2 } });
    expect(hasArtifact(paths, 'one')).toBe(true);
    await (await open()).writer.commit(puts({ b: 'two' }));
    expect(hasArtifact(paths, 'one')).toBe(false);
  });
});
