import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type ContainerPeer,
  DOCKER,
  describeContainer,
  docker,
  execute,
  figure,
  folder,
  IMAGE,
  script,
  serveIn,
  volume,
} from './engine.ts';

/** The image's own check, more often. */
const OFTEN = ['--health-interval=1s', '--health-retries=1', '--health-start-period=0s'];

/** Waits for the state that engine and orchestrators see, and returns what the last check said. */
async function becomes(name: string, status: 'healthy' | 'unhealthy'): Promise<string> {
  for (;;) {
    const health = JSON.parse(await docker('inspect', '-f', '{{json .State.Health}}', name)) as {
      Status: string;
      Log: ReadonlyArray<{ Output: string; ExitCode: number }>;
    };
    const last = health.Log.at(-1);
    if (health.Status === status && last?.ExitCode === (status === 'healthy' ? 0 : 1)) return last.Output;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const exec = (server: ContainerPeer, text: string) => docker('exec', server.name, '/usr/local/bin/node', '-e', text);

describeContainer('HEALTHCHECK', () => {
  test('healthy, unhealthy and healthy again, for storage, signing, events and pin', async () => {
    const small = await volume('type=tmpfs', 'device=tmpfs', 'o=size=40m,uid=10001,gid=10001,mode=0700');
    const keys = await volume();
    const state = await volume();
    const telemetry = await volume();
    const server = await serveIn([
      ...OFTEN,
      `--volume=${small}:/app/var/storage`,
      `--volume=${keys}:/app/var/keys`,
      `--volume=${state}:/app/var/state`,
      `--volume=${telemetry}:/app/var/telemetry`,
    ]);
    await server.tool('put_config', { name: 'a', json: {} });
    expect(await becomes(server.name, 'healthy')).toMatch(/^healthy, but look at volume: .* is in memory/m);

    await exec(server, `fs.writeFileSync('/app/var/storage/filler', Buffer.alloc(30 * 2 ** 20))`);
    expect(await becomes(server.name, 'unhealthy')).toContain('STORE_FULL');
    await exec(server, `fs.rmSync('/app/var/storage/filler')`);
    await becomes(server.name, 'healthy');

    const key = `'/app/var/keys/' + fs.readdirSync('/app/var/keys').find((name) => name.endsWith('.key.pem'))`;
    await exec(server, `fs.chmodSync(${key}, 0o644)`);
    expect(await becomes(server.name, 'unhealthy')).toMatch(/signing.*: KEY_PERMISSIONS: .*chmod o-rwx/);
    await exec(server, `fs.chmodSync(${key}, 0o600)`);
    await becomes(server.name, 'healthy');

    // The pin is written at most once a second after a commit; only then it can be bent for good.
    await exec(
      server,
      `const pin = '/app/var/state/pin.json';
      const timer = setInterval(() => {
        const seen = JSON.parse(fs.readFileSync(pin));
        if (seen.index < 1) return;
        clearInterval(timer);
        fs.renameSync(pin, pin + '.kept');
        fs.writeFileSync(pin, JSON.stringify({ ...seen, index: seen.index + 5 }) + '\\n', { mode: 0o600 });
      }, 50)`,
    );
    expect(await becomes(server.name, 'unhealthy')).toMatch(/pin.*: ROLLED_BACK: /);
    await exec(server, `fs.renameSync('/app/var/state/pin.json.kept', '/app/var/state/pin.json')`);
    await becomes(server.name, 'healthy');

    const event = (time: string) =>
      `fs.appendFileSync('/app/var/telemetry/events-' + new Date().toISOString().slice(0, 10) + '.jsonl',
        JSON.stringify({ level: 'error', time: ${time}, 'event.name': 'store.fault', 'error.type': 'CORRUPT' }) + '\\n')`;
    await exec(server, event('new Date(Date.now() - 20 * 60_000).toISOString()'));
    await exec(server, event('new Date().toISOString()'));
    expect(await becomes(server.name, 'unhealthy')).toMatch(
      /events: 1 critical events in the last 15 minutes: CORRUPT/,
    );
    await exec(
      server,
      `for (const name of fs.readdirSync('/app/var/telemetry')) fs.rmSync('/app/var/telemetry/' + name)`,
    );
    await becomes(server.name, 'healthy');

    const before = await script(`console.log(fs.readdirSync('/s', { recursive: true }).sort().join())`, [
      `--volume=${small}:/s:ro`,
    ]);
    await becomes(server.name, 'healthy');
    const after = await script(`console.log(fs.readdirSync('/s', { recursive: true }).sort().join())`, [
      `--volume=${small}:/s:ro`,
    ]);
    expect(after).toBe(before);
    await server.end();
  });

  test('the image is healthy after its first check, and says by itself when that is', async () => {
    const server = await serveIn([`--volume=${await volume()}:/app/var`]);
    await server.tool('put_config', { name: 'a', json: {} });
    expect(await becomes(server.name, 'healthy')).toBe('healthy: 12 checks passed\n');
    const started = await docker('inspect', '-f', '{{.State.StartedAt}}', server.name);
    const { Log } = JSON.parse(await docker('inspect', '-f', '{{json .State.Health}}', server.name)) as {
      Log: ReadonlyArray<{ Start: string; End: string }>;
    };
    figure(`healthy after ${((Date.parse(Log[0]?.End ?? '') - Date.parse(started)) / 1_000).toFixed(1)} s`);
    // What asks again and again is recorded only where something is wrong.
    const events = await exec(
      server,
      `for (const name of fs.readdirSync('/app/var/telemetry')) console.log(fs.readFileSync('/app/var/telemetry/' + name, 'utf8'))`,
    );
    expect(events).toContain('tool.called');
    expect(events).not.toContain('health.checked');
    await server.end();
  });

  test('a server that does not start is unhealthy', async () => {
    const chunk = (
      await script(`console.log(fs.readdirSync('/app/chunks').find((name) => name.startsWith('serve-')))`, [])
    ).trim();
    const broken = await folder('0:0', '755');
    await script(`fs.writeFileSync('/m/serve.js', 'process.exit(9)', { mode: 0o644 })`, [`--volume=${broken}:/m`]);
    const name = await docker(
      ...['run', '-d', '--rm', '--read-only', ...OFTEN, `--volume=${await volume()}:/app/var`],
      `--volume=${join(broken, 'serve.js')}:/app/chunks/${chunk}:ro`,
      ...['--entrypoint=/usr/local/bin/node', IMAGE, '-e', 'setInterval(() => {}, 1000)'],
    );
    try {
      // The image's own check starts none: that is what --server is for.
      const asked = await execute(DOCKER, ['exec', name, 'config-store', 'health', '--server']);
      expect(asked).toMatchObject({ code: 1, stdout: expect.stringMatching(/server: INTERNAL: .*exit code 9/) });
    } finally {
      await docker('rm', '-f', name);
    }
  });
});
