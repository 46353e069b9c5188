import { expect, test } from 'vitest';
import { ServerProcess, temporaryVar } from './server-process.ts';

const MODERN = (version = '2026-07-28') => ({
  'io.modelcontextprotocol/protocolVersion': version,
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
});

test('whatever comes in, the server answers properly and lives on', async () => {
  const folder = await temporaryVar();
  const server = new ServerProcess(folder);
  await server.initialize();
  const call = (id: string, args: string) =>
    server.write(
      `{"jsonrpc":"2.0","id":"${id}","method":"tools/call","params":{"name":"put_config","arguments":${args}}}\n`,
    );

  server.write('{"jsonrpc":"2.0","id":1\n');
  server.write('\0\0\0\n');
  server.write(
    Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":"utf8","method":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n'),
    ]),
  );
  server.write(`{"jsonrpc":"2.0","id":"long","method":"tools/call","params":{"a":"${'x'.repeat(10 * 1_048_576)}"}}\n`);
  server.write('[{"jsonrpc":"2.0","id":"batch","method":"ping"}]\n');
  server.request('method', 'no/such/method');
  server.request('proto-method', '__proto__');
  server.request('tool', 'tools/call', { name: 'constructor' });
  server.request('proto-tool', 'tools/call', { name: '__proto__', arguments: {} });
  server.request('type-1', 'tools/call', { name: 5 });
  server.request('type-2', 'tools/call', { name: 'get_config', arguments: 'x' });
  server.request('type-3', 'tools/call', { name: 'get_config', arguments: [] });
  server.request('type-4', 'resources/read', { uri: null });
  server.request('type-5', 'prompts/get', {});
  server.request('type-6', 'completion/complete', { ref: { type: 'ref/none' }, argument: {} });
  server.request('type-7', 'resources/subscribe', { uri: 'file:///etc/passwd' });
  server.request('type-8', 'resources/list', { cursor: 'nonsense' });
  server.request('type-9', 'tools/list', { cursor: 'nonsense' });
  server.request('type-10', 'initialize', { protocolVersion: 5 });
  call('twice', '{"name":"a","name":"b","content":"x"}');
  call('proto', '{"name":"a","content":"x","__proto__":{"draft":true}}');
  call('surrogate', '{"name":"a","content":"\\ud800"}');
  call('null-name', '{"name":"a\\u0000b","content":"x"}');
  call('deep', `{"name":"a","json":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  call('number', '{"name":"a","json":{"n":12345678901234567890}}');
  call('null-content', '{"name":"kept/nul","content":"a\\u0000b"}');
  call('proto-content', '{"name":"kept/proto","json":{"__proto__":{"polluted":true},"constructor":1}}');

  const codeOf = async (id: string) => (await server.reply(id)).error?.code;
  expect(await codeOf('utf8')).toBe(-32_700);
  expect(await codeOf('long')).toBe(-32_600);
  expect(await codeOf('batch')).toBe(-32_600);
  expect(await codeOf('method')).toBe(-32_601);
  expect(await codeOf('proto-method')).toBe(-32_601);
  for (const id of [
    'tool',
    'proto-tool',
    ...Array.from({ length: 10 }, (_, n) => `type-${n + 1}`),
    'twice',
    'proto',
    'surrogate',
    'deep',
    'number',
  ]) {
    const { error } = await server.reply(id);
    expect(error, id).toMatchObject({ code: -32_602 });
    // A sentence, not a validator's dump.
    expect(error?.message, id).not.toMatch(/[[{]\s*"/);
  }
  expect((await server.reply('null-name')).result?.['structuredContent']).toMatchObject({ code: 'NAME_INVALID' });
  expect((await server.reply('null-content')).result?.['structuredContent']).toMatchObject({ created: true });
  expect((await server.reply('proto-content')).result?.['structuredContent']).toMatchObject({ created: true });

  server.call('read-nul', 'get_config', { name: 'kept/nul' });
  server.call('read-proto', 'get_config', { name: 'kept/proto' });
  server.call('list', 'list_configs', {});
  expect((await server.reply('read-nul')).result?.['structuredContent']).toMatchObject({ content: 'a\0b' });
  expect((await server.reply('read-proto')).result?.['structuredContent']).toMatchObject({
    content: '{"__proto__":{"polluted":true},"constructor":1}',
  });
  expect((await server.reply('list')).result?.['structuredContent']).toMatchObject({ total: 2 });
  expect(server.replies.filter(({ id, error }) => id === undefined && error?.code === -32_700)).toHaveLength(2);
  server.child.stdin.end();
  expect(await server.exited).toEqual([0, null]);
});

test('on a modern connection another version is refused with the supported ones, and malformed claims too', async () => {
  const server = new ServerProcess(await temporaryVar());
  server.request(1, 'server/discover', { _meta: MODERN() });
  expect((await server.reply(1)).result).toMatchObject({
    supportedVersions: ['2026-07-28'],
    instructions: expect.any(String),
  });
  server.request(2, 'tools/list', { _meta: MODERN() });
  expect((await server.reply(2)).result).toMatchObject({ resultType: 'complete' });
  server.request(3, 'tools/list', { _meta: MODERN('2099-01-01') });
  expect((await server.reply(3)).error).toMatchObject({
    code: -32_022,
    data: { supported: ['2026-07-28'], requested: '2099-01-01' },
  });
  server.request(4, 'tools/list', { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } });
  expect((await server.reply(4)).error).toMatchObject({ code: -32_602 });
  server.request(5, 'tools/list');
  expect((await server.reply(5)).error).toMatchObject({ code: -32_602 });
  server.request(6, 'subscriptions/listen', { _meta: MODERN(), notifications: 5 });
  expect((await server.reply(6)).error).toMatchObject({ code: -32_602 });
  server.request(7, 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'raw', version: '1' },
  });
  expect((await server.reply(7)).error).toMatchObject({ code: -32_022 });
});

test('every 2025-era version is served', async () => {
  for (const protocolVersion of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25']) {
    const server = new ServerProcess(await temporaryVar());
    server.request(1, 'initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } });
    expect((await server.reply(1)).result).toMatchObject({ protocolVersion, instructions: expect.any(String) });
    server.child.stdin.end();
    await server.exited;
  }
});

test('a store that cannot be opened is told by every tool, and tried again', async () => {
  const folder = await temporaryVar();
  const { rm, writeFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  await writeFile(join(folder, 'storage'), 'a file where the folder should be');
  const server = new ServerProcess(folder);
  await server.initialize();
  server.request('tools', 'tools/list');
  expect((await server.reply('tools')).result?.['tools']).toBeDefined();
  for (const [name, args] of [
    ['list_configs', {}],
    ['get_config', { name: 'a' }],
    ['put_config', { name: 'a', content: 'b' }],
    ['verify_store', {}],
  ] as const) {
    server.call(name, name, args);
    expect((await server.reply(name)).result, name).toMatchObject({
      isError: true,
      structuredContent: { code: 'STORE_UNREADABLE', hint: expect.any(String) },
    });
  }
  server.call('health', 'check_health', {});
  expect((await server.reply('health')).result?.['structuredContent']).toMatchObject({ ok: false });
  server.request('list', 'resources/list');
  expect((await server.reply('list')).result?.['resources']).toHaveLength(2);

  await rm(join(folder, 'storage'));
  server.call('again', 'put_config', { name: 'a', content: 'b' });
  expect((await server.reply('again')).result?.['structuredContent']).toMatchObject({ created: true });
});
