import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { undescribed } from '../mcp/described.ts';
import { COMMAND, temporaryVar } from './server-process.ts';

interface Result {
  readonly isError?: boolean | undefined;
  readonly structuredContent?: unknown;
  readonly content?: unknown;
}

/** The little of a client that these tests need, whichever SDK it is. */
interface AnyClient {
  connect(folder: string, flags?: readonly string[]): Promise<void>;
  listTools(): Promise<{ tools: ReadonlyArray<{ name: string }> }>;
  callTool(request: { name: string; arguments: Record<string, unknown> }): Promise<Result>;
  readResource(request: {
    uri: string;
  }): Promise<{ contents: ReadonlyArray<{ uri: string; mimeType?: string | undefined; text?: unknown }> }>;
  listResources(): Promise<{ resources: ReadonlyArray<{ uri: string }> }>;
  listResourceTemplates(): Promise<{ resourceTemplates: ReadonlyArray<{ uriTemplate: string }> }>;
  listPrompts(): Promise<{ prompts: ReadonlyArray<{ name: string }> }>;
  getPrompt(request: {
    name: string;
    arguments: Record<string, string>;
  }): Promise<{ messages: ReadonlyArray<{ content: unknown }> }>;
  complete(request: {
    ref: { type: 'ref/resource'; uri: string };
    argument: { name: string; value: string };
    context?: { arguments: Record<string, string> };
  }): Promise<{ completion: { values: string[] } }>;
  getInstructions(): string | undefined;
}

const parameters = (folder: string, flags: readonly string[]) => ({
  command: process.execPath,
  args: [COMMAND, 'serve', '--var', folder, ...flags],
  env: { ...process.env, CONFIG_STORE_TELEMETRY: 'off' } as Record<string, string>,
});

function clientV1(): AnyClient {
  const client = new ClientV1({ name: 'test-v1', version: '1.0.0' });
  return Object.assign(client, {
    connect: async (folder: string, flags: readonly string[] = []) => {
      onTestFinished(() => client.close());
      await ClientV1.prototype.connect.call(client, new StdioClientTransportV1(parameters(folder, flags)));
    },
  }) as unknown as AnyClient;
}

function clientV2(mode: 'legacy' | 'auto' | { pin: string }): AnyClient {
  const client = new Client({ name: 'test-v2', version: '1.0.0' }, { versionNegotiation: { mode } });
  return Object.assign(client, {
    connect: async (folder: string, flags: readonly string[] = []) => {
      onTestFinished(() => client.close());
      await Client.prototype.connect.call(client, new StdioClientTransport(parameters(folder, flags)));
    },
  }) as unknown as AnyClient;
}

const CLIENTS: ReadonlyArray<[string, () => AnyClient]> = [
  ['the v1 client', clientV1],
  ['the v2 client, legacy', () => clientV2('legacy')],
  ['the v2 client, auto', () => clientV2('auto')],
  ['the v2 client, pinned to 2026-07-28', () => clientV2({ pin: '2026-07-28' })],
];

const NAME = 'claude-desktop/default';
const before = { mcpServers: { files: { command: 'npx', args: ['-y', 'server-files'] } } };

describe.each(CLIENTS)('%s', (_name, create) => {
  test('calls every tool', async () => {
    const folder = await temporaryVar();
    const client = create();
    await client.connect(folder);
    const called = new Set<string>();
    const call = async (name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
      called.add(name);
      const result = await client.callTool({ name, arguments: args });
      const structured = result.structuredContent as Record<string, unknown>;
      expect(result.isError, `${name}: ${JSON.stringify(structured)}`).toBeFalsy();
      expect(structured['summary']).toEqual(expect.any(String));
      expect(undescribed(name, structured)).toEqual([]);
      return structured;
    };

    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
    expect(client.getInstructions()).toContain('get_config');

    expect(await call('list_configs', {})).toMatchObject({ configs: [], total: 0 });
    const put = await call('put_config', { name: NAME, json: before, message: 'first', expected_version: 0 });
    expect(put).toMatchObject({ created: true, version: 1, receipt: { version: 1, name: NAME } });
    expect(await call('put_config', { name: NAME, json: before })).toMatchObject({ created: false, version: 1 });
    const got = await call('get_config', { name: NAME });
    expect(got).toMatchObject({
      version: 1,
      verified: true,
      truncated: false,
      media_type: 'application/json',
      encoding: 'utf-8',
    });
    expect(JSON.parse(got['content'] as string)).toEqual(before);
    expect(await call('get_config', { digest: (put['digest'] as string).slice(0, 20) })).toMatchObject({ name: NAME });

    const patched = await call('patch_config', {
      name: NAME,
      patch: { mcpServers: { github: { command: 'gh' } } },
      expected_version: 1,
    });
    expect(patched).toMatchObject({ version: 2, changes: [{ op: 'add', path: '/mcpServers/github' }] });
    expect(await call('diff_configs', { name: NAME, from: 1, to: 2 })).toMatchObject({
      equal: false,
      changes: [{ op: 'add' }],
    });
    expect(await call('list_history', { name: NAME })).toMatchObject({
      total: 2,
      versions: [
        { version: 2, verified: 'ok', author: { name: expect.stringMatching(/^test-v/), via: 'mcp' } },
        { version: 1 },
      ],
    });
    expect(await call('validate_config', { content: '{"a":', media_type: 'application/json' })).toMatchObject({
      valid: false,
    });

    const draft = await call('put_config', { name: NAME, json: { mcpServers: {} }, draft: true });
    expect(await call('get_config', { name: NAME, draft: true })).toMatchObject({
      verified: false,
      digest: draft['digest'],
    });
    expect(
      await call('publish_drafts', {
        names: [NAME],
        expected: [{ name: NAME, digest: draft['digest'] }],
        message: 'empty',
      }),
    ).toMatchObject({
      published: [{ name: NAME, version: 3 }],
    });
    await call('patch_config', { name: NAME, patch: { x: 1 }, draft: true });
    expect(await call('discard_draft', { name: NAME })).toMatchObject({ discarded: true });
    expect(await call('restore_config', { name: NAME, version: 1, message: 'back' })).toMatchObject({
      version: 4,
      digest: put['digest'],
    });
    expect(await call('delete_config', { name: NAME, expected_version: 4 })).toMatchObject({ version: 5 });
    expect(await call('verify_store', {})).toMatchObject({ ok: true, findings: [] });
    expect(await call('review_telemetry', {})).toMatchObject({ summary: expect.any(String) });
    expect(await call('check_health', {})).toMatchObject({ ok: true });
    // client-files.test.ts calls those that change the files of clients, in a home of its own.
    const others = TOOLS.filter(({ onThisMachine }) => onThisMachine !== true);
    expect([...called].sort()).toEqual(others.map(({ name }) => name).sort());
  });

  test('gets errors as results with code, message and hint', async () => {
    const folder = await temporaryVar();
    const client = create();
    await client.connect(folder);
    await client.listTools();
    const refused = async (name: string, args: Record<string, unknown>) => {
      const result = await client.callTool({ name, arguments: args });
      expect(result.isError, JSON.stringify(result.structuredContent)).toBe(true);
      const structured = result.structuredContent as {
        code: string;
        message: string;
        hint: string;
        details?: Record<string, unknown>;
      };
      expect(JSON.stringify(result.content)).toContain(structured.code);
      expect(structured.hint.length).toBeGreaterThan(10);
      return structured;
    };
    expect(await refused('get_config', { name: 'no/such' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refused('get_config', { name: 'No Such' })).toMatchObject({ code: 'NAME_INVALID' });
    expect(await refused('get_config', { nam: 'a' })).toMatchObject({
      code: 'ARGUMENT_INVALID',
      hint: expect.stringContaining('"name"'),
    });
    expect(await refused('get_config', { name: 5 })).toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('"name"'),
    });
    expect(await refused('list_configs', { cursor: 'nonsense' })).toMatchObject({ code: 'ARGUMENT_INVALID' });
    expect(await refused('put_config', { name: 'a', content: '{', media_type: 'application/json' })).toMatchObject({
      code: 'CONTENT_INVALID',
    });
    expect(await refused('put_config', { name: 'a', content: 'x'.repeat(1_048_577) })).toMatchObject({
      code: 'CONTENT_TOO_LARGE',
    });
    await client.callTool({ name: 'put_config', arguments: { name: 'a', content: 'one' } });
    expect(await refused('put_config', { name: 'a', content: 'two', expected_version: 0 })).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { version: 1 },
    });
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toMatchObject({ code: -32_602 });
  });

  test('reads resources, completes arguments and gets prompts', async () => {
    const folder = await temporaryVar();
    const client = create();
    await client.connect(folder);
    await client.callTool({ name: 'put_config', arguments: { name: NAME, json: before } });
    const put = await client.callTool({
      name: 'put_config',
      arguments: { name: NAME, content: 'plain', media_type: 'text/plain' },
    });
    const { digest } = put.structuredContent as { digest: string };

    expect((await client.listResources()).resources.map(({ uri }) => uri)).toEqual([
      'store://health',
      'store://log',
      `config://${NAME}`,
    ]);
    expect((await client.listResourceTemplates()).resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'config://{+name}@{version}',
      'config://{+name}',
      'artifact://sha256/{hex}',
    ]);
    expect((await client.readResource({ uri: `config://${NAME}` })).contents).toMatchObject([
      { mimeType: 'text/plain', text: 'plain' },
    ]);
    expect((await client.readResource({ uri: `config://${NAME}@1` })).contents).toMatchObject([
      {
        mimeType: 'application/json',
        text: expect.stringContaining('mcpServers'),
      },
    ]);
    expect(
      (await client.readResource({ uri: digest.replace('sha256:', 'artifact://sha256/') })).contents,
    ).toMatchObject([{ text: 'plain' }]);
    expect((await client.readResource({ uri: 'store://health' })).contents[0]?.text).toContain('"ok": true');
    const log = JSON.parse(String((await client.readResource({ uri: 'store://log' })).contents[0]?.text));
    expect(log.commits[0]).toMatchObject({ verified: 'ok', changes: [{ name: NAME, digest: expect.any(String) }] });
    expect(log.commits.at(-1)).toMatchObject({ index: 0, keys: [{ action: 'add', role: 'owner' }] });
    expect(log.total).toBe(log.commits.length);
    for (const uri of [
      'config://no/such',
      `config://${NAME}@9`,
      `config://${NAME}@x`,
      'config://Bad%20Name',
      `artifact://sha256/${'0'.repeat(64)}`,
      'artifact://sha256/zz',
      'other://x',
    ]) {
      await expect(client.readResource({ uri }), uri).rejects.toMatchObject({ code: -32_602, data: { uri } });
    }
    await expect(client.readResource({ uri: 'not a uri' })).rejects.toMatchObject({ code: -32_602 });

    const complete = async (uri: string, name: string, value: string, given?: Record<string, string>) =>
      (
        await client.complete({
          ref: { type: 'ref/resource', uri },
          argument: { name, value },
          ...(given !== undefined && { context: { arguments: given } }),
        })
      ).completion.values;
    expect(await complete('config://{+name}', 'name', 'cla')).toEqual([NAME]);
    expect(await complete('config://{+name}@{version}', 'version', '', { name: NAME })).toEqual(['2', '1']);
    expect(await complete('artifact://sha256/{hex}', 'hex', digest.slice(7, 15))).toEqual([digest.slice(7)]);

    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual([
      'review-changes',
      'roll-back',
      'new-server',
    ]);
    const prompt = await client.getPrompt({ name: 'roll-back', arguments: { name: NAME } });
    expect(JSON.stringify(prompt.messages)).toContain('restore_config');
    await expect(client.getPrompt({ name: 'roll-back', arguments: {} })).rejects.toMatchObject({ code: -32_602 });
  });

  test('sees no tool that writes when the server is read-only', async () => {
    const folder = await temporaryVar();
    const client = create();
    await client.connect(folder, ['--read-only']);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(TOOLS.filter(({ behaviour }) => behaviour.readOnly).map(({ name }) => name));
    await expect(client.callTool({ name: 'put_config', arguments: { name: 'a', content: 'b' } })).rejects.toMatchObject(
      { code: -32_602 },
    );
  });
});
