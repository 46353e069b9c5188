import { randomBytes } from 'node:crypto';
import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect, onTestFinished, test } from 'vitest';
import { StdioPeer } from '../e2e/server-process.ts';
import { DOCKER, describeContainer, execute, type Finished, IMAGE } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Both lines of Compose, where they are installed: the standalone v1 and the plugin v2. */
const candidates: ReadonlyArray<[string, readonly string[]]> = [
  ['docker-compose', ['docker-compose']],
  ['docker compose', [DOCKER, 'compose']],
];
const installed = new Set<string>();
for (const [name, line] of candidates) {
  const [program = '', ...args] = line;
  const { code } = await execute(program, [...args, 'version']).catch(() => ({ code: 1 }));
  if (code === 0) installed.add(name);
  else process.stderr.write(`\nno ${name} here: not tested with it\n\n`);
}

describeContainer.each(candidates)('%s', (program, line) => {
  const composeTest = test.skipIf(!installed.has(program));

  /** A copy of what Compose reads, so that the sources can be changed, and a project that is taken down after the test. */
  async function project(settings: (folder: string) => Readonly<Record<string, string>> = () => ({})) {
    const folder = await mkdtemp(join(tmpdir(), 'config-store-compose-'));
    const env: Readonly<Record<string, string>> = {
      VOLUME: `mcs-${randomBytes(4).toString('hex')}`,
      ...settings(folder),
    };
    for (const path of [
      'docker-compose.yml',
      'Dockerfile',
      '.dockerignore',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
    ])
      await cp(join(ROOT, path), join(folder, path));
    for (const path of ['LICENSE', 'src', 'scripts'])
      await cp(join(ROOT, path), join(folder, path), { recursive: true });
    const name = `mcs${randomBytes(4).toString('hex')}`;
    const compose = (...args: readonly string[]) => {
      const [program = '', ...first] = line;
      return execute(program, [...first, '-f', join(folder, 'docker-compose.yml'), '-p', name, ...args], {
        env: { ...process.env, IMAGE, DOCKER_BUILDKIT: '1', COMPOSE_DOCKER_CLI_BUILD: '1', ...env },
      });
    };
    onTestFinished(async () => {
      await compose('--profile', 'dev', '--profile', 'tools', 'down', '-v', '--remove-orphans');
      await execute(DOCKER, ['rmi', '-f', `${name}_dev`, `${name}-dev`]);
      await rm(folder, { recursive: true, force: true });
    });
    /** Serves as a host would start it, puts one config, and ends. */
    const serveOnePut = async () => {
      const [program = '', ...first] = line;
      const file = ['-f', join(folder, 'docker-compose.yml'), '-p', name];
      const peer = new StdioPeer(program, [...first, ...file, 'run', '--rm', '-T', 'server'], {
        ...process.env,
        IMAGE,
        ...env,
      });
      await peer.initialize();
      peer.call(1, 'put_config', { name: 'a', json: {} });
      const { result } = await peer.reply(1);
      peer.child.stdin.end();
      expect((await peer.exited)[0]).toBe(0);
      return result?.['structuredContent'];
    };
    return { compose, serveOnePut, folder };
  }

  const ok = (finished: Finished) => expect(finished, finished.stderr).toMatchObject({ code: 0 });

  composeTest('server, and the tools beside it', async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const { compose, serveOnePut } = await project(() => ({ BACKUP_RECIPIENT: recipient }));
    ok(await compose('config', '-q'));
    expect(await serveOnePut()).toMatchObject({ created: true, version: 1 });
    const tool = (...args: readonly string[]) => compose('--profile', 'tools', 'run', '--rm', '-T', ...args);
    const verified = await tool('verify');
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('OK: 2 commits') });
    expect(await tool('telemetry')).toMatchObject({ code: 0, stdout: expect.stringContaining('2 commits') });
    expect(await tool('backup')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^age-encryption\.org\/v1\n/),
    });
  });

  composeTest('up of the default profile becomes healthy', async () => {
    const { compose } = await project();
    ok(await compose('up', '-d'));
    const id = (await compose('ps', '-q', 'server')).stdout.trim();
    // The file's own interval is half a minute: the check itself is what is looked at here.
    ok(await execute(DOCKER, ['exec', id, '/usr/local/bin/node', '/app/main.js', 'health']));
    expect(
      await execute(DOCKER, [
        'inspect',
        '-f',
        '{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.LogConfig.Type}} {{.State.Status}}',
        id,
      ]),
    ).toMatchObject({
      stdout: 'true none running\n',
    });
    ok(await compose('stop', '-t', '1'));
    expect((await execute(DOCKER, ['inspect', '-f', '{{.State.ExitCode}}', id])).stdout).toBe('0\n');
  });

  composeTest('dev builds from the mounted sources, and starts anew when they change', async () => {
    const { compose, folder } = await project();
    ok(await compose('--profile', 'dev', 'build', 'dev'));
    ok(await compose('--profile', 'dev', 'up', '-d', 'dev'));
    const starts = async () =>
      (await compose('--profile', 'dev', 'logs', 'dev')).stdout.match(/dev: serving/g)?.length ?? 0;
    while ((await starts()) < 1);
    await appendFile(join(folder, 'src/core/errors.ts'), '\n// changed\n');
    while ((await starts()) < 2);
  });

  composeTest('a passphrase as a file secret', async () => {
    const secret = '/run/secrets/passphrase';
    const { compose, serveOnePut, folder } = await project((path) => ({
      PASSPHRASE_FILE: join(path, 'passphrase.txt'),
      CONFIG_STORE_KEY_PASSPHRASE_FILE: secret,
    }));
    // Compose mounts a file secret with the owner and mode it has here.
    await writeFile(join(folder, 'passphrase.txt'), 'four random words here\n', { mode: 0o644 });
    ok(await compose('run', '--rm', '-T', 'server', 'init'));
    ok(await compose('run', '--rm', '-T', 'server', 'keys', 'encrypt'));
    expect(await serveOnePut()).toMatchObject({ created: true, version: 1 });
    const locked = await compose(
      'run',
      '--rm',
      '-T',
      '-e',
      'CONFIG_STORE_KEY_PASSPHRASE_FILE=',
      'server',
      'put',
      'b',
      '/app/LICENSE',
    );
    expect(locked).toMatchObject({ code: 77, stderr: expect.stringContaining('KEY_LOCKED') });
  });
});
