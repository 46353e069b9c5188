import { expect, test } from 'vitest';
import { TOOLS } from '../../src/mcp/tools/index.ts';
import { describeContainer, folder, run, script, serveIn, volume } from './engine.ts';

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
  plan_deploy: { name: 'a' },
  apply_deploy: { plan_id: '0123456789abcdef' },
};

describeContainer('a folder of somebody else', () => {
  test.each(['700', '755'])('mode %s: every command says whose it is and what mends it, and exits 78', async (mode) => {
    const flags = [`--volume=${await folder('4242:4242', mode)}:/app/var`];
    // In an open folder without telemetry there is none to read, which is no fault; there, one of each kind of command.
    const open = [['put', 'a', '/app/LICENSE'], ['list'], ['verify'], ['keys', 'list']];
    const commands = mode === '700' ? [...COMMANDS, ['telemetry'], ['telemetry', 'verify']] : open;
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
    // In a container there is no file of a client, which import_client looks for before it asks the store.
    for (const { name } of TOOLS.filter((tool) => tool.name !== 'import_client')) {
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

  test('any user, with a store that was given to group 0 afterwards: the recipe of OpenShift', async () => {
    const path = await folder('0:0', '770');
    const mounted = `--volume=${path}:/app/var`;
    const put = (user: number, text: string) =>
      run(['put', 'a', '-'], { flags: [`--user=${user}:0`, mounted], input: text });
    expect(await put(1_234_567, 'one')).toMatchObject({ code: 0 });
    // chgrp -R 0 var && chmod -R g+rwX var
    await script(
      `for (const name of ['', ...fs.readdirSync('/m', { recursive: true })]) {
        const path = '/m/' + name, stat = fs.lstatSync(path);
        fs.chownSync(path, stat.uid, 0);
        fs.chmodSync(path, (stat.mode & 0o777) | (stat.isDirectory() ? 0o070 : 0o060));
      }`,
      [`--volume=${path}:/m`],
    );
    for (const [at, user] of [1_234_567, 7_654_321, 1_234_567].entries()) {
      const done = await put(user, `by ${user}, ${at}`);
      expect(done, done.stderr).toMatchObject({ code: 0, stderr: '' });
      expect(await run(['verify'], { flags: [`--user=${user}:0`, mounted] })).toMatchObject({ code: 0 });
    }
    // Everybody else is kept out, as ever.
    await script(
      `for (const name of fs.readdirSync('/m/keys')) if (/key.pem$/.test(name)) fs.chmodSync('/m/keys/' + name, 0o664)`,
      [`--volume=${path}:/m`],
    );
    expect(await put(1_234_567, 'two')).toMatchObject({ code: 77, stderr: expect.stringContaining('chmod o-rwx') });
  });

  test('keys as secrets of the engine: root owns them, and everybody may read', async () => {
    const [store, secrets] = [await volume(), await volume()];
    const first = [`--volume=${store}:/app/var`];
    expect(await run(['put', 'a', '/app/LICENSE'], { flags: first })).toMatchObject({ code: 0 });
    await script(
      `fs.cpSync('/v/keys', '/s', { recursive: true }); fs.chmodSync('/s', 0o755); fs.chownSync('/s', 0, 0);
      for (const name of fs.readdirSync('/s')) { fs.chownSync('/s/' + name, 0, 0); if (/pem$/.test(name)) fs.chmodSync('/s/' + name, 0o444); }`,
      [`--volume=${store}:/v:ro`, `--volume=${secrets}:/s`],
    );
    const flags = [...first, `--volume=${secrets}:/run/secrets:ro`, '--env=CONFIG_STORE_KEYS_DIR=/run/secrets'];
    const done = await run(['put', 'a', '/app/main.js'], { flags });
    expect(done, done.stderr).toMatchObject({ code: 0 });
    await script(
      `for (const name of fs.readdirSync('/s')) if (/key.pem$/.test(name)) fs.chmodSync('/s/' + name, 0o666)`,
      [`--volume=${secrets}:/s`],
    );
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 77 });
  });

  test('a user of this machine, with a folder of their own', async () => {
    await works(['--user=4242', `--volume=${await folder('4242:4242', '755')}:/app/var`]);
    await works(['--user=4242:4242', `--volume=${await folder('4242:4242', '755')}:/app/var`]);
  });

  test('four volumes, or telemetry in memory', async () => {
    const [storage, keys, state, telemetry] = [await volume(), await volume(), await volume(), await volume()];
    const two = [
      `--volume=${storage}:/app/var/storage`,
      `--volume=${keys}:/app/var/keys`,
      `--volume=${state}:/app/var/state`,
    ];
    await works([...two, `--volume=${telemetry}:/app/var/telemetry`]);
    const inMemory = [...two, '--tmpfs=/app/var/telemetry:rw,uid=10001,mode=0700,size=4m'];
    expect(await run(['put', 'b', '/app/LICENSE'], { flags: inMemory })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['health'], { flags: inMemory })).toMatchObject({ code: 0 });
  });

  test('keys that cannot be written: everything but key commands works', async () => {
    const [storage, keys, state] = [await volume(), await volume(), await volume()];
    const apart = [`--volume=${storage}:/app/var/storage`, `--volume=${state}:/app/var/state`];
    const first = [...apart, `--volume=${keys}:/app/var/keys`];
    expect(await run(['put', 'a', '/app/LICENSE'], { flags: first })).toMatchObject({ code: 0 });
    const flags = [...apart, `--volume=${keys}:/app/var/keys:ro`];
    expect(await run(['put', 'b', '/app/LICENSE'], { flags })).toMatchObject({ code: 0 });
    expect(await run(['verify'], { flags })).toMatchObject({ code: 0 });
    const { code, stdout } = await run(['health', '--json'], { flags: [...flags, '--env=CONFIG_STORE_TELEMETRY=off'] });
    expect(code).toBe(0);
    expect(stdout).toContain('the keys folder cannot be written: no key can be added or changed here');
    expect(await run(['keys', 'rotate', '--yes'], { flags })).not.toMatchObject({ code: 0 });
  });
});

describeContainer('a forgotten volume', () => {
  test('is said on stderr by commands and server, and in check_health', async () => {
    const { code, stderr } = await run(['list']);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^config-store: warning: no volume is mounted at \/app\/var\/storage or \/app\/var\/keys or \/app\/var\/state: .*docker run -v/,
    );
    const server = await serveIn([]);
    const health = await server.tool('check_health', {});
    expect(health).toMatchObject({ ok: false, next: expect.stringContaining('docker run -v') });
    expect(server.stderr).toMatch(/^config-store: warning: no volume is mounted/m);
    await server.end();
    expect(await run(['put', 'a', '/app/LICENSE'])).toMatchObject({ code: 73 });
  });

  test('is not said when it was meant', async () => {
    const flags = ['--tmpfs=/app/var:rw,uid=10001,mode=0700,size=64m'];
    const inMemory = await run(['put', 'a', '/app/LICENSE'], { flags });
    expect(inMemory).toMatchObject({ code: 0, stderr: expect.stringContaining('is in memory') });
    const nameless = await run(['list'], { flags: ['--volume=/app/var'] });
    expect(nameless).toMatchObject({ code: 0, stderr: expect.stringContaining('has no name') });
    const forgotten = await run(['health', '--json'], { flags: ['--volume=/app/var'] });
    expect(forgotten).toMatchObject({ code: 0, stdout: expect.stringContaining('"name":"volume","ok":false') });
    const meant = [...flags, '--env=CONFIG_STORE_EXPECT_VOLUME=off'];
    expect(await run(['put', 'a', '/app/LICENSE'], { flags: meant })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['list'], { flags: ['--env=CONFIG_STORE_EXPECT_VOLUME=off'] })).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});
