import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
let place: string;
let backups: string;
let env: NodeJS.ProcessEnv;

const at = (name: string) => join(place, name);
const shell = (script: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(join(ROOT, 'scripts', script), args, { env, encoding: 'utf8' });
  return { status, stdout, stderr };
};
const command = (...args: string[]) => spawnSync(at('config-store'), args, { env, encoding: 'utf8' });
const names = async () => (await readdir(backups)).sort();

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'shell-scripts-'));
  backups = at('backups');
  env = { PATH: process.env['PATH'], HOME: place, CONFIG_STORE: at('config-store'), CONFIG_STORE_VAR: at('var') };
  await writeFile(at('config-store'), `#!/bin/sh\nexec '${process.execPath}' '${ROOT}/dist/main.js' "$@"\n`, {
    mode: 0o755,
  });
  await writeFile(at('passphrase'), 'four random words here\n');
  expect(command('init').status).toBe(0);
});
afterAll(() => rm(place, { recursive: true, force: true }));

describe('backup-keys.sh', () => {
  test('writes a dated file of mode 0600, verified, and keeps the last N', async () => {
    const { store } = JSON.parse(command('status', '--json').stdout) as { store: string };
    const id = store.slice(0, 12);
    const old = (day: number, of = id) => `config-store-keys-${of}-2026010${day}T030000Z-000000000.age`;
    spawnSync('mkdir', ['-p', backups]);
    const others = ['mine.age', 'config-store-keys-2026-01-03T030000Z.age', old(1, 'f'.repeat(12))];
    for (const name of [old(1), old(2), old(3), ...others]) await writeFile(join(backups, name), 'old');
    const { status, stdout, stderr } = shell(
      'backup-keys.sh',
      ...['--to', backups, '--passphrase-file', at('passphrase'), '--keep', '2'],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      new RegExp(
        `^backup-keys: \\S+/config-store-keys-${id}-\\d{8}T\\d{6}Z-0{9}\\.age written, verified; 2 older removed\\n$`,
      ),
    );
    const made = (await names()).find((name) => name.includes(id) && name > old(4)) ?? '';
    expect(await names()).toEqual([old(3), made, `${made}.verified`, ...others].sort());
    expect(spawnSync('sha256sum', ['-c', `${made}.verified`], { cwd: backups }).status).toBe(0);
    expect((await stat(join(backups, made))).mode & 0o777).toBe(0o600);
    const restored = command(
      'backup',
      'restore',
      join(backups, made),
      '--to',
      at('restored'),
      '--passphrase-file',
      at('passphrase'),
    );
    expect(restored.status, restored.stderr).toBe(0);
    expect((await readdir(at('restored/keys'))).sort()).toEqual(
      (await readdir(at('var/keys'))).filter((name) => name !== 'pending').sort(),
    );
  });

  test('for a recipient: opened only where the identity is', async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    await writeFile(at('identity'), `# for the test\n${identity}\n`);
    await writeFile(
      at('recipients'),
      `# two\n${recipient}\r\n${await identityToRecipient(await generateX25519Identity())}`,
    );
    const to = ['--to', at('for-recipient'), '--recipients-file', at('recipients')];
    expect(shell('backup-keys.sh', ...to)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('not opened: no --identity'),
    });
    // The whole store goes the same way; one that could not be opened never takes the place of one that was.
    const whole = [...to, '--whole', '--keep', '1'];
    expect(shell('backup-keys.sh', ...whole, '--identity', at('identity'))).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/config-store-store-.* written, verified; 0 older removed/),
    });
    spawnSync('sleep', ['1.1']); // the time is in the name
    expect(shell('backup-keys.sh', ...whole)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('; 0 older removed'),
    });
    expect((await readdir(at('for-recipient'))).filter((name) => /-store-store-.*\.age$/.test(name))).toHaveLength(2);
  });

  test('what cannot be backed up leaves everything as it was', async () => {
    const before = await names();
    await writeFile(at('empty'), '');
    for (const [args, status] of [
      [['--to', backups, '--passphrase-file', at('empty')], 64],
      [['--to', backups, '--passphrase-file', at('missing')], 66],
      [['--to', backups, '--recipient', 'age1nonsense'], 64],
      [['--to', backups, '--passphrase-file', at('passphrase'), '--var', at('nothing')], 77],
      [['--to', backups], 64],
      [['--to', backups, '--passphrase-file', at('passphrase'), '--keep', '0'], 64],
      [['--nonsense'], 64],
    ] as const) {
      const answer = shell('backup-keys.sh', ...args);
      expect({ args, status: answer.status }).toEqual({ args, status });
      expect(answer.stderr).toMatch(/^(config-store|backup-keys): /);
      expect(answer.stdout).toBe('');
    }
    expect(await names()).toEqual(before);
  });
});

describe('monitor.sh', () => {
  test('speaks up when the answer changes, and only then', async () => {
    const key = join(at('var/keys'), (await readdir(at('var/keys'))).find((name) => name.endsWith('.key.pem')) ?? '');
    const state = ['--state', at('state')];
    expect(shell('monitor.sh', ...state)).toEqual({ status: 0, stdout: '', stderr: '' });
    await chmod(key, 0o644);
    expect(shell('monitor.sh', ...state)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^not healthy: .*KEY_PERMISSIONS/),
    });
    expect(shell('monitor.sh', ...state)).toMatchObject({ status: 1, stdout: '' });
    expect(await readFile(at('state'), 'utf8')).toContain('signing: KEY_PERMISSIONS:');
    await chmod(key, 0o600);
    expect(shell('monitor.sh', ...state)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^healthy: /) });
    expect(shell('monitor.sh', ...state, '--always')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^healthy: /),
    });
    expect(shell('monitor.sh', '--nonsense')).toMatchObject({ status: 64 });
  });

  test('each target has a state of its own; another store, a missing backup and a verification that is due are reported', () => {
    const { store } = JSON.parse(command('status', '--json').stdout) as { store: string };
    const ask = (...args: string[]) => shell('monitor.sh', ...args);
    expect(ask('--expect-store', store)).toMatchObject({ status: 0, stdout: '' });
    expect(ask('--expect-store', 'f'.repeat(64))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('expected: STORE_FOREIGN:'),
    });
    expect(ask('--expect-store', store, '--verify-max-age', '7d')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('NOT_VERIFIED:'),
    });
    expect(command('verify').status).toBe(0);
    expect(ask('--expect-store', store, '--verify-max-age', '7d')).toMatchObject({ status: 0 });
    expect(ask('--var', at('nowhere'), '--expect-store', store)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('expected: STORE_MISSING:'),
    });
    const backed = ['--expect-store', store, '--backup-max-age', '2d', '--backups'];
    expect(ask(...backed, backups)).toMatchObject({ status: 0 });
    expect(ask(...backed, at('for-recipient'), '--state', at('other'))).toMatchObject({ status: 0 });
    expect(ask(...backed, place, '--state', at('other'))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('BACKUP_MISSING: there is no backup as young as 2d'),
    });
  });

  test('an engine that hangs is reported, and no volume is made', async () => {
    const log = at('engine.log');
    await writeFile(
      at('engine'),
      `#!/bin/sh\necho "$*" >>'${log}'\ncase "$1 $2" in "inspect -f") exit 1 ;; "volume inspect") exit 1 ;; "volume ls") exit 0 ;; esac\nexec sleep 60\n`,
      { mode: 0o755 },
    );
    env['DOCKER'] = at('engine');
    expect(shell('monitor.sh', '--docker', 'gone', '--time-limit', '1')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('STORE_MISSING: there is no volume gone'),
    });
    expect(await readFile(log, 'utf8')).not.toMatch(/^run /m);
    await writeFile(at('engine'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 });
    expect(shell('monitor.sh', '--docker', 'gone', '--time-limit', '1')).toMatchObject({
      status: 4,
      stdout: expect.stringContaining('no answer within 1 seconds'),
    });
  });
});
