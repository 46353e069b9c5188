import { expect, test } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { describeContainer, folder, run, serveIn, volume } from './engine.ts';

/** Every command that needs the store or its keys. */
const COMMANDS = [
  ['init'],
  ['put', 'a', '/app/LICENSE'],
  ['get', 'a'],
  ['list'],
  ['log', 'a'],
  ['diff', 'a@1', 'a@2'],
  ['restore', 'a@1'],
  ['rm', 'a'],
  ['draft', 'list'],
  ['verify'],
  ['rebuild'],
  ['gc'],
  ['export', 'a', '--out', '/tmp/evidence'],
  ['status'],
  ['keys', 'list'],
];

/** What each tool that needs arguments is called with. */
const ARGUMENTS: Readonly<Record<string, object>> = {
  get_config: { name: 'a' },
  put_config: { name: 'a', json: {} },
  list_history: { name: 'a' },
  diff_configs: { name: 'a', from: 1 },
  patch_config: { name: 'a', patch: {} },
  discard_draft: { name: 'a' },
  restore_config: { name: 'a', version: 1 },
  delete_config: { name: 'a' },
  validate_config: { name: 'a' },
};

describeContainer('a folder of somebody else', () => {
  test.each(['700', '755'])('mode %s: every command says whose it is and what mends it, and exits 78', async (mode) => {
    const flags = [`--volume=${await folder('4242:4242', mode)}:/app/var`];
    // In an open folder without telemetry there is none to read, which is no fault.
    const commands = mode === '700' ? [...COMMANDS, ['telemetry'], ['telemetry', 'verify']] : COMMANDS;
    for (const args of commands) {
      const { code, stdout, stderr } = await run(args, { flags });
      expect({ args, code, stdout }).toEqual({ args, code: 78, stdout: '' });
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/^config-store: STORE_UNREADABLE: .*runs as uid 10001, \/app\/var belongs to uid 4242\./);
      expect(stderr).toContain('chown -R 10001:10001 /app/var');
      if (args[0] !== 'telemetry') expect(stderr).toContain('docker run --user 4242 …');
    }
  });

  test('the server starts all the same, and every tool says it', async () => {
    const server = await serveIn([`--volume=${await folder('4242:4242', '700')}:/app/var`]);
    for (const { name } of TOOLS) {
      server.call(name, name, ARGUMENTS[name] ?? {});
      const answer = JSON.stringify((await server.reply(name)).result);
      expect(answer, name).toContain('STORE_UNREADABLE');
      expect(answer, name).toContain('chown -R 10001:10001');
    }
    expect(await server.end()).toBe(0);
  });

  test('health says it too, and exits 1', async () => {
    const flags = [`--volume=${await folder('4242:4242', '700')}:/app/var`];
    const { code, stdout } = await run(['health'], { flags });
    expect(code).toBe(1);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stdout).toContain('chown -R 10001:10001 /app/var');
  });
});

/** One config put and read back, by two containers. */
async function works(flags: readonly string[]): Promise<void> {
  expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 0, stderr: '' });
  expect(await run(['verify'], { flags })).toMatchObject({ code: 0, stderr: '' });
  expect((await run(['health', '--json'], { flags })).stdout).toContain('"ok":true,"version"');
}

describeContainer('any owner works', () => {
  test('a folder that belongs to the user of the image', async () => {
    await works([`--volume=${await folder('10001:10001', '700')}:/app/var`]);
  });

  test('any user, with a folder of group 0', async () => {
    await works(['--user=4242', `--volume=${await folder('0:0', '2770')}:/app/var`]);
  });

  test('a user of this machine, with a folder of their own', async () => {
    await works(['--user=4242', `--volume=${await folder('4242:4242', '755')}:/app/var`]);
    await works(['--user=4242:4242', `--volume=${await folder('4242:4242', '755')}:/app/var`]);
  });

  test('three volumes, or telemetry in memory', async () => {
    const [storage, keys, telemetry] = [await volume(), await volume(), await volume()];
    const two = [`--volume=${storage}:/app/var/storage`, `--volume=${keys}:/app/var/keys`];
    await works([...two, `--volume=${telemetry}:/app/var/telemetry`]);
    const inMemory = [...two, '--tmpfs=/app/var/telemetry:rw,uid=10001,mode=0700,size=4m'];
    expect(await run(['put', 'b', '/app/LICENSE'], { flags: inMemory })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['health'], { flags: inMemory })).toMatchObject({ code: 0 });
  });

  test('keys that cannot be written: everything but key commands works, and health says that no pin is kept', async () => {
    const [storage, keys] = [await volume(), await volume()];
    const first = [`--volume=${storage}:/app/var/storage`, `--volume=${keys}:/app/var/keys`];
    expect(await run(['put', 'a', '/app/LICENSE'], { flags: first })).toMatchObject({ code: 0 });
    const flags = [`--volume=${storage}:/app/var/storage`, `--volume=${keys}:/app/var/keys:ro`];
    expect(await run(['put', 'b', '/app/LICENSE'], { flags })).toMatchObject({ code: 0 });
    expect(await run(['verify'], { flags })).toMatchObject({ code: 0 });
    const { code, stdout } = await run(['health', '--json'], { flags: [...flags, '--env=CONFIG_STORE_TELEMETRY=off'] });
    expect(code).toBe(0);
    expect(stdout).toContain('The keys folder is read-only');
    expect(await run(['keys', 'rotate', '--yes'], { flags })).not.toMatchObject({ code: 0 });
  });
});

describeContainer('a forgotten volume', () => {
  test('is said on stderr by commands and server, and in check_health', async () => {
    const { code, stderr } = await run(['list']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^config-store: warning: no volume is mounted at \/app\/var\/storage or \/app\/var\/keys: .*docker run -v/,
    );
    const server = await serveIn([]);
    const health = await server.tool('check_health', {});
    expect(health).toMatchObject({ ok: false, next: expect.stringContaining('docker run -v') });
    expect(server.stderr).toMatch(/^config-store: warning: no volume is mounted/);
    await server.end();
    expect(await run(['put', 'a', '/app/LICENSE'])).toMatchObject({ code: 73 });
  });

  test('is not said when it was meant', async () => {
    const flags = ['--tmpfs=/app/var:rw,uid=10001,mode=0700,size=64m'];
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['list'], { flags: ['--env=CONFIG_STORE_EXPECT_VOLUME=off'] })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});
