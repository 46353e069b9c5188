import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/api/store.ts';
import { onMemory, openStore, otherNotices, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
const opened: Store[] = [];

async function open(): Promise<Store> {
  const store = await openStore({ paths });
  opened.push(store);
  return store;
}
const cacheFiles = () => readdirSync(paths.state).filter((name) => name.startsWith('cache.sqlite'));
const inode = () => statSync(join(paths.state, 'cache.sqlite')).ino;
const text = async (store: Store, name: string, version?: number) =>
  Buffer.from((await store.reader.read(name, version)).bytes).toString();

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await dispose();
});

/** Versions 1 to `count` of one config. */
async function written(count: number): Promise<Store> {
  const store = await open();
  for (let n = 1; n <= count; n++) await store.writer.commit(puts({ a: `text ${n}`, [`n/${n}`]: 'x' }));
  return store;
}

describe('while the cache is filled anew', () => {
  it('nobody is answered from the half of it, and what is committed meanwhile is in it', async () => {
    const store = await written(300);
    const rebuilding = store.maintenance.rebuild();
    const reads: Promise<unknown>[] = [];
    for (let turn = 0; turn < 40; turn++) {
      reads.push(text(store, 'a', 300 - turn).then((found) => expect(found).toBe(`text ${300 - turn}`)));
      reads.push(store.reader.heads({ prefix: 'n/', limit: 1 }).then(({ total }) => expect(total).toBe(300)));
      reads.push(store.writer.commit(puts({ [`meanwhile/${turn}`]: 'y' })));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([rebuilding, ...reads]);
    const before = inode();
    expect((await store.reader.heads({ limit: 1 })).total).toBe(341);
    expect(inode()).toBe(before); // and it was not done twice
  });

  it('what is under way when that begins, at whatever moment, goes on as if it had not', async () => {
    const store = await written(40);
    for (let moment = 0; moment < 120; moment++) {
      const commits = [0, 1].map((n) =>
        store.writer.commit(puts({ a: `moment ${moment} ${n}`, [`new/${moment}/${n}`]: 'y' })),
      );
      const read = store.reader.read(`n/${40 - (moment % 40)}`);
      for (let wait = 0; wait < moment % 30; wait++) await (wait % 3 === 2 ? immediate() : undefined);
      const rebuilding = store.maintenance.rebuild();
      expect((await read).row.version).toBe(1);
      const [first, second] = await Promise.all(commits);
      expect([first?.versions[0]?.version, second?.versions[0]?.version]).toEqual([41 + 2 * moment, 42 + 2 * moment]);
      await rebuilding;
    }
    expect((await store.maintenance.verify({})).ok).toBe(true);
  });

  it('the newest version stays the newest in every read of many that race with commits', async () => {
    const store = await written(20);
    const neighbour = await open();
    await neighbour.reader.read('a');
    const before = inode();
    let newest = 20;
    const reading = (async () => {
      for (let n = 0; n < 400; n++) {
        const atLeast = newest;
        expect((await neighbour.reader.read('a')).row.version).toBeGreaterThanOrEqual(atLeast);
      }
    })();
    for (let n = 21; n <= 80; n++) {
      await store.writer.commit(puts({ a: `text ${n}` }));
      newest = n;
    }
    await reading;
    expect(inode()).toBe(before);
  });
});

describe('a cache that another process took away', () => {
  it('is made once by one of them and taken over by the other, not again and again', async () => {
    const store = await written(20);
    const neighbour = await open();
    await neighbour.reader.heads({ limit: 1 });
    for (const name of cacheFiles()) rmSync(join(paths.state, name));
    expect((await store.reader.heads({ limit: 1 })).total).toBe(21);
    expect((await neighbour.reader.heads({ limit: 1 })).total).toBe(21);
    const before = inode();
    await store.writer.commit(puts({ b: 'x' }));
    for (const each of [neighbour, store, neighbour, store])
      expect([(await each.reader.heads({ limit: 1 })).total, await text(each, 'a', 7)]).toEqual([22, 'text 7']);
    expect(inode()).toBe(before);
  });

  it.skipIf(onMemory)(
    'while it was made again is made again as often, by each of several that come and go',
    async () => {
      await written(20);
      writeFileSync(join(paths.storage, 'log/000/000/000000015.json.new'), 'no commit');
      renameSync(
        join(paths.storage, 'log/000/000/000000015.json.new'),
        join(paths.storage, 'log/000/000/000000015.json'),
      );
      const lanes = [0, 1, 2, 3].map(async () => {
        for (let round = 0; round < 15; round++) {
          const store = await open();
          expect((await store.maintenance.rebuild()).commits).toBe(15);
          await store.close();
        }
      });
      await Promise.all(lanes);
    },
  );
});

describe('a cache that is no use', () => {
  it.each([
    ['is no database', (file: string) => writeFileSync(file, 'x'.repeat(10_000))],
    ['has lost its tables', (file: string) => new Database(file).exec('DROP TABLE commits; DROP TABLE heads').close()],
    ['has other columns', (file: string) => new Database(file).exec('ALTER TABLE versions DROP COLUMN size').close()],
  ])('that %s is begun anew', async (_, spoil) => {
    await (await written(3)).close();
    opened.length = 0;
    spoil(join(paths.state, 'cache.sqlite'));
    const store = await open();
    expect(await text(store, 'a')).toBe('text 3');
    expect((await store.reader.heads({ limit: 1 })).total).toBe(4);
    expect(otherNotices((await store.state.status()).notices)).toEqual([]);
  });

  it('that refuses a row while the store is open does not end the process', async () => {
    const store = await written(3);
    const other = new Database(join(paths.state, 'cache.sqlite'));
    other.exec("CREATE TRIGGER refuse BEFORE INSERT ON commits BEGIN SELECT RAISE(ABORT, 'no'); END").close();
    await store.writer.commit(puts({ b: 'x' }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await text(store, 'b')).toBe('x');
    expect((await store.reader.heads({ limit: 1 })).total).toBe(5);
  });
});

describe.skipIf(onMemory)('a volume mounted read-only', () => {
  const mounts = spawnSync('unshare', ['-rm', 'true']).status === 0;

  it.skipIf(!mounts).each([
    ['with a cache that is up to date', []],
    ['with a cache that is behind', ['behind']],
    ['with a damaged cache', ['damaged']],
    ['without one', ['gone']],
  ])('%s: everything can be read, nothing written, and the reason is said', async (_, [state]) => {
    await (await written(2)).close();
    const cache = join(paths.state, 'cache.sqlite');
    copyFileSync(cache, `${cache}-old`);
    const store = await open();
    await store.writer.commit(puts({ a: 'text 3' }));
    await store.close();
    opened.length = 0;
    if (state === 'behind') copyFileSync(`${cache}-old`, cache);
    if (state === 'damaged') writeFileSync(cache, 'x'.repeat(10_000));
    if (state === 'gone') rmSync(cache);
    chmodSync(paths.keys, 0o700);
    const script = fileURLToPath(new URL('read-only-process.ts', import.meta.url));
    const { stdout, stderr } = spawnSync(
      'unshare',
      [
        '-rm',
        'sh',
        '-c',
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" "$3" "$4"',
        'sh',
        paths.storage,
        process.execPath,
        script,
        paths.root,
      ],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      text: 'text 3',
      older: 'text 1',
      total: 3,
      ok: true,
      put: 'STORE_READONLY',
      draft: 'STORE_READONLY',
    });
  });
});
