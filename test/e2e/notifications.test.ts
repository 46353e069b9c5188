import { expect, test } from 'vitest';
import { ServerProcess, temporaryVar } from './server-process.ts';

const _meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** Another process on the same folder, with one config in it. */
async function neighbour(folder: string): Promise<ServerProcess> {
  const server = new ServerProcess(folder);
  await server.initialize();
  server.call('start', 'put_config', { name: 'shared/a', content: '1' });
  await server.reply('start');
  return server;
}

test('a 2025-era subscriber hears of a change that another process made, and of nothing else', async () => {
  const folder = await temporaryVar();
  const other = await neighbour(folder);
  const server = new ServerProcess(folder);
  await server.initialize();
  server.request('sub', 'resources/subscribe', { uri: 'config://shared/a' });
  expect((await server.reply('sub')).result).toEqual({});
  other.call('b', 'put_config', { name: 'shared/b', content: '1' });
  await other.reply('b');
  other.call('a', 'put_config', { name: 'shared/a', content: '2' });
  await other.reply('a');
  const updated = await server.waitFor((reply) => reply.method === 'notifications/resources/updated');
  expect(updated.params).toEqual({ uri: 'config://shared/a' });
  await server.waitFor((reply) => reply.method === 'notifications/resources/list_changed');
  expect(server.replies.filter(({ method }) => method === 'notifications/resources/updated')).toHaveLength(1);

  server.request('unsub', 'resources/unsubscribe', { uri: 'config://shared/a' });
  await server.reply('unsub');
  other.call('a3', 'put_config', { name: 'shared/a', content: '3' });
  other.call('c', 'put_config', { name: 'shared/c', content: '1' });
  await other.reply('c');
  await server.waitFor(
    () => server.replies.filter(({ method }) => method === 'notifications/resources/list_changed').length === 2,
  );
  expect(server.replies.filter(({ method }) => method === 'notifications/resources/updated')).toHaveLength(1);
});

test('a 2026-era listener hears of changes, its own and those of another process, until it cancels', async () => {
  const folder = await temporaryVar();
  const other = await neighbour(folder);
  const server = new ServerProcess(folder);
  server.request('sub', 'subscriptions/listen', {
    _meta,
    notifications: { resourcesListChanged: true, resourceSubscriptions: ['config://shared/a'] },
  });
  const ack = await server.waitFor((reply) => reply.method === 'notifications/subscriptions/acknowledged');
  expect(ack.params).toMatchObject({
    notifications: { resourcesListChanged: true, resourceSubscriptions: ['config://shared/a'] },
  });
  server.request('own', 'tools/call', { _meta, name: 'put_config', arguments: { name: 'shared/a', content: 'own' } });
  await server.reply('own');
  const updates = () => server.replies.filter(({ method }) => method === 'notifications/resources/updated');
  await server.waitFor(() => updates().length === 1);
  other.call('a', 'put_config', { name: 'shared/a', content: 'other' });
  other.call('new', 'put_config', { name: 'shared/new', content: '1' });
  await other.reply('new');
  await server.waitFor(() => updates().length === 2);
  expect(updates()[1]?.params).toMatchObject({
    uri: 'config://shared/a',
    _meta: { 'io.modelcontextprotocol/subscriptionId': 'sub' },
  });
  await server.waitFor(({ method }) => method === 'notifications/resources/list_changed');

  server.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'sub', _meta } });
  server.request('after', 'tools/call', {
    _meta,
    name: 'put_config',
    arguments: { name: 'shared/a', content: 'unheard' },
  });
  await server.reply('after');
  server.request('last', 'tools/list', { _meta });
  await server.reply('last');
  expect(updates()).toHaveLength(2);
});

test('verify_store tells its progress to whoever gave a token, and can be cancelled', async () => {
  const folder = await temporaryVar();
  const server = await neighbour(folder);
  for (let id = 0; id < 30; id++) server.call(id, 'put_config', { name: `n/${id}`, content: 'x' });
  for (let id = 0; id < 30; id++) await server.reply(id);
  server.request('verify', 'tools/call', { _meta: { progressToken: 'p' }, name: 'verify_store', arguments: {} });
  expect((await server.reply('verify')).result?.['structuredContent']).toMatchObject({ ok: true });
  const progress = server.replies
    .filter(({ method }) => method === 'notifications/progress')
    .map(({ params }) => params);
  expect(progress.at(-1)).toMatchObject({ progressToken: 'p', total: expect.any(Number) });
  const values = progress.map((params) => params?.['progress'] as number);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  expect(values.at(-1)).toBe(progress.at(-1)?.['total']);

  server.request('cancelled', 'tools/call', { name: 'verify_store', arguments: {} });
  server.write({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'cancelled' } });
  server.request('ping', 'ping');
  await server.reply('ping');
  server.child.stdin.end();
  expect(await server.exited).toEqual([0, null]);
  expect(server.replies.find(({ id }) => id === 'cancelled')).toBeUndefined();
});
