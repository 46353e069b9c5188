import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DOCKER, describeContainer, execute, IMAGE, run, script, serveIn, volume } from './engine.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts');
const PASSPHRASE = 'four random words here\n';

async function place(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'config-store-backup-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

// Working out a passphrase takes 256 MiB.
const ROOMY = ['--memory=640m', '--env=CONFIG_STORE_TELEMETRY=off'];

describeContainer('backup and restore', () => {
  test('the whole store: the volume is lost, and the restored one verifies', async () => {
    const lost = await volume();
    const server = await serveIn([`--volume=${lost}:/app/var`]);
    const put = await server.tool('put_config', { name: 'claude-desktop/default', json: { mcpServers: {} } });
    await server.tool('put_config', { name: 'a', json: { a: 1 } });
    await server.end();

    const file = join(await place(), 'store.age');
    const { code } = await execute(
      'sh',
      [
        '-c',
        'umask 077; "$0" "$@" >"$FILE"',
        DOCKER,
        ...['run', '--rm', '-i', '--read-only', '--network=none', ...ROOMY, `--volume=${lost}:/app/var:ro`, IMAGE],
        ...['backup', '--out', '-', '--passphrase-file', '-'],
      ],
      { input: PASSPHRASE, env: { ...process.env, FILE: file } },
    );
    expect(code).toBe(0);
    await execute(DOCKER, ['volume', 'rm', lost]);

    await chmod(file, 0o644);
    const restored = await volume();
    const flags = [...ROOMY, `--volume=${restored}:/app/var`, `--volume=${file}:/store.age:ro`];
    const args = ['backup', 'restore', '/store.age', '--to', '/app/var', '--passphrase-file', '-'];
    expect(await run(args, { flags, input: 'another one\n' })).toMatchObject({ code: 77 });
    expect(await run(args, { flags, input: PASSPHRASE })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(args, { flags, input: PASSPHRASE })).toMatchObject({ code: 64 });
    expect(await run(['verify', '--json'], { flags })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"ok":true'),
    });
    const next = await serveIn([`--volume=${restored}:/app/var`]);
    expect(await next.tool('get_config', { name: 'claude-desktop/default' })).toMatchObject({
      digest: put['digest'],
      verified: true,
    });
    expect(await next.tool('put_config', { name: 'a', json: { a: 2 } })).toMatchObject({ version: 2 });
    await next.end();
  });

  test('the keys by backup-keys.sh, then back to their volume', async () => {
    const [storage, keys] = [await volume(), await volume()];
    const flags = [`--volume=${storage}:/app/var/storage`, `--volume=${keys}:/app/var/keys`];
    expect(await run(['init'], { flags })).toMatchObject({ code: 0 });
    const to = await place();
    await writeFile(join(to, 'passphrase'), PASSPHRASE, { mode: 0o600 });
    const backup = await execute(
      join(SCRIPTS, 'backup-keys.sh'),
      ['--docker', '--image', IMAGE, '--keys-volume', keys, '--to', to, '--passphrase-file', join(to, 'passphrase')],
      { env: { ...process.env, DOCKER } },
    );
    expect(backup).toMatchObject({ code: 0, stdout: expect.stringContaining('written, verified; 0 older removed') });
    const made = (await readdir(to)).find((name) => name.endsWith('.age')) ?? '';
    expect((await readFile(join(to, made), 'latin1')).startsWith('age-encryption.org/v1\n')).toBe(true);

    await script(`for (const name of fs.readdirSync('/k')) fs.rmSync('/k/' + name, { recursive: true })`, [
      `--volume=${keys}:/k`,
    ]);
    // The storage is there, and its keys are not: read, yes; written, no.
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 77 });
    await chmod(join(to, made), 0o644);
    const whole = await volume();
    const back = [...ROOMY, `--volume=${whole}:/app/var`, `--volume=${join(to, made)}:/keys.age:ro`];
    expect(
      await run(['backup', 'restore', '/keys.age', '--to', '/app/var', '--passphrase-file', '-'], {
        flags: back,
        input: PASSPHRASE,
      }),
    ).toMatchObject({ code: 0 });
    const copy = `fs.cpSync('/from/keys', '/to', { recursive: true });
      for (const name of ['', ...fs.readdirSync('/to', { recursive: true })]) fs.chownSync('/to/' + name, 10001, 10001);`;
    await script(copy, [`--volume=${whole}:/from:ro`, `--volume=${keys}:/to`]);
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 0 });
    expect(await run(['verify'], { flags })).toMatchObject({ code: 0 });
  });
});

describeContainer('monitor.sh', () => {
  test('asks the running container, and a volume where none runs', async () => {
    const store = await volume();
    const state = join(await place(), 'state');
    const monitor = (name: string) =>
      execute(join(SCRIPTS, 'monitor.sh'), ['--docker', name, '--image', IMAGE, '--state', state, '--always'], {
        env: { ...process.env, DOCKER },
      });
    expect(await monitor(store)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^healthy: /) });
    const server = await serveIn([`--volume=${store}:/app/var`]);
    expect(await monitor(server.name)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^healthy: /) });
    await server.end();
  });
});
