import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Store } from '../../src/store/api/store.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
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

const LIES: [string, string][] = [
  ['a message', "UPDATE heads SET message = 'approved'; UPDATE versions SET message = 'approved'"],
  ['a digest', `UPDATE heads SET digest = '${'f'.repeat(64)}'; UPDATE versions SET digest = '${'f'.repeat(64)}'`],
  ['a version number', 'UPDATE versions SET version = version + 1 WHERE version = 3'],
  ['an old version left out', 'DELETE FROM versions WHERE version = 2'],
  ['an older version as the newest', "UPDATE heads SET version = 2, idx = 2, message = 'put two'"],
  ['no commit', 'DELETE FROM commits; DELETE FROM key_commits; DELETE FROM versions; DELETE FROM heads'],
];

async function written(): Promise<Pick<Said, 'list' | 'history'>> {
  store = await openStore({ paths });
  for (const text of ['one', 'two', 'three']) await store.writer.commit(puts({ a: text }, `put ${text}`));
  const { list, history } = await said(store);
  expect(history.items.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
  await store.close();
  return { list, history };
}
type Said = Awaited<ReturnType<typeof said>>;
async function said({ reader }: Store) {
  const old = Buffer.from((await reader.read('a', 2)).bytes).toString();
  const history = await reader.versions('a', { limit: 9 });
  return { old, history, list: await reader.heads({ limit: 9 }), newest: (await reader.read('a')).row.version };
}

it.skipIf(onMemory).each(LIES)(
  'what lies in storage/cache.sqlite changes no answer, and goes with the first write: %s',
  async (_, sql) => {
    const before = await written();
    const planted = join(paths.storage, 'cache.sqlite');
    copyFileSync(join(paths.state, 'cache.sqlite'), planted);
    new Database(planted).exec(sql).close();
    for (const own of ['is there', 'was deleted']) {
      if (own === 'was deleted')
        for (const name of readdirSync(paths.state).filter((one) => one.startsWith('cache')))
          rmSync(join(paths.state, name));
      store = await openStore({ paths });
      expect(await said(store)).toEqual({ ...before, old: 'two', newest: 3 });
      expect(await store.maintenance.verify({})).toMatchObject({ ok: true, findings: [] });
      await store.close();
    }
    expect(existsSync(planted)).toBe(true);
    store = await openStore({ paths });
    await store.writer.commit(puts({ b: 'x' }));
    expect(existsSync(planted)).toBe(false);
  },
);

it.each(LIES.filter(([lie]) => !/older version|no commit/.test(lie)))(
  'a history and an older version come from the log, whatever this installation’s own cache says: %s',
  async (_, sql) => {
    const before = await written();
    new Database(join(paths.state, 'cache.sqlite')).exec(sql).close();
    store = await openStore({ paths });
    expect(await said(store)).toEqual({ ...before, old: 'two', newest: 3 });
  },
);
