import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { DOCKER, execute, type Finished, HARDENED, IMAGE } from './engine.ts';

// An engine of its own that maps ids (userns-remap): the one under test does not, and could not be told to without a new start.
const DOCKERD = ['/usr/bin/dockerd', '/usr/sbin/dockerd'].find((path) => spawnSync(path, ['--version']).status === 0);
const why = whyNot();
if (why !== undefined) process.stderr.write(`\n!!!! TESTS WITH USERNS-REMAP SKIPPED: ${why}\n\n`);

function whyNot(): string | undefined {
  if (inject('engine').missing !== undefined) return 'no engine has the image';
  if (process.getuid?.() !== 0) return 'an engine needs root';
  return DOCKERD === undefined ? 'there is no dockerd' : undefined;
}

describe.skipIf(why !== undefined)('userns-remap', () => {
  const home = mkdtempSync(join(tmpdir(), 'config-store-remap-'));
  const env = { ...process.env, DOCKER_HOST: `unix://${home}/socket` };
  const remapped = (args: readonly string[], input?: string): Promise<Finished> =>
    execute(DOCKER, args, { env, input });
  const run = (args: readonly string[], flags: readonly string[], input?: string) =>
    remapped(['run', '--rm', '-i', ...HARDENED, ...flags, IMAGE, ...args], input);
  let engine: ReturnType<typeof spawn> | undefined;

  beforeAll(async () => {
    chmodSync(home, 0o711); // what the mapped root has to get through
    const log = openSync(join(home, 'log'), 'w');
    const apart = ['-H', `unix://${home}/socket`, '--pidfile', `${home}/pid`, '--cgroup-parent', '/config-store-remap'];
    const folders = ['--exec-root', `${home}/exec`, '--data-root', `${home}/data`];
    const offline = ['--bridge=none', '--iptables=false', '--ip6tables=false'];
    const args = [...apart, ...folders, ...offline, '--userns-remap=default'];
    // In a network of its own: without a bridge it would take away that of the engine of this machine.
    engine = spawn('unshare', ['--net', DOCKERD ?? '', ...args], { stdio: ['ignore', log, log] });
    const said = () => readFileSync(join(home, 'log'), 'utf8').slice(-2_000);
    while ((await remapped(['version'])).code !== 0) {
      if (engine.exitCode !== null) throw new Error(`dockerd: exit ${engine.exitCode}: ${said()}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    const file = join(home, 'image.tar');
    expect(await execute(DOCKER, ['save', '-o', file, IMAGE])).toMatchObject({ code: 0 });
    expect(await remapped(['load', '-q', '-i', file])).toMatchObject({ code: 0 });
  });
  afterAll(async () => {
    engine?.kill('SIGTERM');
    if (engine !== undefined && engine.exitCode === null) await new Promise((gone) => engine?.once('exit', gone));
    rmSync(home, { recursive: true, force: true });
  });

  test('a folder is given to the ids that the message names, or to the mapped group 0', async () => {
    const path = mkdtempSync(join(home, 'var-'));
    const flags = [`--volume=${path}:/app/var`];
    const { code, stdout, stderr } = await run(['put', 'a', '-'], flags, '{}');
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    const [, ids = '', uid] = /it has to belong to ((\d+):\d+), because the engine maps ids/.exec(stderr) ?? [];
    expect(ids, stderr).toMatch(/^\d+:\d+$/);
    // It belongs to a user who is not to be had in the container.
    expect(stderr).not.toContain('--user');
    await execute('chown', ['-R', ids, path]);
    expect(await run(['put', 'a', '-'], flags, '{}')).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['verify'], flags)).toMatchObject({ code: 0, stderr: '' });
    const group = Number(uid) - 10_001;
    await execute('chgrp', ['-R', String(group), path]);
    await execute('chmod', ['-R', 'g+rwX', path]);
    expect(await run(['put', 'a', '-'], ['--user=4242:0', ...flags], '{"a":1}')).toMatchObject({ code: 0, stderr: '' });
  });
});
