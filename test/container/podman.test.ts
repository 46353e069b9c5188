import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { DOCKER, execute, type Finished, HARDENED, IMAGE } from './engine.ts';

const PODMAN = process.env['PODMAN'] || 'podman';
/** What Podman without root runs as: this user or, for root, the first other one who has ids of their own. */
const user =
  process.getuid?.() === 0 ? otherUser() : { prefix: [], uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const why = whyNot();
if (why !== undefined) process.stderr.write(`\n!!!! TESTS WITH PODMAN SKIPPED: ${why}\n\n`);

function otherUser(): { prefix: string[]; uid: number; gid: number } | undefined {
  const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []);
  const names = linesOf('/etc/subuid').map((line) => line.split(':')[0]);
  for (const line of linesOf('/etc/passwd')) {
    const [name = '', , id, group, , home] = line.split(':');
    const [uid, gid] = [Number(id), Number(group)];
    if (!names.includes(name) || !(uid > 0) || home === undefined || !existsSync(home)) continue;
    const become = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups'];
    return { prefix: [...become, 'env', '-u', 'XDG_RUNTIME_DIR', `HOME=${home}`, `USER=${name}`], uid, gid };
  }
  return undefined;
}

function whyNot(): string | undefined {
  if (inject('engine').missing !== undefined) return 'no engine has the image';
  if (user === undefined) return 'this is root, and no other user has ids of their own in /etc/subuid';
  const [program = '', ...args] = [...user.prefix, PODMAN, 'unshare', 'true'];
  const { status, error, stderr } = spawnSync(program, args, { cwd: '/', encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1));
}

function podman(args: readonly string[], input?: string): Promise<Finished> {
  // Without systemd its timers for health checks fail, and it says so in front of what the container says.
  const [program = '', ...line] = [...(user?.prefix ?? []), PODMAN, '--log-level=fatal', ...args];
  return execute(program, line, { input });
}

const name = `localhost/mcs-test-${randomBytes(6).toString('hex')}`;

/** One command in a container; limits of resources are what Podman without root may not have everywhere. */
function run(args: readonly string[], flags: readonly string[], input?: string): Promise<Finished> {
  const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];
  const hardened = HARDENED.filter((flag) => !/^--(?:memory|pids-limit)/.test(flag));
  return podman(['run', '--rm', '-i', ...hardened, ...limits, ...flags, name, ...args], input);
}

async function works(flags: readonly string[]): Promise<void> {
  const put = await run(['put', 'a', '-'], flags, '{"a":1}');
  expect(put, put.stderr).toMatchObject({ code: 0, stderr: '' });
  expect(await run(['verify'], flags)).toMatchObject({ code: 0, stderr: '' });
  const health = ['--entrypoint=["/usr/local/bin/node", "/app/health.cjs"]'];
  expect((await run([], [...flags, ...health])).stdout).toBe('healthy: 12 checks passed\n');
}

/** A folder of the user, for a bind mount. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'config-store-podman-'));
  chmodSync(path, 0o700);
  if (process.getuid?.() === 0) chownSync(path, user?.uid ?? 0, user?.gid ?? 0);
  onTestFinished(async () => {
    await podman(['unshare', 'rm', '-rf', path]);
    await execute('rm', ['-rf', path]);
  });
  return path;
}

describe.skipIf(why !== undefined)('Podman without root', () => {
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-store-image-'));
    const file = join(folder, 'image.tar');
    try {
      const saved = await execute('sh', [
        '-c',
        '"$0" tag "$1" "$2" && "$0" save -o "$3" "$2"',
        DOCKER,
        IMAGE,
        name,
        file,
      ]);
      expect(saved.code, saved.stderr).toBe(0);
      for (const path of [folder, file]) chmodSync(path, 0o755);
      const loaded = await podman(['load', '-q', '-i', file]);
      expect(loaded.code, loaded.stderr).toBe(0);
    } finally {
      await execute(DOCKER, ['rmi', name]);
      rmSync(folder, { recursive: true });
    }
  });
  afterAll(async () => {
    await podman(['rmi', '-f', name]);
  });

  test('a new named volume has the right owner by itself', async () => {
    const volume = `mcs-test-${randomBytes(6).toString('hex')}`;
    onTestFinished(async () => {
      await podman(['volume', 'rm', '-f', volume]);
    });
    await works([`--volume=${volume}:/app/var`]);
  });

  test('a folder of the user is given to the user of the image with the command that the message prints', async () => {
    const path = folder();
    const refused = await run(['put', 'a', '-'], [`--volume=${path}:/app/var`], '{}');
    expect(refused).toMatchObject({ code: 78, stdout: '' });
    expect(refused.stderr).toContain('with rootless Podman: podman unshare chown -R 10001:10001 …');
    expect(await podman(['unshare', 'chown', '-R', '10001:10001', path])).toMatchObject({ code: 0 });
    await works([`--volume=${path}:/app/var`]);
  });

  test('a folder stays the own one of the user who runs the container', async () => {
    const path = folder();
    const { uid: own, gid } = user ?? { uid: 0, gid: 0 };
    await works(['--userns=keep-id', `--user=${own}:${gid}`, `--volume=${path}:/app/var`]);
    expect(statSync(join(path, 'storage')).uid).toBe(own);
  });
});
