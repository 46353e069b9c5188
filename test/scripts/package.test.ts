import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { PLATFORMS } from '../../scripts/build.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What the package is made from: a copy, because packing fills dist/, which other tests run at this moment. */
const SOURCES = ['package.json', 'README.md', 'LICENSE', 'tsconfig.json', 'scripts', 'src'];
const run = promisify(execFile);

let folder: string;
let project: string;
let environment: Record<string, string>;
let said: string;
let packed: { filename: string; size: number; files: { path: string; mode: number }[] };

const npm = (cwd: string, ...args: string[]) => run('npm', args, { cwd, env: environment, maxBuffer: 16 * 1_048_576 });
const npx = (...args: string[]) => npm(project, 'exec', '--offline', '--', 'mcp-config-store', ...args);
/** The same without npm's own time. */
const installed = () => join(project, 'node_modules', '.bin', 'config-store');
const command = (...args: string[]) => run(installed(), args, { cwd: project, env: environment });

// Packed and installed once: the tests below only use what is there.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  environment = {
    // The command is started by "env node", which has to be a Node that it runs on.
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: join(folder, 'home'),
    CONFIG_STORE_VAR: join(folder, 'var'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const source = join(folder, 'source');
  for (const name of SOURCES) await cp(join(ROOT, name), join(source, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const { stdout } = await npm(source, 'pack', '--json', '--pack-destination', folder);
  packed = readPacked(stdout);
  project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{"name":"empty","private":true}\n');
  const { stderr } = await npm(project, 'install', join(folder, packed.filename));
  said = stderr;
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** npm 12 answers with an object by package name, earlier ones with a list. */
function readPacked(text: string): typeof packed {
  const [first] = Object.values(JSON.parse(text) as Record<string, typeof packed>);
  if (first === undefined) throw new Error(`npm pack printed ${text}`);
  return first;
}

describe('the npm package', () => {
  it('holds the bundle, every addon, licences, manual page and completions, and no source', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => !path.startsWith('dist/chunks/')).sort()).toEqual(
      [
        ...[
          'LICENSE',
          'README.md',
          'package.json',
          'dist/THIRD-PARTY-NOTICES.txt',
          'dist/main.js',
          'dist/package.json',
        ],
        ...['dist/man/config-store.1', 'dist/completions/_config-store'],
        ...['dist/completions/config-store.bash', 'dist/completions/config-store.fish'],
        ...PLATFORMS.map((platform) => `dist/${platform}.node`),
      ].sort(),
    );
    expect(packed.files.find(({ path }) => path === 'dist/main.js')?.mode).toBe(0o755);
  });

  it('installs alone, offline, without a script and without a warning', async () => {
    expect(said).not.toMatch(/warn/i);
    const lock = await readFile(join(project, 'package-lock.json'), 'utf8');
    const { packages } = JSON.parse(lock) as { packages: Record<string, { hasInstallScript?: boolean }> };
    expect(Object.keys(packages)).toEqual(['', 'node_modules/mcp-config-store']);
    expect(packages['node_modules/mcp-config-store']?.hasInstallScript).toBeUndefined();
  });

  it('runs without a build: npx mcp-config-store', async () => {
    expect((await npx('--version')).stdout).toBe(`${packageJson.version}\n`);
    const config = join(folder, 'config.json');
    await writeFile(config, '{"theme":"dark"}\n');
    await command('put', 'team/app', config);
    expect((await command('get', 'team/app')).stdout).toBe('{"theme":"dark"}\n');
  });

  it('puts itself into the file of Claude Desktop: two commands from nothing to an entry', async () => {
    const file = join(folder, 'claude_desktop_config.json');
    await command('install', 'claude-desktop', '--file', file);
    const { mcpServers } = JSON.parse(await readFile(file, 'utf8'));
    const [main, ...args] = mcpServers['config-store'].args;
    expect([main, args]).toEqual([await realpath(installed()), ['serve']]);
  });

  it('serves', async () => {
    const client = new Client({ name: 'package-test', version: '1.0.0' });
    await client.connect(new StdioClientTransport({ command: installed(), args: ['serve'], env: environment }));
    try {
      const { structuredContent } = await client.callTool({ name: 'get_config', arguments: { name: 'team/app' } });
      expect(structuredContent).toMatchObject({ content: expect.stringContaining('dark') });
    } finally {
      await client.close();
    }
  });

  it('brings completions that the shells can read', async () => {
    const completions = join(project, 'node_modules', 'mcp-config-store', 'dist', 'completions');
    expect(spawnSync('bash', ['-n', join(completions, 'config-store.bash')]).status).toBe(0);
    expect(await readFile(join(completions, '_config-store'), 'utf8')).toMatch(/^#compdef config-store\n/);
    expect(await readFile(join(completions, 'config-store.fish'), 'utf8')).toContain('complete -c config-store');
  });
});
