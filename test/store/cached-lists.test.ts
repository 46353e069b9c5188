import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../src/store/api/store.ts';
import { openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
let store: Store | undefined;

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
});
afterEach(async () => {
  await store?.close();
  await dispose();
});

it.each([
  ['a message', "UPDATE heads SET message = 'approved'; UPDATE versions SET message = 'approved'"],
  ['a digest', `UPDATE heads SET digest = '${'f'.repeat(64)}'; UPDATE versions SET digest = '${'f'.repeat(64)}'`],
  ['a version number', 'UPDATE versions SET version = version + 1 WHERE version = 3'],
  ['an old version left out', 'DELETE FROM versions WHERE version = 2'],
])('lists and older versions come from the log, whatever the cache says: %s', async (_, sql) => {
  store = await openStore({ paths });
  for (const text of ['one', 'two', 'three']) await store.writer.commit(puts({ a: text }, `put ${text}`));
  const list = await store.reader.heads({ limit: 9 });
  const history = await store.reader.versions('a', { limit: 9 });
  await store.close();
  new Database(join(paths.storage, 'cache.sqlite')).exec(sql).close();
  store = await openStore({ paths });
  expect(Buffer.from((await store.reader.read('a', 2)).bytes).toString()).toBe('two');
  expect(await store.reader.heads({ limit: 9 })).toEqual(list);
  expect(await store.reader.versions('a', { limit: 9 })).toEqual(history);
  expect(history.items.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
});
