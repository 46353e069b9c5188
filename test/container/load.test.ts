import { expect, test } from 'vitest';
import { DOCKER, describeContainer, execute, figure, serveIn, volume } from './engine.ts';

/** How many puts are under way at once, and how often that many are sent. */
const TOGETHER = 8;
const ROUNDS = 12;

describeContainer('a server with 256 MiB and half a processor', () => {
  test('answers everything under load, with health running beside it', { timeout: 300_000 }, async () => {
    const server = await serveIn([`--volume=${await volume()}:/app/var`, '--memory-swap=256m', '--cpus=0.5']);
    const health = async () => execute(DOCKER, ['exec', server.name, 'config-store', 'health']);
    const content = 'x'.repeat(20_000);
    const checks: Promise<{ readonly code: number | null; readonly stdout: string }>[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (round % 4 === 1) checks.push(health());
      const names = Array.from({ length: TOGETHER }, (_, at) => `load/${at}`);
      const puts = names.map((name) => server.tool('put_config', { name, content: `${round} ${content}` }));
      for (const put of await Promise.all(puts)) expect(put).toMatchObject({ version: round + 1 });
    }
    for (const check of await Promise.all(checks)) expect(check, check.stdout).toMatchObject({ code: 0 });
    expect(await server.tool('verify_store', {})).toMatchObject({ ok: true });
    const peak = await execute(DOCKER, [
      'exec',
      server.name,
      '/usr/local/bin/node',
      '-e',
      `for (const at of ['/sys/fs/cgroup/memory.peak', '/sys/fs/cgroup/memory/memory.max_usage_in_bytes'])
        if (fs.existsSync(at)) console.log(Math.round(fs.readFileSync(at, 'utf8') / 2 ** 20));`,
    ]);
    figure(`peak of memory under load: ${peak.stdout.trim() || 'not told here'} MiB`);
    const state = await execute(DOCKER, ['inspect', '-f', '{{.State.OOMKilled}} {{.State.Running}}', server.name]);
    expect(state.stdout).toBe('false true\n');
    await server.end();
  });
});
