import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { accept, installation, open, textOf } from './stores.ts';

/** Runs SQL on the cache of an installation, while no process has it open. */
function change({ state }: StorePaths, sql: string): void {
  const cache = new Database(join(state, 'cache.sqlite'));
  try {
    expect(cache.exec(sql).open).toBe(true);
  } finally {
    cache.close();
  }
}

describe('a cache planted on the storage volume', () => {
  it.each([
    [
      "another store's",
      async (path: string) => {
        const other = await installation('forged', 'forged again');
        const store = await open(other);
        await store.close();
        const cache = new Database(join(other.state, 'cache.sqlite'));
        cache.exec(`VACUUM INTO '${path}'`);
        cache.close();
      },
    ],
    ['garbage', async (path: string) => writeFileSync(path, 'garbage')],
    ['a folder', async (path: string) => mkdirSync(path)],
    ['a link that leads out', async (path: string) => symlinkSync('/etc/hostname', path)],
    ['a link to nothing', async (path: string) => symlinkSync(`${path}-outside`, path)],
  ])('(%s) changes no answer, and nothing outside is made', async (_, plant) => {
    const paths = await installation('one', 'two');
    const path = join(paths.storage, 'cache.sqlite');
    await plant(path);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('two');
    expect((await store.reader.versions('a', { limit: 9 })).items.map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
    await store.writer.commit(puts({ a: 'three' }));
    expect((await store.maintenance.verify({})).ok).toBe(true);
    expect(existsSync(`${path}-outside`)).toBe(false);
  });
});

describe('a cache in state/ that this program did not write', () => {
  it.each([
    ['a row with another type', 'UPDATE heads SET version = -1'],
    ['a digest that is none', "UPDATE heads SET digest = 'x'"],
    ['a name that is none', "UPDATE heads SET name = 'No Name'"],
    ['an author that is none', "UPDATE heads SET author = '[]'"],
    ['an action that is none', "UPDATE heads SET action = 'take'"],
    ['another table', 'CREATE TABLE more (a)'],
    ['a trigger', 'CREATE TRIGGER t AFTER INSERT ON heads BEGIN DELETE FROM heads; END'],
    ['a view in the place of a table', 'DROP TABLE heads; CREATE VIEW heads AS SELECT * FROM versions'],
    ['no rows', 'DELETE FROM heads; DELETE FROM versions; DELETE FROM commits; DELETE FROM key_commits'],
    ['keys that are none', "UPDATE key_commits SET keys = '[{}]'"],
    ['another release', 'PRAGMA user_version = 1'],
    ['fewer versions than there are', 'DELETE FROM versions WHERE version = 1'],
  ])('(%s) is made again from the log', async (_, sql) => {
    const paths = await installation('one', 'two');
    change(paths, sql);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('two');
    expect(textOf(await store.reader.read('a', 1))).toBe('one');
    expect((await store.reader.versions('a', { limit: 9 })).items).toHaveLength(2);
    const { versions } = await store.writer.commit(puts({ a: 'three' }));
    expect(versions[0]).toMatchObject({ version: 3, created: true });
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('whose row names an artifact that is not there is compared with the log, and made again', async () => {
    const paths = await installation('one', 'two');
    for (const table of ['heads', 'versions'])
      change(paths, `UPDATE ${table} SET digest = '${'a'.repeat(64)}' WHERE version = 2`);
    expect(textOf(await (await open(paths)).reader.read('a'))).toBe('two');
  });

  it('is kept as it is while the log is older than the pin', async () => {
    const paths = await installation('one', 'two', 'three');
    rmSync(join(paths.storage, 'log/000/000/000000003.json'));
    const store = await open(paths);
    expect((await store.reader.read('a')).verified).toBe(false);
    await store.close();
    const cache = new Database(join(paths.state, 'cache.sqlite'), { readonly: true });
    expect(cache.prepare('SELECT max(idx) AS n FROM commits').get()).toEqual({ n: 3 });
    cache.close();
    const again = await open(paths);
    await accept(again, 'a test');
    await again.writer.commit(puts({ a: 'goes on' }));
    await again.close();
    expect((await (await open(paths)).reader.read('a')).verified).toBe(true);
  });
});
