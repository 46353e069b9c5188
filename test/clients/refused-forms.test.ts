import { describe, expect, it } from 'vitest';
import { entryOf, toClient } from '../../src/clients/canonical/to-client.ts';
import { dialectOf } from '../../src/clients/dialects/index.ts';
import { editEntries } from '../../src/clients/formats/edit-entries.ts';
import { readClientFile } from '../../src/clients/section-place.ts';
import { refusal } from '../verbs/configs/open-context.ts';

async function change(
  client: string,
  text: string,
  name: string,
  op: 'add' | 'change' | 'remove' = 'add',
): Promise<string> {
  const dialect = dialectOf(client);
  const value = entryOf(toClient(dialect, name, { type: 'stdio', command: 'new' }).fields ?? []);
  const { client: read, section } = await readClientFile(dialect, text, 'the file');
  return editEntries(read, section, [op === 'remove' ? { op, name } : { op, name, value }]);
}

describe('forms that are not edited, and stay as they are', () => {
  it.each([
    ['codex', 'an inline table at the root', 'mcp_servers = { a = { command = "x" } }\n', 'b', 'inline table'],
    ['codex', 'an entry with dotted keys', 'mcp_servers.a.command = "x"\n', 'a', 'dotted keys'],
    ['codex', 'an inline entry', '[mcp_servers]\na = { command = "x" }\n', 'a', 'inline'],
    ['codex', 'an array of tables', '[[mcp_servers]]\nname = "a"\n', 'b', 'is not an object'],
    ['goose', 'a section in braces', 'extensions: {a: {cmd: x}}\n', 'b', 'in brackets'],
    ['goose', 'an anchor', 'extensions:\n  a: &x\n    cmd: x\n  c: *x\n', 'b', 'anchors or aliases'],
    ['goose', 'an explicit key', 'extensions:\n  ? a\n  : cmd: x\n', 'b', 'explicit key'],
    ['goose', 'several documents', 'extensions:\n  a:\n    cmd: x\n---\nb: 1\n', 'b', ''],
    ['claude-desktop', 'a comment', '{\n  // mine\n  "mcpServers": {}\n}\n', 'b', 'not valid JSON'],
    ['zed', 'servers that are a list', '{ "context_servers": [] }', 'b', 'is not an object'],
  ])('%s: %s', async (client, _, text, name, why) => {
    const error = await refusal(change(client, text, name, name === 'a' ? 'change' : 'add'));
    expect([error.code, error.message]).toEqual([
      expect.stringMatching(/^TARGET_UN(?:SUPPORTED|PARSABLE)$/),
      expect.stringContaining(why),
    ]);
  });
});

describe('where things stand in odd places', () => {
  it('an entry whose parts are far from each other goes with all of them, and nothing else', async () => {
    const text =
      '# top\n[mcp_servers.a]\ncommand = "x"\n\n# about b\n[mcp_servers.b]\ncommand = "y"\n\n[profiles.p]\nmodel = "o9"\n\n[mcp_servers.a.env]\nK = "v"\n\n# the end\n';
    expect(await change('codex', text, 'a', 'remove')).toBe(
      '# top\n# about b\n[mcp_servers.b]\ncommand = "y"\n\n[profiles.p]\nmodel = "o9"\n\n# the end\n',
    );
  });

  it('a quoted name is the same as a bare one', async () => {
    const text = '[mcp_servers."a"]\ncommand = "x"\n';
    expect(await change('codex', text, 'a', 'change')).toBe('[mcp_servers."a"]\ncommand = "new"\n');
  });

  it('comments, folded texts and trailing commas around an entry stay', async () => {
    const yaml =
      'extensions:\n  developer:\n    type: builtin   # theirs\n    enabled: true\n\n  # about x\n  x:\n    text: >\n      folded\n      text\n# after\nmore: 1\n';
    const added = await change('goose', yaml, 'b');
    expect(await change('goose', added, 'b', 'remove')).toBe(yaml);
    const jsonc = '{\n  "context_servers": {\n    "x": {}, // theirs\n  }, /* c */\n}\n';
    expect(await change('zed', await change('zed', jsonc, 'b'), 'b', 'remove')).toBe(jsonc);
  });

  it('the form of OpenCode 2.x is followed where it is there', async () => {
    expect(
      JSON.parse(
        await change('opencode', '{ "mcp": { "servers": { "x": { "type": "local", "command": ["y"] } } } }', 'b'),
      ),
    ).toEqual({
      mcp: { servers: { x: { type: 'local', command: ['y'] }, b: { type: 'local', command: ['new'] } } },
    });
    expect(JSON.parse(await change('opencode', '{}', 'b'))).toEqual({
      mcp: { b: { type: 'local', command: ['new'] } },
    });
  });
});
