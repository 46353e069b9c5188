// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { execFileSync } from 'node:child_process';
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

test('findings are the same through a client and by command: another program than was deployed, and a schema', async () => {
  const home = await temporaryVar();
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, CONFIG_STORE_TELEMETRY: 'off' };
  const client = new Client({ name: 'test', version: '1.0.0' });
  onTestFinished(() => client.close());
  const args = (...words: string[]) => [COMMAND, ...words, '--var', join(home, 'var')];
  await client.connect(new StdioClientTransport({ command: process.execPath, args: args('serve'), env }));
  const call = (name: string, given: object) => client.callTool({ name, arguments: { ...given } });
  const server = (command: string) => ({ mcpServers: { a: { type: 'stdio', command } } });
  const name = 'cursor/default';
  await call('put_config', { name, json: server('node') });
  const plan = (await call('plan_deploy', { name })).structuredContent as Structured;
  await call('apply_deploy', { plan_id: plan['plan_id'] });
  // The newest version is the one that is checked, and not the one that was deployed.
  await call('put_config', { name, json: server('sh') });
  const schema = { type: 'object', properties: { mcpServers: { maxProperties: 1 } } };
  await call('put_config', { name: 'schemas/one-server', json: schema });
  await call('put_config', { name, json: server('cat'), schema: 'one-server' });
  const changed = { mcpServers: { ...server('sh').mcpServers, b: { type: 'stdio', command: 'node' } } };
  const found = (await call('validate_config', { name, json: changed })).structuredContent as Structured;
  expect(found).toMatchObject({
    valid: false,
    errors: [{ code: 'SCHEMA_VIOLATION', path: '/mcpServers' }],
    warnings: [{ code: 'PROGRAM_CHANGED', path: '/mcpServers/a' }],
  });
  const command = () =>
    execFileSync(process.execPath, args('validate', '-', '--name', name, '--json'), {
      env,
      input: JSON.stringify(changed),
      encoding: 'utf8',
      stdio: 'pipe',
    });
  expect(command).toThrow(expect.objectContaining({ status: 65 }));
  const said = await Promise.resolve()
    .then(command)
    .catch((error: { stdout: string }) => error.stdout);
  expect(JSON.parse(said)).toMatchObject({ errors: found['errors'], warnings: found['warnings'] });
  const refused = await call('put_config', { name, json: changed });
  expect([refused.isError, JSON.stringify(refused.content)]).toEqual([
    true,
    expect.stringContaining('SCHEMA_VIOLATION'),
  ]);
});
