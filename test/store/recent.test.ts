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

test('what is read while this process commits is never taken for damage', async () => {
  const faults: unknown[] = [];
  const store = await openStore({ paths, observer: { fault: (error) => faults.push(error) } });
  await store.writer.commit(puts({ a: 'first' }));
  for (let round = 0; round < 40; round++) {
    let isDone = false;
    const written = store.writer.commit(puts({ a: `${round}`, b: `${round}` })).finally(() => {
      isDone = true;
    });
    // Asks all the time, so that the log is looked at between the link of a commit and its answer.
    while (!isDone) await Promise.all([store.state.status(), new Promise((resolve) => setImmediate(resolve))]);
    await written;
  }
  expect(faults).toEqual([]);
  expect((await store.state.status()).head?.index).toBe(41);
  await store.close();
});
