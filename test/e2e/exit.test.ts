import { describe, expect, test } from 'vitest';
import { ServerProcess, temporaryVar } from './server-process.ts';

const MODERN_META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

const ENDS: ReadonlyArray<[string, (server: ServerProcess) => void]> = [
  ['the end of input', (server) => server.child.stdin.end()],
  ['SIGTERM', (server) => server.child.kill('SIGTERM')],
  ['SIGINT', (server) => server.child.kill('SIGINT')],
  ['SIGHUP', (server) => server.child.kill('SIGHUP')],
];

/** Writes `count` puts and ends the server at once; every put must then be answered and there, or absent. */
async function cutShort(end: (server: ServerProcess) => void, count: number): Promise<void> {
  const folder = await temporaryVar();
  const server = new ServerProcess(folder);
  await server.initialize();
  server.call('first', 'put_config', { name: 'first', content: 'x' });
  await server.reply('first');
  for (let id = 0; id < count; id++)
    server.call(id, 'put_config', { name: `n/${id}`, content: `content ${id}`, draft: false });
  end(server);
  expect(await server.exited).toEqual([0, null]);

  const after = new ServerProcess(folder);
  await after.initialize();
  for (let id = 0; id < count; id++) after.call(id, 'get_config', { name: `n/${id}` });
  after.call('verify', 'verify_store', {});
  for (let id = 0; id < count; id++) {
    const there = (await after.reply(id)).result?.['structuredContent'];
    const answered = server.replies.find((reply) => reply.id === id)?.result;
    if (answered === undefined) continue;
    expect(answered['isError']).toBeUndefined();
    expect(there).toMatchObject({ content: `content ${id}`, version: 1, verified: true });
  }
  expect((await after.reply('verify')).result?.['structuredContent']).toMatchObject({ ok: true, findings: [] });
}

describe.each(ENDS)('at %s', (_name, end) => {
  test('it exits with 0 before the first message was sent', async () => {
    const server = new ServerProcess(await temporaryVar());
    // A signal that comes before its handler is in place ends any process; so wait until it reads.
    server.write('\n[]\n');
    await server.waitFor((reply) => reply.error !== undefined);
    end(server);
    expect(await server.exited).toEqual([0, null]);
    expect(server.stderr).toBe('');
  });

  test('it exits with 0 with a store open', async () => {
    const server = new ServerProcess(await temporaryVar());
    await server.initialize();
    server.call(1, 'put_config', { name: 'a', content: 'b' });
    await server.reply(1);
    end(server);
    expect(await server.exited).toEqual([0, null]);
    expect(server.stderr).toBe('');
  });

  test('it exits with 0 with a subscription open, which it ends', async () => {
    const server = new ServerProcess(await temporaryVar());
    server.request('sub', 'subscriptions/listen', {
      _meta: MODERN_META,
      notifications: { resourcesListChanged: true, resourceSubscriptions: ['config://a'] },
    });
    await server.waitFor((reply) => reply.method === 'notifications/subscriptions/acknowledged');
    end(server);
    expect(await server.exited).toEqual([0, null]);
    expect(server.replies.find(({ id }) => id === 'sub')?.result).toMatchObject({ resultType: 'complete' });
  });

  test('puts in flight are answered and there, or absent', async () => {
    await cutShort(end, 40);
  });
});

test('calls that were in flight at the end of input are answered', async () => {
  const folder = await temporaryVar();
  const server = new ServerProcess(folder);
  await server.initialize();
  for (let id = 0; id < 8; id++) server.call(id, 'list_configs', {});
  server.child.stdin.end();
  expect(await server.exited).toEqual([0, null]);
  for (let id = 0; id < 8; id++)
    expect((await server.reply(id)).result?.['structuredContent']).toMatchObject({ total: 0 });
});

test('a reader that goes away ends it quietly', async () => {
  const server = new ServerProcess(await temporaryVar());
  await server.initialize();
  server.child.stdout.destroy();
  server.request(1, 'ping');
  server.request(2, 'tools/list');
  expect(await server.exited).toEqual([0, null]);
  expect(server.stderr).toBe('');
});

test('starting and stopping creates nothing', async () => {
  const folder = await temporaryVar();
  const server = new ServerProcess(folder);
  await server.initialize();
  server.request(1, 'tools/list');
  server.call(2, 'list_configs', {});
  server.call(3, 'check_health', {});
  await server.reply(3);
  server.child.stdin.end();
  expect(await server.exited).toEqual([0, null]);
  const { readdir } = await import('node:fs/promises');
  expect(await readdir(folder, { recursive: true })).toEqual([]);
});
