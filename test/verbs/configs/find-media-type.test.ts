import { describe, expect, it } from 'vitest';
import { findMediaType } from '../../../src/verbs/configs/find-media-type.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { validateConfig } from '../../../src/verbs/configs/validate-config.ts';
import { openContext } from './open-context.ts';

const JSON_TEXT = '{"a": [1]}\n';
const JSONC_TEXT = '{\n  // why\n  "a": 1,\n}\n';
const YAML_TEXT = 'mcpServers:\n  fs:\n    command: fs-mcp\n    args: [/data]\n';
const TOML_TEXT = '# Codex\n[mcp_servers.fs]\ncommand = "fs-mcp"\n';
const CUT_OFF = '{"mcpServers": {"fs": {"command": "fs-mcp", "args": ["/data"';

const find = (text: string | Uint8Array, ...names: string[]) => findMediaType(Buffer.from(text), { names });

describe('content without a media type gets one', () => {
  it.each([
    ['cursor/mcp.json', JSON_TEXT, 'application/json'],
    ['cursor/mcp.json', JSONC_TEXT, 'application/jsonc'],
    ['a/b.jsonc', JSON_TEXT, 'application/jsonc'],
    ['team/servers.yaml', YAML_TEXT, 'application/yaml'],
    ['team/servers.yml', 'just a word', 'application/yaml'],
    ['codex/config.toml', TOML_TEXT, 'application/toml'],
    ['prompts/review.md', '# {"a": 1}', 'text/markdown'],
    ['a/b.env', 'A=1', 'text/plain'],
  ])('by its name: %s', async (name, text, mediaType) => {
    expect(await find(text, name)).toMatchObject({ mediaType, typeFrom: 'name' });
  });

  it('by the name of its file before that of the config', async () => {
    expect(await find('a: 1', 'export.yaml', 'a/b.json')).toMatchObject({ mediaType: 'application/yaml' });
    expect(await find(JSON_TEXT, 'export', 'a/b.json')).toMatchObject({ mediaType: 'application/json' });
  });

  it.each([
    ['JSON', JSON_TEXT, 'application/json'],
    ['JSON after white space', `\n ${JSON_TEXT}`, 'application/json'],
    ['a list', '[{"a": 1}]', 'application/json'],
    ['an empty object', '{}', 'application/json'],
    ['JSON with comments', JSONC_TEXT, 'application/jsonc'],
    ['a comment first', `// settings\n${JSON_TEXT}`, 'application/jsonc'],
    ['YAML', YAML_TEXT, 'application/yaml'],
    ['YAML after a marker', `---\n${YAML_TEXT}`, 'application/yaml'],
    ['TOML', TOML_TEXT, 'application/toml'],
  ])('by its form: %s', async (_what, text, mediaType) => {
    expect(await find(text, 'a/b')).toMatchObject({ mediaType, typeFrom: 'form' });
  });

  it.each([
    ['prose', 'Be nice.\nNever push to main.\n'],
    ['one line with a colon', 'Note: be nice'],
    ['a prompt with headings', 'Role: you review code\nRules:\n- be kind\n- be brief\n'],
    ['front matter', '---\nname: review\n---\n\n# Review\n'],
    ['settings of one line each', 'HOST=localhost\nPORT=8080\n'],
    ['an INI file', '[core]\n  bare = false\n[user]\n  name = Anna\n'],
    ['a template', '{{ greeting }}, {% if x %}y{% endif %}'],
    ['a link', '[text](https://example.com)'],
    ['a task list', '[ ] one\n[x] two'],
    ['a cut-off document', CUT_OFF],
    ['nothing', ''],
  ])('and none where its form says nothing sure: %s', async (_what, text) => {
    expect(await find(text, 'a/b')).toMatchObject({ mediaType: 'text/plain', typeFrom: 'none' });
  });

  it('and is binary where it is no text', async () => {
    expect(await find(Uint8Array.of(0xff, 0), 'a/b')).toMatchObject({ mediaType: 'application/octet-stream' });
  });
});

describe('what does not parse as its name says', () => {
  it.each(['a/b.json', 'a/b.jsonc', 'a/b.yaml', 'a/b.toml'])('is refused: %s', async (name) => {
    const { ctx } = await openContext();
    await expect(putConfig(ctx, { name, content: '{"a": [1' })).rejects.toMatchObject({
      code: 'CONTENT_INVALID',
      hint: expect.stringContaining('as its name says'),
    });
    expect(await validateConfig(ctx, { name, content: '{"a": [1' })).toMatchObject({ valid: false });
  });

  it.each(['a/b.json', 'a/b.yaml', 'a/b.toml'])('can be stored as other text, with a warning: %s', async (name) => {
    const { ctx } = await openContext();
    const text = '{"a": [1';
    const put = await putConfig(ctx, { name, content: text, mediaType: 'text/plain' });
    expect(put).toMatchObject({ mediaType: 'text/plain', notices: [{ code: 'NOT_WELL_FORMED' }] });
    expect(await validateConfig(ctx, { name })).toMatchObject({
      valid: true,
      mediaType: 'text/plain',
      warnings: [expect.objectContaining({ code: 'NOT_WELL_FORMED' })],
    });
  });
});

describe('a document that was cut off', () => {
  it('is text, with a warning that put and validate both give', async () => {
    const { ctx } = await openContext();
    const put = await putConfig(ctx, { name: 'claude-desktop/default', content: CUT_OFF });
    expect(put).toMatchObject({
      mediaType: 'text/plain',
      summary: expect.stringContaining('taken as text/plain'),
      notices: [{ code: 'NOT_WELL_FORMED', where: 'line 1' }],
    });
    for (const which of [{ name: 'claude-desktop/default' }, { content: CUT_OFF }])
      expect((await validateConfig(ctx, which)).warnings).toEqual([
        expect.objectContaining({ code: 'NOT_WELL_FORMED' }),
      ]);
  });

  it.each([
    ['a list', '[1, 2'],
    ['TOML', '[mcp_servers.x]\ncommand = "x"\nargs = ["a"\n'],
    ['YAML', 'servers:\n  - a: [1\n'],
  ])('is text, with a warning: %s', async (_, content) => {
    const { ctx } = await openContext();
    const put = await putConfig(ctx, { name: 'a/b', content });
    expect(put).toMatchObject({ mediaType: 'text/plain', notices: [{ code: 'NOT_WELL_FORMED' }] });
    expect((await validateConfig(ctx, { name: 'a/b' })).warnings).toEqual([
      expect.objectContaining({ code: 'NOT_WELL_FORMED' }),
    ]);
  });

  it.each(['[1] See the notes.', '[section]\nkey = value\n', '// a program\nx(', 'Note: this\nis prose'])(
    'is none of other text: %j',
    async (content) => {
      const { ctx } = await openContext();
      expect(await putConfig(ctx, { name: 'a/b', content })).not.toHaveProperty('notices');
    },
  );

  it('is refused where the version before was JSON, and the refusal says why', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a/b', content: JSON_TEXT });
    await expect(putConfig(ctx, { name: 'a/b', content: CUT_OFF })).rejects.toMatchObject({
      code: 'CONTENT_INVALID',
      hint: expect.stringContaining('the type of the version before'),
    });
  });

  it.each([
    ['lines of JSON', '{"a":1}\n{"a":2}\n'],
    ['prose', 'Be nice.'],
  ])('is not seen in %s', async (_what, content) => {
    const { ctx } = await openContext();
    expect(await putConfig(ctx, { name: 'a/b', content })).not.toHaveProperty('notices');
  });
});

describe('the type of the version before', () => {
  it('stays, unless nobody had named it and the new content shows another', async () => {
    const { ctx } = await openContext();
    const name = 'a/b';
    expect(await putConfig(ctx, { name, content: 'a word' })).toMatchObject({ mediaType: 'text/plain' });
    expect(await putConfig(ctx, { name, content: JSON_TEXT })).toMatchObject({
      mediaType: 'application/json',
      notices: [{ code: 'MEDIA_TYPE_CHANGED' }],
    });
    expect(await putConfig(ctx, { name, content: '{"a": 2}' })).toMatchObject({ mediaType: 'application/json' });
  });

  it('stays where JSON was stored as plain text on purpose', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a/b', content: JSON_TEXT, mediaType: 'text/plain' });
    const next = await putConfig(ctx, { name: 'a/b', content: '{"a": 2}' });
    expect(next).toMatchObject({ mediaType: 'text/plain', version: 2 });
    expect(next).not.toHaveProperty('notices');
  });
});
