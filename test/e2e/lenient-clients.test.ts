import { expect, test } from 'vitest';
import { ServerProcess, temporaryVar } from './server-process.ts';

async function started(): Promise<ServerProcess> {
  const server = new ServerProcess(await temporaryVar());
  await server.initialize();
  server.call('first', 'put_config', { name: 'a/b', json: { x: 1 } });
  await server.reply('first');
  return server;
}

test('null as arguments, as an argument and as a cursor is as if it were left out', async () => {
  const server = await started();
  server.request(1, 'tools/call', { name: 'list_configs', arguments: null });
  expect((await server.reply(1)).result?.['structuredContent']).toMatchObject({ total: 1 });
  server.request(2, 'tools/call', { name: 'get_config', arguments: { name: 'a/b', version: null, digest: '' } });
  expect((await server.reply(2)).result?.['structuredContent']).toMatchObject({ version: 1 });
  server.request(3, 'resources/list', { cursor: null });
  expect((await server.reply(3)).result).toHaveProperty('resources');
  server.request(4, 'tools/list', { cursor: null });
  expect((await server.reply(4)).result).toHaveProperty('tools');
  server.request(5, 'prompts/get', { name: 'roll-back', arguments: { name: 'a/b', version: null } });
  expect((await server.reply(5)).result).toHaveProperty('messages');
});

test('values that come as text are read, and telemetry counts them', async () => {
  const server = await started();
  server.call(1, 'patch_config', { name: 'a/b', patch: '{"y": 2}', expected_version: '1' });
  expect((await server.reply(1)).result?.['structuredContent']).toMatchObject({ version: 2 });
  server.call(2, 'put_config', { name: 'a/c', json: '{"x": 1}', content: '' });
  expect((await server.reply(2)).result?.['structuredContent']).toMatchObject({ version: 1 });
});

test.each([
  ['config://a/b%401', 'an encoded @'],
  ['config://a%2Fb', 'an encoded slash'],
  ['config://%61/b@1', 'an encoded letter'],
  ['config://a/b@latest', 'a word for the version'],
  ['artifact://sha256/%35041bf1f713df204784353e82f6a4a535931cb64f1f4b4a5aeaffcb720918b22', 'an encoded digit'],
  ['artifact://sha256%2F5041bf1f713df204784353e82f6a4a535931cb64f1f4b4a5aeaffcb720918b22', 'an encoded slash'],
])('%s is found (%s)', async (uri) => {
  const server = await started();
  server.request(1, 'resources/read', { uri });
  expect((await server.reply(1)).result).toMatchObject({ contents: [{ uri, text: '{"x":1}' }] });
});

test.each(['config://a/b%25401', 'config://a/b%zz', 'config://a/c%401'])('%s is not found', async (uri) => {
  const server = await started();
  server.request(1, 'resources/read', { uri });
  expect((await server.reply(1)).error?.code).toBe(-32_602);
});

test('who follows a percent-encoded address is told of its changes under that address', async () => {
  const server = await started();
  server.request(1, 'resources/subscribe', { uri: 'config://a%2Fb' });
  await server.reply(1);
  server.call(2, 'put_config', { name: 'a/b', json: { x: 2 } });
  await server.reply(2);
  const told = await server.waitFor(({ method }) => method === 'notifications/resources/updated');
  expect(told.params).toEqual({ uri: 'config://a%2Fb' });
});
