import { expect, test } from 'vitest';
import { callTool, post, secretOf, send, startTestServer } from './start.ts';

const READ = { name: 'reader', scopes: ['read'] } as const;
const WRITE = { name: 'writer', scopes: ['write'] } as const;
const METRICS = { name: 'prometheus', scopes: ['metrics'] } as const;

const get = (url: string, headers: Record<string, string> = {}) =>
  send(url, { method: 'GET', path: '/metrics', headers });

test('counts calls by method, tool and failure, commits, the head, and no name of a config', async () => {
  const { url } = await startTestServer([WRITE], { metrics: true });
  await callTool(url, 'put_config', { name: 'secret-project/a', content: 'x' }, 'writer');
  await callTool(url, 'put_config', { name: 'secret-project/a', content: 'y' }, 'writer');
  await callTool(url, 'get_config', { name: 'none' }, 'writer');
  const read = { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri: 'config://secret-project/a' } };
  await post(url, read, 'writer');
  const { status, headers, text } = await get(url);
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const operations = 'mcp_server_operation_duration_seconds_count';
  for (const line of [
    `${operations}{mcp_method_name="tools/call",gen_ai_tool_name="put_config",error_type=""} 2`,
    `${operations}{mcp_method_name="tools/call",gen_ai_tool_name="get_config",error_type="NOT_FOUND"} 1`,
    `${operations}{mcp_method_name="resources/read",gen_ai_tool_name="",error_type=""} 1`,
    'config_store_commits_total 3',
    'config_store_head_index 2',
  ])
    expect(text.split('\n')).toContain(line);
  expect(text).toMatch(/^config_store_engine_probe_seconds \d/m);
  expect(text).toMatch(/^config_store_turn_wait_seconds_count \d/m);
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).not.toContain('secret-project');
});

test('are not there unless asked for', async () => {
  const { url } = await startTestServer();
  expect(await get(url)).toMatchObject({ status: 404, headers: { 'content-type': 'application/json' } });
});

test('are for this machine, or a token with that scope', async () => {
  const tokens = [READ, METRICS];
  const local = await startTestServer(tokens, { metrics: true });
  expect((await get(local.url)).status).toBe(200);
  expect((await get(local.url, { 'x-forwarded-for': '203.0.113.7' })).status).toBe(401);
  expect((await get(local.url, { host: 'evil.example.org' })).status).toBe(403);
  const open = await startTestServer(tokens, { metrics: true, listen: { host: '0.0.0.0', port: 0 } });
  const url = open.url.replace('0.0.0.0', '127.0.0.1');
  expect(await get(url)).toMatchObject({ status: 401, headers: { 'content-type': 'application/json' } });
  const bearer = (name: string) => ({ authorization: `Bearer ${secretOf(name)}` });
  expect((await get(url, bearer('reader'))).status).toBe(403);
  expect((await get(url, bearer('prometheus'))).status).toBe(200);
});
