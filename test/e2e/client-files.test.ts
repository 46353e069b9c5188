// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test } from 'vitest';
import { undescribed } from '../mcp/described.ts';
import { COMMAND, temporaryVar } from './server-process.ts';

const PERSONAL =
  '{\n\t"mcpServers": {\n\t\t"mine": { "command": "x", "env": { "MY_TOKEN": "Zk7pQ2mX9rLt4VnB8wYc" } }\n\t}\n}';

interface Structured {
  readonly [member: string]: unknown;
}

test('import, put, plan, apply, drift and undo through a real MCP client', async () => {
  const home = await temporaryVar();
  const file = join(home, '.cursor', 'mcp.json');
  await mkdir(join(home, '.cursor'));
  await writeFile(file, PERSONAL);
  const client = new Client({ name: 'test', version: '1.0.0' });
  onTestFinished(() => client.close());
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [COMMAND, 'serve', '--var', join(home, 'var')],
      env: { PATH: process.env['PATH'] ?? '', HOME: home, CONFIG_STORE_TELEMETRY: 'off' },
    }),
  );
  let said = '';
  const call = async (name: string, args: Record<string, unknown>): Promise<Structured> => {
    const result = await client.callTool({ name, arguments: args });
    said += JSON.stringify(result);
    expect(result.isError, JSON.stringify(result.content)).not.toBe(true);
    expect(undescribed(name, result.structuredContent)).toEqual([]);
    return result.structuredContent as Structured;
  };
  expect(await call('scan_clients', {})).toMatchObject({
    clients: [{ client: 'cursor', path: file, state: 'ok', servers: [{ name: 'mine', owned: false }] }],
  });
  const imported = await call('import_client', { client: 'cursor' });
  expect(imported).toMatchObject({ name: 'cursor/default', version: 1, refused: [{ variable: 'MY_TOKEN' }] });
  await call('patch_config', {
    name: 'cursor/default',
    patch: { mcpServers: { docs: { type: 'streamable-http', url: 'https://docs.example.com/mcp' } } },
  });
  const rendered = await call('get_config', { name: 'cursor/default', render_for: 'codex' });
  expect(rendered['content']).toContain('[mcp_servers.docs]\nurl = "https://docs.example.com/mcp"');
  const plan = await call('plan_deploy', { name: 'cursor/default' });
  expect(plan).toMatchObject({
    version: 2,
    targets: [
      {
        state: 'changes',
        changes: [
          { op: '+', server: 'docs' },
          { op: '=', server: 'mine' },
        ],
      },
    ],
  });
  expect(await readFile(file, 'utf8')).toBe(PERSONAL);
  const applied = await call('apply_deploy', { plan_id: plan['plan_id'] });
  expect(applied).toMatchObject({ targets: [{ state: 'written', backup: expect.stringMatching(/\.bak$/) }] });
  await writeFile(file, (await readFile(file, 'utf8')).replace('docs.example.com', 'evil.example.com'));
  expect(await call('scan_clients', { client: 'cursor' })).toMatchObject({
    clients: [{ servers: [{ name: 'mine' }, { name: 'docs', drift: 'other-program' }] }],
  });
  const undone = await call('undo_deploy', { client: 'cursor' });
  expect(undone).toMatchObject({ targets: [{ how: 'entries' }] });
  expect(await readFile(file, 'utf8')).toBe(PERSONAL);
  // Neither the person's token nor the address that another program wrote was shown.
  expect(said).not.toMatch(/Zk7pQ2mX9rLt4VnB8wYc|evil/);
});
