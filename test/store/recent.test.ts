import { afterEach, beforeEach, expect, test } from 'vitest';
import { entryOf, setEntry } from './damage.ts';
import { openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
});
afterEach(() => dispose());

test('the newest commits come first, with what they say, whoever made them', async () => {
  const store = await openStore({ paths });
  const neighbour = await openStore({ paths });
  expect(await store.feed.recent(10)).toEqual([]);
  const first = await store.writer.commit(puts({ a: '1', b: '1' }, 'two at once'));
  const second = await neighbour.writer.commit(puts({ a: '2' }, 'by a neighbour'));

  const commits = await store.feed.recent(10);
  expect(commits.map(({ index, verdict }) => [index, verdict])).toEqual([
    [2, 'ok'],
    [1, 'ok'],
    [0, 'ok'],
  ]);
  expect(commits[0]).toMatchObject({
    commit: second.receipt.commit,
    keyId: second.receipt.keyId,
    statement: { message: 'by a neighbour', changes: [{ action: 'put', name: 'a', version: 2 }] },
  });
  expect(commits[1]?.commit).toBe(first.receipt.commit);
  expect(commits[1]?.statement?.changes.map((change) => 'name' in change && change.name)).toEqual(['a', 'b']);
  expect(commits[2]?.statement?.keys).toMatchObject([{ action: 'add', role: 'owner' }]);
  expect((await store.feed.recent(1)).map(({ index }) => index)).toEqual([2]);
  await store.close();
  await neighbour.close();
});

test('a damaged commit is told as such, and those around it are shown', async () => {
  const store = await openStore({ paths });
  for (const content of ['1', '2', '3']) await store.writer.commit(puts({ a: content }));
  await store.close();
  const bytes = entryOf(paths, 2);
  bytes[100] = (bytes[100] ?? 0) ^ 1;
  setEntry(paths, 2, bytes);

  const opened = await openStore({ paths });
  expect((await opened.feed.recent(10)).map(({ index, verdict }) => [index, verdict])).toEqual([
    [3, 'ok'],
    [2, 'corrupt'],
    [1, 'ok'],
    [0, 'ok'],
  ]);
  expect((await opened.feed.recent(10))[1]).toEqual({ index: 2, verdict: 'corrupt' });
  await opened.close();
});
