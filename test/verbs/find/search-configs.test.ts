import { describe, expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { searchConfigs } from '../../../src/verbs/find/search-configs.ts';
import { scopedStore } from '../../../src/verbs/shared/scoped-store.ts';
import { setObject } from '../../store/damage.ts';
import { openContext, refusal } from '../configs/open-context.ts';

describe('a search', () => {
  it('finds a text in names, members, values and lines of the newest versions', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'github/notes', content: 'nothing here\n' });
    await putConfig(ctx, {
      name: 'a',
      json: { mcpServers: { GitHub: { command: 'npx', args: ['-y', 'server-github'] } } },
    });
    await putConfig(ctx, { name: 'b', content: 'one\ntwo github two\n' });
    await putConfig(ctx, { name: 'c', content: '# uses github\nkey: 1\n', mediaType: 'application/yaml' });
    await putConfig(ctx, { name: 'old', json: { github: 1 } });
    await putConfig(ctx, { name: 'old', json: { gitlab: 1 } });
    await putConfig(ctx, { name: 'gone', json: { github: 1 } });
    await deleteConfig(ctx, { name: 'gone' });
    const { found, searched, summary } = await searchConfigs(ctx, { text: 'GITHUB' });
    expect(found).toMatchObject([
      {
        name: 'a',
        version: 1,
        inName: false,
        matches: [
          { path: '/mcpServers/GitHub', excerpt: '{"args":["-y","server-github"],"command":"npx"}' },
          { path: '/mcpServers/GitHub/args/1', excerpt: 'server-github' },
        ],
      },
      { name: 'b', matches: [{ line: 2, excerpt: 'two github two' }] },
      { name: 'c', matches: [{ line: 1, excerpt: '# uses github' }] },
      { name: 'github/notes', inName: true, matches: [] },
    ]);
    expect([searched, summary]).toEqual([5, '4 configs of 5 have the text']);
    expect((await searchConfigs(ctx, { text: 'github', prefix: 'g' })).found.map(({ name }) => name)).toEqual([
      'github/notes',
    ]);
    expect((await searchConfigs(ctx, { text: 'g.thub' })).found).toEqual([]);
  });

  it('comes in pages that together are the whole', async () => {
    const { ctx } = await openContext();
    for (let i = 0; i < 7; i++) await putConfig(ctx, { name: `n${i}`, content: i % 2 === 0 ? 'wanted' : 'other' });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await searchConfigs(ctx, { text: 'wanted', limit: 2, cursor });
      names.push(...page.found.map(({ name }) => name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual(['n0', 'n2', 'n4', 'n6']);
  });

  it('says what it did not look at, and goes on', async () => {
    const { ctx, store, paths } = await openContext();
    await putConfig(ctx, { name: 'binary', bytes: Buffer.from([0, 1, 2]), mediaType: 'application/octet-stream' });
    await putConfig(ctx, { name: 'large', bytes: Buffer.alloc(1_048_577, 'x'), mediaType: 'text/plain' }).catch(() =>
      store.writer.commit({
        author: ctx.author(),
        message: '',
        changes: [{ action: 'put', name: 'large', bytes: Buffer.alloc(1_048_577, 'x'), mediaType: 'text/plain' }],
      }),
    );
    await putConfig(ctx, { name: 'lost', content: 'wanted too' });
    const head = await store.reader.head('lost');
    if (head !== undefined) setObject(paths, head.digest, undefined);
    await putConfig(ctx, { name: 'there', content: 'wanted' });
    const { found, skipped } = await searchConfigs(ctx, { text: 'wanted' });
    expect(found.map(({ name }) => name)).toEqual(['there']);
    expect(skipped).toEqual([
      { name: 'binary', why: 'not text' },
      { name: 'large', why: 'too large' },
      { name: 'lost', why: 'CORRUPT' },
    ]);
  });

  it('finds only what the caller reaches, and refuses what is no text', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name: 'team/a', content: 'wanted' });
    await putConfig(ctx, { name: 'other', content: 'wanted' });
    const scoped = { ...ctx, store: async () => scopedStore(store, 'team/') };
    expect((await searchConfigs(scoped, { text: 'wanted' })).found.map(({ name }) => name)).toEqual(['team/a']);
    for (const text of ['', 'x'.repeat(201)])
      expect((await refusal(searchConfigs(ctx, { text }))).code).toBe('ARGUMENT_INVALID');
  });
});
