import { describe, expect, it } from 'vitest';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { type PutConfigRequest, putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { publishDrafts } from '../../../src/verbs/drafts/publish-drafts.ts';
import { openContext } from './open-context.ts';

const servers = (...names: string[]) => ({
  mcpServers: Object.fromEntries(names.map((name) => [name, { command: name, args: ['-y', 'x@1.0.0', '/data'] }])),
});

type Given = Omit<PutConfigRequest, 'name'>;

async function codesOf(before: Given, after: Given): Promise<string[]> {
  const { ctx } = await openContext();
  const first = await putConfig(ctx, { name: 'a/b', ...before });
  expect(first).not.toHaveProperty('notices');
  const { notices = [] } = await putConfig(ctx, { name: 'a/b', ...after });
  for (const notice of notices)
    if (notice.code !== 'NOT_WELL_FORMED') expect(notice.advice).toEqual([{ do: 'restore', name: 'a/b', version: 1 }]);
  return notices.map(({ code }) => code);
}

const long = 'A line of a long prompt.\n'.repeat(10);

describe('a put says what is lost', () => {
  it.each<[string, Given, Given, string[]]>([
    ['servers', { json: servers('a', 'b', 'c') }, { json: servers('a', 'c') }, ['SERVERS_REMOVED']],
    ['all servers', { json: servers('a') }, { json: { mcpServers: {} } }, ['EMPTIED', 'SERVERS_REMOVED']],
    [
      'servers of TOML',
      { content: '[mcp_servers.a]\ncommand = "a"\n[mcp_servers.b]\ncommand = "b"\n' },
      { content: '[mcp_servers.a]\ncommand = "a"\n' },
      ['SERVERS_REMOVED'],
    ],
    [
      'comments of YAML',
      { content: '# why\na: 1 # because\n', mediaType: 'application/yaml' },
      { content: 'a: 1\n' },
      ['COMMENTS_REMOVED'],
    ],
    ['the comment of JSONC', { content: '{"a":1} // x' }, { content: '{"a":2}' }, ['COMMENTS_REMOVED']],
    ['everything, of an object', { json: { a: 1 } }, { json: {} }, ['EMPTIED']],
    ['everything, of text', { content: 'a word' }, { content: '' }, ['EMPTIED']],
    ['everything but white space', { content: 'a word' }, { content: '\n' }, ['EMPTIED']],
    ['most of the values', { json: { a: 1, b: 2, c: [3, 4] } }, { json: { a: 1 } }, ['MOSTLY_REMOVED']],
    ['most of a text', { content: long }, { content: long.slice(0, 60) }, ['MOSTLY_REMOVED']],
    ['its type', { json: { a: 1 } }, { content: 'a: 1', mediaType: 'text/yaml' }, ['MEDIA_TYPE_CHANGED']],
  ])('%s', async (_what, before, after, codes) => {
    expect(await codesOf(before, after)).toEqual(codes);
  });

  it.each<[string, Given, Given]>([
    ['a server gets another name', { json: servers('a', 'b') }, { json: servers('a', 'c') }],
    ['a server is added', { json: servers('a') }, { json: servers('a', 'b') }],
    ['only the layout is smaller', { content: '{\n      "a":      1\n}\n' }, { content: '{"a":1}' }],
    ['one comment of two goes', { content: '# x\na: 1 # y\n', mediaType: 'text/yaml' }, { content: 'a: 1 # y\n' }],
    ['half of it stays', { json: { a: 1, b: 2 } }, { json: { a: 1 } }],
    ['there was nothing', { json: {} }, { json: { a: [] } }],
    [
      'the parameters of its type change',
      { content: 'a', mediaType: 'text/x' },
      { content: 'b', mediaType: 'text/x; v=1' },
    ],
  ])('and nothing where %s', async (_what, before, after) => {
    expect(await codesOf(before, after)).toEqual([]);
  });

  it('in a patch too, and not in a restore, which is meant', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a/b', json: servers('a') });
    await putConfig(ctx, { name: 'a/b', json: servers('a', 'b') });
    expect(await patchConfig(ctx, { name: 'a/b', patch: { mcpServers: { b: null } } })).toMatchObject({
      notices: [{ code: 'SERVERS_REMOVED', message: expect.stringMatching(/2 MCP servers.* 1: b is gone/) }],
    });
    await putConfig(ctx, { name: 'a/b', json: servers('a', 'b', 'c') });
    expect(await restoreConfig(ctx, { name: 'a/b', version: 1 })).not.toHaveProperty('notices');
  });

  it('in a draft and when it is published', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a/b', json: servers('a', 'b') });
    const draft = await putConfig(ctx, { name: 'a/b', json: servers('a'), draft: true });
    expect(draft.notices).toMatchObject([{ code: 'SERVERS_REMOVED' }]);
    expect((await publishDrafts(ctx, {})).notices).toMatchObject([
      { code: 'SERVERS_REMOVED', message: expect.stringMatching(/^a\/b: there were 2/) },
    ]);
  });

  it('not of content that was deleted before', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a/b', json: servers('a', 'b') });
    const { deleteConfig } = await import('../../../src/verbs/configs/delete-config.ts');
    await deleteConfig(ctx, { name: 'a/b' });
    expect(await putConfig(ctx, { name: 'a/b', json: servers('a') })).not.toHaveProperty('notices');
  });
});
