import { describe, expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { listHistory } from '../../../src/verbs/history/list-history.ts';
import { storeHistory } from '../../../src/verbs/history/store-history.ts';
import { scopedStore } from '../../../src/verbs/shared/scoped-store.ts';
import { entryOf, setEntry } from '../../store/damage.ts';
import { openContext, refusal } from './open-context.ts';

describe('the history of the whole store', () => {
  it('is empty without a store, and says how one begins', async () => {
    const { ctx } = await openContext();
    expect(await storeHistory(ctx, {})).toMatchObject({ commits: [], next: { advice: [{ do: 'put-config' }] } });
  });

  it('has every commit, newest first, with what it changed and in whose name', async () => {
    const { ctx } = await openContext({ client: 'claude-ai' });
    await putConfig(ctx, { name: 'a/one', json: { a: 1 }, message: 'the first' });
    const put = await putConfig(ctx, { name: 'b', content: 'text' });
    await deleteConfig(ctx, { name: 'a/one' });
    const { commits, nextCursor, next } = await storeHistory(ctx, {});
    expect(commits.map(({ index, verified }) => [index, verified])).toEqual([3, 2, 1, 0].map((index) => [index, 'ok']));
    expect(commits[0]?.changes).toMatchObject([{ action: 'delete', name: 'a/one', version: 2 }]);
    expect(commits[1]).toMatchObject({
      commit: put.receipt?.commit,
      author: { name: 'claude-ai' },
      changes: [{ action: 'put', name: 'b', version: 1, digest: put.digest, mediaType: 'text/plain' }],
    });
    expect(commits[3]).toMatchObject({ changes: [], keys: [{ action: 'add', role: 'owner' }] });
    expect([nextCursor, next]).toEqual([undefined, undefined]);
  });

  it('comes in pages that together are the whole, also when only some are wanted', async () => {
    const { ctx } = await openContext();
    for (let i = 0; i < 9; i++) await putConfig(ctx, { name: `n${i % 3}`, json: { i } });
    const indexes = async (grep?: string) => {
      const found: number[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await storeHistory(ctx, { cursor, limit: 2, grep });
        found.push(...page.commits.map(({ index }) => index));
        cursor = page.nextCursor;
        if (cursor === undefined) return found;
      }
    };
    expect(await indexes()).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await indexes('N1')).toEqual([8, 5, 2]);
    expect((await refusal(storeHistory(ctx, { cursor: 'bm9wZQ' }))).code).toBe('ARGUMENT_INVALID');
  });

  it('is narrowed to a time and to a text of message, author or name', async () => {
    const { ctx } = await openContext({ client: 'Cursor' });
    await putConfig(ctx, { name: 'a', json: { v: 1 }, message: 'Add the GitHub server' });
    await putConfig(ctx, { name: 'b', json: { v: 2 }, message: 'other' });
    const texts = async (grep: string) => (await storeHistory(ctx, { grep })).commits.map(({ message }) => message);
    expect(await texts('github SERVER')).toEqual(['Add the GitHub server']);
    expect(await texts('cursor')).toEqual(['other', 'Add the GitHub server', 'make the store']);
    expect(await texts('.*')).toEqual([]);
    expect((await storeHistory(ctx, { since: '1h' })).commits).toHaveLength(3);
    expect(await storeHistory(ctx, { since: '2999-01-01' })).toMatchObject({ commits: [], next: { hint: /earlier/i } });
    expect((await listHistory(ctx, { name: 'a', grep: 'github' })).versions).toHaveLength(1);
    expect((await listHistory(ctx, { name: 'a', grep: 'other' })).versions).toEqual([]);
    expect((await listHistory(ctx, { name: 'a', since: '2999-01-01' })).versions).toEqual([]);
    for (const wrong of [
      { since: 'soon' },
      { grep: '' },
      { grep: 'x'.repeat(201) },
      { limit: 0 },
      { changesPerCommit: 0 },
    ])
      expect((await refusal(storeHistory(ctx, wrong))).code).toBe('ARGUMENT_INVALID');
  });

  it('says which commits did not verify, and of these nothing more', async () => {
    const first = await openContext();
    for (let i = 0; i < 3; i++) await putConfig(first.ctx, { name: 'a', json: { i } });
    await first.store.close();
    const bytes = entryOf(first.paths, 2);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    setEntry(first.paths, 2, bytes);
    const { ctx } = await openContext({ paths: first.paths });
    const { commits, summary, next } = await storeHistory(ctx, {});
    expect(commits[1]).toEqual({ index: 2, verified: 'corrupt', changes: [] });
    expect(summary).toBe('4 commits; 1 of these did not verify');
    expect(next).toEqual({ advice: [{ do: 'verify' }] });
  });

  it('has for a caller who reaches some configs only what changed one of these', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name: 'team/a', json: { v: 1 }, message: 'mine' });
    await putConfig(ctx, { name: 'other/b', json: { v: 2 }, message: 'not mine' });
    const scoped = { ...ctx, prefix: 'team/', store: async () => scopedStore(store, 'team/') };
    const { commits } = await storeHistory(scoped, {});
    expect(commits.map(({ message }) => message)).toEqual(['mine', 'make the store']);
    expect(JSON.stringify(await storeHistory(scoped, { grep: 'mine' }))).not.toContain('not mine');
  });

  it('lists twenty changes of a commit unless asked', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name: 'a', json: { v: 1 } });
    const changes = Array.from({ length: 25 }, (_, i) => ({
      action: 'put' as const,
      name: `n${i}`,
      mediaType: 'text/plain',
      bytes: Buffer.from(`${i}`),
    }));
    await store.writer.commit({ author: ctx.author(), message: 'many', changes });
    expect((await storeHistory(ctx, { limit: 1 })).commits[0]).toMatchObject({
      changesOmitted: 5,
      changes: { length: 20 },
    });
    expect((await storeHistory(ctx, { limit: 1, changesPerCommit: 30 })).commits[0]?.changes).toHaveLength(25);
  });
});
