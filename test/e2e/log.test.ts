import { expect, test } from 'vitest';
import { ServerProcess, temporaryVar } from './server-process.ts';

const SECRET = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;

test('at info a server says on stderr what a person needs to see, a line each, and no content', async () => {
  const folder = await temporaryVar();
  const server = new ServerProcess(folder, [], { CONFIG_STORE_LOG_LEVEL: 'info', CONFIG_STORE_LOGLEVEL: 'info' });
  await server.initialize();
  server.call(1, 'put_config', { name: 'team/a', content: 'precious content' });
  await server.reply(1);
  server.call(2, 'put_config', { name: 'team/b', content: `token = ${SECRET}` });
  await server.reply(2);
  server.child.stdin.end();
  await server.exited;
  const [unknown, ...lines] = server.stderr.trim().split('\n');
  expect(unknown).toBe(
    'config-store: warning: CONFIG_STORE_LOGLEVEL is no setting, and has no effect: CONFIG_STORE_LOG_LEVEL is one',
  );
  const said = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const [commit, store] = [expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)];
  expect(said).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ msg: 'server started', level: 'info', read_only: false }),
      expect.objectContaining({ msg: 'client connected', 'client.name': 'raw', 'mcp.protocol.version': '2025-11-25' }),
      expect.objectContaining({ msg: 'store opened', location: `${folder}/storage` }),
      expect.objectContaining({ msg: 'committed', 'config.names': 'team/a@1', 'log.index': 1, 'log.commit': commit }),
      expect.objectContaining({ msg: 'refused', 'gen_ai.tool.name': 'put_config', 'error.type': 'SECRET_FOUND' }),
      expect.objectContaining({ msg: 'server draining', reason: 'stdin' }),
      expect.objectContaining({ msg: 'server ended', reason: 'stdin', drained: true }),
    ]),
  );
  expect(said.at(-1)).toMatchObject({ msg: 'server ended' });
  expect(server.stderr).not.toMatch(new RegExp(`precious|${SECRET}|team/b`));

  const again = new ServerProcess(folder, [], { CONFIG_STORE_LOG_LEVEL: 'info' });
  await again.initialize();
  again.call(1, 'get_config', { name: 'team/a' });
  await again.reply(1);
  again.child.stdin.end();
  await again.exited;
  const opened = again.stderr.split('\n').find((line) => line.includes('store opened')) ?? '{}';
  expect(JSON.parse(opened)).toMatchObject({ store, 'log.index': 1, 'log.commit': commit });
});

test('by default a server that works says nothing', async () => {
  const server = new ServerProcess(await temporaryVar());
  await server.initialize();
  server.call(1, 'check_health', {});
  await server.reply(1);
  server.child.stdin.end();
  await server.exited;
  expect(server.stderr).toBe('');
});
