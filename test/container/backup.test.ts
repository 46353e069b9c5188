import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DOCKER, describeContainer, execute, IMAGE, run, script, serveIn, volume } from './engine.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts');
const PASSPHRASE = 'four random words here\n';
/** Where each folder of a store can have a volume of its own. */
const PLACES = ['storage', 'keys', 'state', 'telemetry'] as const;

async function place(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'config-store-backup-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The volumes of one machine. */
async function machine(): Promise<{ readonly names: readonly string[]; readonly flags: readonly string[] }> {
  const names = await Promise.all(PLACES.map(() => volume()));
  return { names, flags: PLACES.map((path, at) => `--volume=${names[at]}:/app/var/${path}`) };
}

/** `backup-keys.sh` for these volumes; returns the file it wrote. */
async function backUp(names: readonly string[], to: string, ...args: readonly string[]): Promise<string> {
  await writeFile(join(to, 'passphrase'), PASSPHRASE, { mode: 0o600 });
  const volumes = PLACES.flatMap((path, at) => ['--volume', `${names[at]}:/app/var/${path}`]);
  const finished = await execute(
    join(SCRIPTS, 'backup-keys.sh'),
    ['--docker', '--image', IMAGE, ...volumes, '--to', to, '--passphrase-file', join(to, 'passphrase'), ...args],
    { env: { ...process.env, DOCKER } },
  );
  expect(finished, finished.stderr).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('written, verified; 0 older'),
  });
  const made = (await readdir(to)).find((name) => name.endsWith('.age')) ?? '';
  return join(to, made);
}

/** The passphrase, and the backup right behind it: the container needs to read no file of the host. */
const both = async (file: string) => Buffer.concat([Buffer.from(PASSPHRASE), await readFile(file)]);

describeContainer('backup and restore', () => {
  test('the whole store: every volume is lost, and on new ones it goes on', async () => {
    const lost = await machine();
    const server = await serveIn(lost.flags);
    const put = await server.tool('put_config', { name: 'claude-desktop/default', json: { mcpServers: {} } });
    await server.tool('put_config', { name: 'a', json: { a: 1 } });
    await server.end();
    const file = await backUp(lost.names, await place(), '--whole');
    expect(file).toMatch(/config-store-store-[0-9a-f]{12}-\d{8}T\d{6}Z-000000002\.age$/);
    for (const name of lost.names) await execute(DOCKER, ['volume', 'rm', name]);

    const { flags } = await machine();
    const args = ['backup', 'restore', '-', '--passphrase-file', '-'];
    const other = Buffer.concat([Buffer.from('another one\n'), await readFile(file)]);
    expect(await run(args, { flags, input: other })).toMatchObject({ code: 77 });
    const restored = await run(args, { flags, input: await both(file) });
    expect(restored, restored.stderr).toMatchObject({ code: 0 });
    expect(await run(args, { flags, input: await both(file) })).toMatchObject({ code: 64 });
    expect(await run(['verify'], { flags })).toMatchObject({ code: 0 });
    const next = await serveIn(flags);
    expect(await next.tool('get_config', { name: 'claude-desktop/default' })).toMatchObject({
      digest: put['digest'],
      verified: true,
    });
    expect(await next.tool('put_config', { name: 'a', json: { a: 2 } })).toMatchObject({ version: 2 });
    expect(await next.tool('check_health', {})).toMatchObject({ ok: true });
    await next.end();
  });

  test('the keys alone: back in their place, and never over those of another store', async () => {
    const { names, flags } = await machine();
    expect(await run(['init'], { flags })).toMatchObject({ code: 0 });
    const file = await backUp(names, await place());
    await script(`for (const name of fs.readdirSync('/k')) fs.rmSync('/k/' + name, { recursive: true })`, [
      `--volume=${names[1]}:/k`,
    ]);
    // The storage is there, and its keys are not: read, yes; written, no.
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 77 });
    const args = ['keys', 'restore', '-', '--passphrase-file', '-'];
    const restored = await run(args, { flags, input: await both(file) });
    expect(restored, restored.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 private key is in'),
    });
    expect(await run(['put', 'a', '/app/LICENSE'], { flags })).toMatchObject({ code: 0 });
    expect(await run(['verify'], { flags })).toMatchObject({ code: 0 });

    const other = await machine();
    expect(await run(['init'], { flags: other.flags })).toMatchObject({ code: 0 });
    const refused = await run(args, { flags: other.flags, input: await both(file) });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('STORE_FOREIGN') });
  });
});

describeContainer('monitor.sh', () => {
  const monitor = async (state: string, ...args: readonly string[]) =>
    execute(join(SCRIPTS, 'monitor.sh'), ['--image', IMAGE, '--state', join(state, 'state'), '--always', ...args], {
      env: { ...process.env, DOCKER },
    });

  test('asks the running container, and volumes where none runs', async () => {
    const state = await place();
    const { names, flags } = await machine();
    const volumes = PLACES.flatMap((path, at) => ['--volume', `${names[at]}:/app/var/${path}`]);
    expect(await run(['init'], { flags })).toMatchObject({ code: 0 });
    const { store } = JSON.parse((await run(['status', '--json'], { flags })).stdout) as { store: string };
    const expected = ['--expect-store', store];
    expect(await monitor(state, ...volumes, ...expected)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^healthy/),
    });
    const server = await serveIn(flags);
    expect(await monitor(state, '--docker', server.name, ...expected)).toMatchObject({ code: 0 });
    expect(await monitor(state, '--docker', server.name, '--expect-store', 'f'.repeat(64))).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('STORE_FOREIGN'),
    });
    await server.end();
  });

  test('makes no volume, and names one that holds a store', async () => {
    const state = await place();
    const name = `config-store-${Date.now()}`;
    const held = await execute(DOCKER, ['volume', 'create', `${name}-storage`]);
    onTestFinished(async () => {
      await execute(DOCKER, ['volume', 'rm', '-f', `${name}-storage`]);
    });
    expect(held.code).toBe(0);
    expect(await run(['init'], { flags: [`--volume=${name}-storage:/app/var`] })).toMatchObject({ code: 0 });
    const said = await monitor(state, '--docker', name);
    expect(said).toMatchObject({ code: 1, stdout: expect.stringContaining(`there is no volume ${name}`) });
    expect(said.stdout).toContain(`${name}-storage`);
    expect([1, 125]).toContain((await execute(DOCKER, ['volume', 'inspect', name])).code); // Docker, Podman
  });
});
