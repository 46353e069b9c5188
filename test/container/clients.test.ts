import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, onTestFinished, test } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { DOCKER, describeContainer, execute, serveLine, volume } from './engine.ts';

/** What a client's file says: the docker command line, as people paste it. */
async function entry() {
  const flags = [`--volume=${await volume()}:/app/var`];
  return { command: DOCKER, args: serveLine(undefined, flags), env: process.env as Record<string, string> };
}

interface AnyClient {
  listTools(): Promise<{ tools: ReadonlyArray<{ name: string }> }>;
  callTool(request: { name: string; arguments: Record<string, unknown> }): Promise<{ structuredContent?: unknown }>;
  close(): Promise<void>;
}

type Parameters = Awaited<ReturnType<typeof entry>>;

async function connectV1(parameters: Parameters): Promise<AnyClient> {
  const client = new ClientV1({ name: 'container-v1', version: '1.0.0' });
  await client.connect(new StdioClientTransportV1(parameters));
  return client as unknown as AnyClient;
}

async function connectV2(parameters: Parameters, mode: 'legacy' | 'auto' | { pin: string }): Promise<AnyClient> {
  const client = new Client({ name: 'container-v2', version: '1.0.0' }, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport(parameters));
  return client as unknown as AnyClient;
}

const CLIENTS: ReadonlyArray<[string, (parameters: Parameters) => Promise<AnyClient>]> = [
  ['the v1 client', connectV1],
  ['the v2 client, legacy', (parameters) => connectV2(parameters, 'legacy')],
  ['the v2 client, auto', (parameters) => connectV2(parameters, 'auto')],
  ['the v2 client, pinned to 2026-07-28', (parameters) => connectV2(parameters, { pin: '2026-07-28' })],
];

describeContainer('real clients over docker run -i', () => {
  test.each(CLIENTS)('%s', async (_name, connect) => {
    const client = await connect(await entry());
    onTestFinished(() => client.close());
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
    const put = await client.callTool({ name: 'put_config', arguments: { name: 'a', json: { mcpServers: {} } } });
    expect(put.structuredContent).toMatchObject({ created: true, version: 1 });
    const got = await client.callTool({ name: 'get_config', arguments: { name: 'a' } });
    expect(got.structuredContent).toMatchObject({ verified: true, content: '{"mcpServers":{}}' });
  });

  test("the Inspector's command-line mode", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'config-store-inspector-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const { command, args } = await entry();
    await writeFile(join(folder, 'mcp.json'), JSON.stringify({ mcpServers: { store: { command, args } } }));
    const inspector = dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector/package.json'));
    const launcher = join(inspector, 'clients/launcher/build/index.js');
    const inspect = async (...options: string[]) => {
      const line = [launcher, '--cli', '--config', join(folder, 'mcp.json'), '--server', 'store', ...options];
      const run = await execute(process.execPath, line, { env: { ...process.env, HOME: folder } });
      expect(run.code, run.stderr + run.stdout).toBe(0);
      return JSON.parse(run.stdout) as { tools?: Array<{ name: string }>; structuredContent?: unknown };
    };
    const { tools } = await inspect('--method', 'tools/list');
    expect(tools?.map(({ name }) => name)).toEqual(TOOLS.map(({ name }) => name));
    const call = ['--method', 'tools/call', '--tool-name'];
    const put = await inspect(...call, 'put_config', '--tool-arg', 'name=a', 'content=plain');
    expect(put.structuredContent).toMatchObject({ created: true });
    const got = await inspect(...call, 'get_config', '--tool-arg', 'name=a');
    expect(got.structuredContent).toMatchObject({ content: 'plain', verified: true });
  });
});
