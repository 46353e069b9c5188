import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { DOCKER, describeContainer, docker, execute, figure, IMAGE, run, script, serveIn, volume } from './engine.ts';

const ROOT = join(import.meta.dirname, '../..');

interface ImageConfig {
  readonly Size: number;
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Volumes: object | null;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Env: readonly string[];
    readonly Healthcheck: { readonly Test: readonly string[]; readonly Interval: number };
  };
}

const inspect = async () => (JSON.parse(await docker('image', 'inspect', IMAGE)) as [ImageConfig])[0];

/** Every file of the image: mode, owner and path. */
async function listing(): Promise<Array<{ mode: string; owner: string; path: string }>> {
  const container = await docker('create', IMAGE);
  onTestFinished(async () => {
    await docker('rm', container);
  });
  const { stdout } = await execute('sh', ['-c', '"$0" export "$1" | tar -tv --numeric-owner', DOCKER, container]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([mode = '', owner = '', , , , path = '']) => ({ mode, owner, path: path.replace(/\/$/, '') }));
}

describeContainer('the image', () => {
  test('is at most 130 MB', async () => {
    const { Size } = await inspect();
    figure(`${(Size / 1e6).toFixed(1)} MB`);
    expect(Size).toBeLessThan(130_000_000);
  });

  test('says what it is, runs as its own user, and declares no volume', async () => {
    const { Config } = await inspect();
    expect(Config.User).toBe('10001:10001');
    expect(Config.Entrypoint).toEqual(['/usr/local/bin/node', '/app/main.js']);
    expect(Config.Healthcheck).toEqual({
      Test: ['CMD', '/usr/local/bin/node', '/app/health.cjs'],
      // The first check comes after one interval, on engines without a start interval too.
      Interval: 3_000_000_000,
      Timeout: 10_000_000_000,
      Retries: 5,
    });
    expect(Config.Volumes).toBeNull();
    for (const name of ['title', 'description', 'source', 'licenses', 'version', 'revision'])
      expect(Config.Labels[`org.opencontainers.image.${name}`], name).toMatch(/./);
    expect(Config.Labels['io.modelcontextprotocol.server.name']).toMatch(/^io\.github\.[\w-]+\/mcp-config-store$/);
  });

  test('is seen by scanners: the system, each package of it, Node, and one list of everything', async () => {
    const read = (path: string) => script(`process.stdout.write(fs.readFileSync('${path}', 'utf8'))`, []);
    expect(await read('/etc/os-release')).toMatch(/^ID=debian$/m);
    expect(await read('/var/lib/dpkg/status.d/libc6')).toMatch(/^Package: libc6\n(?:.*\n)*Version: /);
    const sbom = JSON.parse(await read('/usr/share/sbom/mcp-config-store.cdx.json')) as {
      components: ReadonlyArray<{ name: string; version: string; purl: string }>;
    };
    const names = sbom.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['libc6', 'libstdc++6', 'node', 'zod', 'better-sqlite3']));
    const node = sbom.components.find(({ name }) => name === 'node');
    expect((await script('console.log(process.version)', [])).trim()).toBe(`v${node?.version}`);
  });

  test('runs the command by its name too, as docker exec does', async () => {
    const server = await serveIn([`--volume=${await volume()}:/app/var`]);
    expect(await docker('exec', server.name, 'config-store', '--version')).toBe(packageJson.version);
    expect(await docker('exec', server.name, 'config-store', 'health')).toMatch(/^healthy/);
    await server.end();
  });

  test('runs any command', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
  });

  test('holds Node, its libraries, the bundle and all licences, and no shell', async () => {
    // What the engine puts there itself is its own.
    const files = (await listing()).filter(({ path }) => !/^(\.dockerenv|dev|proc|sys|etc)(\/|$)/.test(path));
    const paths = files.map(({ path }) => path);
    expect(
      paths.filter((path) => /(^|\/)(ba|da|z)?sh$|node_modules|npm|apt|dpkg(?!(?:\/status\.d(?:\/|$)|$))/.test(path)),
    ).toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(['app/main.js', 'app/LICENSE', 'app/THIRD-PARTY-NOTICES.txt']));
    expect(paths.filter((path) => path.endsWith('/copyright')).length).toBeGreaterThanOrEqual(4);
    const theirs = files.filter(({ owner }) => owner !== '0/0');
    expect(theirs).toEqual(
      ['app/var', 'app/var/keys', 'app/var/state', 'app/var/storage', 'app/var/telemetry'].map((path) => ({
        mode: 'drwx------',
        owner: '10001/10001',
        path,
      })),
    );
    const open = files.filter(({ mode }) => mode.startsWith('l') === false && /^.{5}w|^.{8}w/.test(mode));
    expect(open.filter(({ path }) => path !== 'app/LICENSE')).toEqual([
      { mode: 'drwxrwxrwt', owner: '0/0', path: 'tmp' },
    ]);
  });
});

describeContainer('the build', () => {
  test('gets nothing but what it reads', async () => {
    const rules = (await readFile(join(ROOT, '.dockerignore'), 'utf8'))
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    expect(rules[0]).toBe('*');
    expect(rules.slice(1).every((line) => line.startsWith('!'))).toBe(true);
    const dockerfile = await readFile(join(ROOT, 'Dockerfile'), 'utf8');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    const allowed = rules.slice(1).map((line) => line.slice(1).split('/')[0]);
    expect(new Set(copied)).toEqual(new Set(allowed));
  });

  test.runIf(process.env['SLOW'])('gives one digest twice, from nothing each time', { timeout: 900_000 }, async () => {
    const digests = new Set<string>();
    for (const name of [`${IMAGE}-one`, `${IMAGE}-two`]) {
      const built = await execute(DOCKER, ['build', '-q', '--no-cache', '-t', name, ROOT]);
      expect(built, built.stderr).toMatchObject({ code: 0 });
      const made = await execute(process.execPath, [join(ROOT, 'scripts/reproducible-image.ts'), name], {
        env: { ...process.env, DOCKER },
      });
      expect(made, made.stderr).toMatchObject({ code: 0 });
      const { stdout } = await execute(DOCKER, ['image', 'inspect', '-f', '{{.Id}}', name]);
      digests.add(stdout);
      const { stdout: version } = await execute(DOCKER, ['run', '--rm', '--network=none', name, '--version']);
      expect(version).toBe(`${packageJson.version}\n`);
      await execute(DOCKER, ['rmi', '-f', name]);
    }
    expect(digests.size).toBe(1);
  });

  test('works with the legacy builder too', { timeout: 600_000 }, async () => {
    const dangling = async () => new Set((await docker('images', '-q', '-f', 'dangling=true')).split('\n'));
    const before = await dangling();
    const name = `${IMAGE}-legacy`.replace(/^([^:]+)-legacy$/, '$1:legacy');
    const built = await execute(DOCKER, ['build', '-q', '-t', name, ROOT], {
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
    });
    try {
      expect(built, built.stderr).toMatchObject({ code: 0 });
      const { stdout } = await execute(DOCKER, ['run', '--rm', '--network=none', name, '--version']);
      expect(stdout).toBe(`${packageJson.version}\n`);
    } finally {
      await execute(DOCKER, ['rmi', '-f', name]);
      const left = [...(await dangling())].filter((id) => id !== '' && !before.has(id));
      if (left.length > 0) await execute(DOCKER, ['rmi', '-f', ...left]);
    }
  });
});
