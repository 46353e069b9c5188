import { expect, test } from 'vitest';
import { describeContainer, docker, run, script, serveIn, volume } from './engine.ts';

describeContainer('what goes wrong with volumes', () => {
  test('a full disk: refused with STORE_FULL, exit 73, and nothing is half there', async () => {
    const small = await volume('type=tmpfs', 'device=tmpfs', 'o=size=3m,uid=10001,gid=10001,mode=0700');
    const keys = await volume();
    const flags = [
      `--volume=${small}:/app/var/storage`,
      `--volume=${keys}:/app/var/keys`,
      '--env=CONFIG_STORE_TELEMETRY=off',
    ];
    // A tmpfs lives as long as somebody has it mounted.
    const server = await serveIn(flags);
    await server.tool('put_config', { name: 'a', content: 'small' });
    const fill = `const file = fs.openSync('/app/var/storage/filler', 'w');
      try { for (;;) fs.writeSync(file, Buffer.alloc(4096)); } catch (error) { console.log(error.code); }`;
    expect(await docker('exec', server.name, '/usr/local/bin/node', '-e', fill)).toBe('ENOSPC');
    server.call('full', 'put_config', { name: 'b', content: 'x'.repeat(100_000) });
    expect((await server.reply('full')).result).toMatchObject({
      isError: true,
      structuredContent: { code: 'STORE_FULL', hint: expect.stringContaining('Free space') },
    });
    const refused = await run(['put', 'b', '/app/THIRD-PARTY-NOTICES.txt'], { flags });
    expect(refused).toMatchObject({ code: 73, stderr: expect.stringMatching(/^config-store: STORE_FULL: /m) });
    expect(await server.tool('get_config', { name: 'a' })).toMatchObject({ content: 'small', verified: true });
    expect(await server.tool('list_configs', {})).toMatchObject({ total: 1 });
    await docker('exec', server.name, '/usr/local/bin/node', '-e', `fs.rmSync('/app/var/storage/filler')`);
    await server.tool('put_config', { name: 'b', content: 'x'.repeat(100_000) });
    expect(await server.tool('verify_store', {})).toMatchObject({ ok: true });
    await server.end();
  });

  test('a storage volume that was rolled back: read with a warning, written never', async () => {
    const [storage, older, keys, state] = [await volume(), await volume(), await volume(), await volume()];
    const flags = (name: string) => [
      `--volume=${name}:/app/var/storage`,
      `--volume=${keys}:/app/var/keys`,
      `--volume=${state}:/app/var/state`,
    ];
    expect(await run(['put', 'a', '/app/LICENSE'], { flags: flags(storage) })).toMatchObject({ code: 0 });
    await script(
      `fs.cpSync('/from', '/to', { recursive: true });
      for (const name of ['', ...fs.readdirSync('/to', { recursive: true })]) fs.chownSync('/to/' + name, 10001, 10001);
      fs.chmodSync('/to', 0o700);`,
      [`--volume=${storage}:/from:ro`, `--volume=${older}:/to`],
    );
    expect(await run(['put', 'a', '/app/main.js'], { flags: flags(storage) })).toMatchObject({ code: 0 });
    const refused = await run(['put', 'b', '/app/LICENSE'], { flags: flags(older) });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^config-store: ROLLED_BACK: /m) });
    const health = await run(['health'], { flags: flags(older) });
    expect(health).toMatchObject({ code: 1, stdout: expect.stringContaining('ROLLED_BACK') });
    expect((await run(['verify'], { flags: flags(older) })).code).toBe(2);
  });

  test('storage that is missing beside its keys: no new store in silence', async () => {
    const [storage, empty, keys] = [await volume(), await volume(), await volume()];
    expect(
      await run(['init'], { flags: [`--volume=${storage}:/app/var/storage`, `--volume=${keys}:/app/var/keys`] }),
    ).toMatchObject({ code: 0 });
    const refused = await run(['put', 'a', '/app/LICENSE'], {
      flags: [`--volume=${empty}:/app/var/storage`, `--volume=${keys}:/app/var/keys`],
    });
    expect(refused).toMatchObject({ code: 78, stderr: expect.stringMatching(/^config-store: STORE_MISSING: /m) });
  });

  test('a key file that others can read: exit 77, with the chmod that mends it', async () => {
    const store = await volume();
    const flags = [`--volume=${store}:/app/var`];
    expect(await run(['init'], { flags })).toMatchObject({ code: 0 });
    await script(
      `for (const name of fs.readdirSync('/v/keys')) if (name.endsWith('.key.pem')) fs.chmodSync('/v/keys/' + name, 0o644)`,
      [`--volume=${store}:/v`],
    );
    const refused = await run(['put', 'a', '/app/LICENSE'], { flags });
    expect(refused).toMatchObject({
      code: 77,
      stderr: expect.stringMatching(/KEY_PERMISSIONS: .*chmod o-rwx \/app\/var\/keys\//),
    });
  });
});

describeContainer('keys in volumes', () => {
  test('rotated, and the old one retired: everything still verifies, and the new one signs', async () => {
    const [storage, keys, state] = [await volume(), await volume(), await volume()];
    const flags = [
      `--volume=${storage}:/app/var/storage`,
      `--volume=${keys}:/app/var/keys`,
      `--volume=${state}:/app/var/state`,
    ];
    const telemetry = '--tmpfs=/app/var/telemetry:rw,uid=10001,mode=0700,size=4m';
    const signer = async () =>
      (JSON.parse((await run(['status', '--json'], { flags })).stdout) as { signing_key: string }).signing_key;
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 0 });
    const first = await signer();
    expect(await run(['keys', 'rotate', '--label', 'second'], { flags })).toMatchObject({ code: 0 });
    expect(await signer()).not.toBe(first);
    expect(await run(['put', 'a', '/app/main.js'], { flags })).toMatchObject({ code: 0 });
    expect(await run(['verify', '--json'], { flags })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"ok":true'),
    });
    expect(await run(['health'], { flags: [...flags, telemetry] })).toMatchObject({ code: 0 });
  });
});
