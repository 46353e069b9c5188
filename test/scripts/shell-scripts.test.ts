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
    for (const day of ['2026-01-01', '2026-01-02', '2026-01-03']) {
      spawnSync('mkdir', ['-p', backups]);
      await writeFile(join(backups, `config-store-keys-${day}T030000Z.age`), 'old');
    }
    await writeFile(join(backups, 'mine.age'), 'somebody else’s');
    const { status, stdout, stderr } = shell(
      'backup-keys.sh',
      ...['--to', backups, '--passphrase-file', at('passphrase'), '--keep', '2'],
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(
      /^backup-keys: \S+\/config-store-keys-\d{4}-\d\d-\d\dT\d{6}Z\.age written, verified; 2 older removed\n$/,
    );
    const [kept, made = '', mine] = await names();
    expect([kept, mine]).toEqual(['config-store-keys-2026-01-03T030000Z.age', 'mine.age']);
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
    const to = ['--to', at('for-recipient'), '--recipient', recipient];
    expect(shell('backup-keys.sh', ...to)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('not opened: no --identity'),
    });
    await rm(at('for-recipient'), { recursive: true });
    expect(shell('backup-keys.sh', ...to, '--identity', at('identity'))).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('written, verified; 0 older removed'),
    });
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
});
