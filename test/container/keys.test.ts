import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeContainer, type Finished, folder, run, script, serveIn, volume } from './engine.ts';

/** A passphrase file as Compose mounts a file secret: readable for the container's user. */
async function passphraseFile(): Promise<string> {
  const place = await mkdtemp(join(tmpdir(), 'config-store-secret-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  const file = join(place, 'passphrase');
  await writeFile(file, 'four random words here\n', { mode: 0o644 });
  return file;
}

function value<T>({ code, stdout, stderr }: Finished): T {
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

interface Keys {
  readonly keys: ReadonlyArray<{ key_id: string; state: string; file: string }>;
}

describeContainer('keys on a volume of their own', () => {
  test('rotated, encrypted, revoked: what each container sees of it', async () => {
    const [storage, keys, state, telemetry] = [await volume(), await volume(), await volume(), await volume()];
    const flags = [
      `--volume=${storage}:/app/var/storage`,
      `--volume=${state}:/app/var/state`,
      `--volume=${keys}:/app/var/keys`,
      `--volume=${telemetry}:/app/var/telemetry`,
    ];
    const secret = ['--env=CONFIG_STORE_KEY_PASSPHRASE_FILE=/run/passphrase', '--memory=640m'];
    const opened = [...flags, ...secret, `--volume=${await passphraseFile()}:/run/passphrase:ro`];
    const ask = async <T>(args: readonly string[], from = flags, input?: string) =>
      value<T>(await run([...args, '--json'], { flags: from, input }));

    await ask(['put', 'a', '-'], flags, 'by the first key');
    const rotated = await ask<{ key_id: string; retired: string }>(['keys', 'rotate', '--label', 'second']);
    await ask(['put', 'a', '-'], flags, 'by the second key');
    expect((await ask<Keys>(['keys', 'list'])).keys).toMatchObject([
      { key_id: rotated.retired, state: 'retired' },
      { key_id: rotated.key_id, state: 'active' },
    ]);

    await ask(['keys', 'encrypt'], opened);
    const server = await serveIn(flags);
    expect(await server.tool('get_config', { name: 'a' })).toMatchObject({ version: 2, verified: true });
    await expect(server.tool('put_config', { name: 'a', content: 'x' })).rejects.toThrow('KEY_LOCKED');
    await server.end();
    expect(await run(['put', 'a', '-'], { flags, input: 'x' })).toMatchObject({
      code: 77,
      stderr: expect.stringContaining('KEY_LOCKED'),
    });
    await ask(['put', 'a', '-'], opened, 'by the second key, unlocked');

    await ask(['keys', 'rotate', '--label', 'third'], opened);
    await ask(['keys', 'revoke', rotated.key_id, '--from-index', '6', '--reason', 'test', '--yes'], opened);
    expect(await run(['verify'], { flags })).toMatchObject({ code: 0 });
    expect((await ask<Keys>(['keys', 'list'])).keys.map(({ state }) => state)).toEqual([
      'retired',
      'revoked',
      'active',
    ]);
  });
});

describeContainer('a key as a secret', () => {
  test.each(['/run/secrets', '/etc/secrets'])(
    "signs from %s, where it is root's and readable by all",
    async (place) => {
      const [store, keys] = [`--volume=${await volume()}:/app/var`, await volume()];
      const put = (flags: readonly string[], text: string) =>
        run(['put', 'a', '-'], { flags: [store, ...flags], input: text });
      expect(await put([`--volume=${keys}:/app/var/keys`], 'from a volume')).toMatchObject({ code: 0 });
      const secrets = await folder('0:0', '755');
      await script(
        `for (const name of fs.readdirSync('/k').filter((name) => name.endsWith('.key.pem'))) {
        fs.copyFileSync('/k/' + name, '/s/' + name); fs.chownSync('/s/' + name, 0, 0); fs.chmodSync('/s/' + name, 0o644); }`,
        [`--volume=${keys}:/k`, `--volume=${secrets}:/s`],
      );
      const mounted = [`--volume=${secrets}:${place}:ro`, `--env=CONFIG_STORE_KEYS_DIR=${place}`];
      expect(await put(mounted, 'from a secret')).toMatchObject({ code: 0, stderr: '' });
      expect(await run(['verify'], { flags: [store, ...mounted] })).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('OK: 3 commits'),
      });
      const elsewhere = [`--volume=${secrets}:/opt/keys:ro`, '--env=CONFIG_STORE_KEYS_DIR=/opt/keys'];
      expect(await put(elsewhere, 'from anywhere')).toMatchObject({
        code: 77,
        stderr: expect.stringContaining('KEY_PERMISSIONS'),
      });
    },
  );
});
