import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCKER, describeContainer, docker, execute, figure, run, serveIn, volume } from './engine.ts';

const desktopConfig = JSON.parse(
  await readFile(join(import.meta.dirname, '../../examples/claude_desktop_config.json'), 'utf8'),
) as object;

describeContainer('a server in a container', () => {
  test('runs without privileges on a read-only root', async () => {
    const store = await volume();
    const server = await serveIn([`--volume=${store}:/app/var`]);
    const script = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const status = readFileSync('/proc/1/status', 'utf8');
      const field = (name) => status.match(new RegExp('^' + name + ':\\\\s+(.*)$', 'm'))[1];
      let root = 'writable';
      try { writeFileSync('/app/x', ''); } catch (error) { root = error.code; }
      console.log(JSON.stringify({
        uid: field('Uid'), gid: field('Gid'), capabilities: ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(field),
        noNewPrivileges: field('NoNewPrivs'), root,
      }));`;
    const seen: unknown = JSON.parse(await docker('exec', server.name, '/usr/local/bin/node', '-e', script));
    expect(seen).toEqual({
      uid: '10001\t10001\t10001\t10001',
      gid: '10001\t10001\t10001\t10001',
      capabilities: Array(5).fill('0000000000000000'),
      noNewPrivileges: '1',
      root: 'EROFS',
    });
    expect(JSON.parse(await docker('inspect', server.name))).toMatchObject([
      { HostConfig: { LogConfig: { Type: 'none' }, NetworkMode: 'none' } },
    ]);
  });

  test('writes only JSON-RPC, and what one container put the next one reads', async () => {
    const store = await volume();
    const flags = [`--volume=${store}:/app/var`];
    const startedMs = performance.now();
    const first = await serveIn(flags);
    figure(`start to first answer: ${(performance.now() - startedMs).toFixed(0)} ms`);
    first.write('this is no JSON\n');
    await first.waitFor(({ error }) => error?.code === -32_700);
    const put = await first.tool('put_config', { name: 'claude-desktop/default', json: desktopConfig });
    expect(put).toMatchObject({ created: true, version: 1 });
    expect(await first.end()).toBe(0);
    for (const line of first.stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
    expect(first.stderr).toContain('"msg":"server ended"');
    expect([1, 125]).toContain((await execute(DOCKER, ['inspect', first.name])).code); // Docker, Podman

    const second = await serveIn(flags);
    const got = await second.tool('get_config', { name: 'claude-desktop/default' });
    expect(JSON.parse(got['content'] as string)).toEqual(desktopConfig);
    expect(got).toMatchObject({ verified: true, digest: put['digest'] });
    expect(await second.end()).toBe(0);
    expect(await run(['verify', '--json'], { flags })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"ok":true'),
    });
  });

  test('answers the test by hand, and says what is wrong when -i is missing', async () => {
    const store = await volume();
    const hello =
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"hand","version":"1"}}}\n';
    const answered = await run([], { flags: [`--volume=${store}:/app/var`], input: hello });
    expect(answered.code).toBe(0);
    for (const line of answered.stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ level: 'info' });
    expect(JSON.parse(answered.stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: 'mcp-config-store' } } });
    const mute = await run([], { flags: [`--volume=${store}:/app/var`] });
    expect(mute).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^config-store: warning: .*-i/m) });
    expect(mute.stderr.split('\n').filter((line) => /^[^{]/.test(line))).toHaveLength(1);
  });

  test('six containers on one volume put 100 versions each, and none is lost', async () => {
    const store = await volume();
    const flags = [`--volume=${store}:/app/var`];
    const servers = await Promise.all(Array.from({ length: 6 }, () => serveIn(flags)));
    await Promise.all(
      servers.map(async (server, at) => {
        for (let put = 1; put <= 100; put++)
          expect(await server.tool('put_config', { name: `app-${at}`, json: { at, put } })).toMatchObject({
            version: put,
          });
      }),
    );
    const listed = await servers[0]?.tool('list_configs', {});
    expect(listed).toMatchObject({ total: 6, configs: Array(6).fill(expect.objectContaining({ version: 100 })) });
    expect(await Promise.all(servers.map((server) => server.end()))).toEqual(Array(6).fill(0));
    const verified = JSON.parse((await run(['verify', '--json'], { flags })).stdout) as object;
    // Commit 0 makes the store; no index is missing, or the log would be corrupt.
    expect(verified).toMatchObject({ ok: true, findings: [], checked: { commits: 601 } });
  });
});

describeContainer('the end of a container', () => {
  const inVolume = async () => [`--volume=${await volume()}:/app/var`];

  // The engine waits one second and then kills, which would be exit code 137.
  test('docker stop ends it within a second', async () => {
    const server = await serveIn(await inVolume());
    await server.tool('put_config', { name: 'a', json: {} });
    await docker('stop', '-t', '1', server.name);
    expect((await server.exited)[0]).toBe(0);
  });

  test.each(['HUP', 'INT', 'TERM'])('SIG%s ends it', async (signal) => {
    const server = await serveIn(await inVolume());
    await docker('kill', '-s', signal, server.name);
    expect((await server.exited)[0]).toBe(0);
  });

  test('a docker command that is killed takes its container with it', async () => {
    const server = await serveIn(await inVolume());
    server.child.kill('SIGKILL');
    const killedMs = performance.now();
    while ((await execute(DOCKER, ['inspect', server.name])).code === 0);
    figure(`gone after ${(performance.now() - killedMs).toFixed(0)} ms`);
  });

  test('killed in the middle of writing, every acknowledged version is there', async () => {
    const flags = await inVolume();
    const server = await serveIn(flags);
    const acknowledged: unknown[] = [];
    const writing = (async () => {
      for (let put = 1; put <= 2_000; put++)
        acknowledged.push((await server.tool('put_config', { name: 'a', json: { put } }))['version']);
    })();
    const ended = expect(writing).rejects.toThrow('the server ended');
    await server.waitFor(() => acknowledged.length >= 40);
    await docker('kill', '-s', 'KILL', server.name);
    await ended;
    const next = await serveIn(flags);
    const got = await next.tool('get_config', { name: 'a' });
    expect(got).toMatchObject({ verified: true });
    expect(got['version']).toBeGreaterThanOrEqual(acknowledged.length);
    expect(await next.tool('list_history', { name: 'a', limit: 1 })).toMatchObject({ total: got['version'] });
    expect(await next.tool('verify_store', {})).toMatchObject({ ok: true });
    await next.end();
  });
});
