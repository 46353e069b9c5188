import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { build } from '../../scripts/build.ts';

let folder: string;
let first: string;

/** Every file below `outdir` with its bytes as base64. */
async function contents(outdir: string): Promise<Record<string, string>> {
  const entries = await readdir(outdir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = paths.map(async (path) => [path.slice(outdir.length), (await readFile(path)).toString('base64')]);
  return Object.fromEntries(await Promise.all(pairs));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-'));
  first = join(folder, 'first');
  await build({ outdir: first });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('an image is built from what .dockerignore lets in: every script that the build and its list of parts import', async () => {
  const root = join(import.meta.dirname, '../..');
  const letIn = (await readFile(join(root, '.dockerignore'), 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('!'));
  const { metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: ['scripts/build.ts', 'scripts/sbom.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: folder,
    write: false,
    metafile: true,
  });
  const needed = Object.keys(metafile.inputs).filter((path) => path.startsWith('scripts/'));
  expect(needed.length).toBeGreaterThan(3);
  expect(needed.filter((path) => !letIn.includes(`!${path}`))).toEqual([]);
});

describe('the bundle', () => {
  test('is the same bytes when built again elsewhere', async () => {
    const second = join(folder, 'second');
    await build({ outdir: second });
    expect(await contents(second)).toEqual(await contents(first));
  });

  test('says that its scripts are modules, and has them in ASCII, which is read faster and kept in half the memory', async () => {
    const files = Object.entries(await contents(first)).filter(([path]) => path.endsWith('.js'));
    expect(files.filter(([, base64]) => Buffer.from(base64, 'base64').some((byte) => byte > 0x7f))).toEqual([]);
    expect(await readFile(join(first, 'package.json'), 'utf8')).toBe('{"type":"module"}\n');
  });

  test('makes the schemas of the protocol that a server asks for, and no others', async () => {
    const scripts = Object.entries(await contents(first)).map(([, base64]) => Buffer.from(base64, 'base64').toString());
    const ofServer = scripts.filter((text) => text.includes('buildSchemas2025') && text.includes('registerTool'));
    expect(ofServer).toHaveLength(1);
    expect(ofServer[0]).not.toMatch(/OAuthMetadataSchema|OpenIdProvider|Ajv2020/);
    expect(ofServer[0]).toMatch(/get"?tools\/call"?\(\)/);
  });

  test('built over an older one leaves unchanged files alone', async () => {
    const outdir = join(folder, 'over');
    await build({ outdir });
    const before = await stat(join(outdir, 'main.js'));
    await build({ outdir });
    const after = await stat(join(outdir, 'main.js'));
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  test('keeps superseded chunks a week, for servers that were started before', async () => {
    const outdir = join(folder, 'superseded');
    await build({ outdir });
    const { mtime: built } = await stat(join(outdir, 'main.js'));
    const chunk = join(outdir, 'chunks', 'superseded-AAAAAAAA.js');
    await writeFile(chunk, 'of the build before');
    await utimes(chunk, built, built);
    await build({ outdir });
    await build({ outdir });
    const { mtimeMs } = await stat(chunk);
    expect(mtimeMs).toBeGreaterThan(built.getTime());
    const weekAgo = new Date(mtimeMs - 7.1 * 24 * 60 * 60 * 1000);
    await utimes(chunk, weekAgo, weekAgo);
    await build({ outdir });
    expect(await contents(outdir)).toEqual(await contents(first));
  });

  test('built clean holds nothing of an older one', async () => {
    const outdir = join(folder, 'clean');
    await build({ outdir });
    await writeFile(join(outdir, 'chunks', 'superseded-AAAAAAAA.js'), 'of the build before');
    await build({ outdir, clean: true });
    expect(await contents(outdir)).toEqual(await contents(first));
  });

  test('carries the SQLite addon of the platform asked for', async () => {
    const files = await build({ outdir: join(folder, 'arm'), platform: 'linux-arm64' });
    const addons = files.map(({ path }) => path).filter((path) => path.endsWith('.node'));
    expect(addons).toEqual(['linux-arm64.node']);
    const addon = await readFile(join(folder, 'arm', 'linux-arm64.node'));
    expect(addon.readUInt16LE(18)).toBe(0xb7); // e_machine of an ELF file: AArch64
  });

  test('loads whole where there is no node_modules', async () => {
    const chunks = (await readdir(join(first, 'chunks'))).map((name) => `./chunks/${name}`);
    expect(chunks.length).toBeGreaterThan(10);
    const script = join(first, 'load-all.mjs');
    await writeFile(script, `for (const chunk of ${JSON.stringify(chunks)}) await import(chunk);\nprocess.exit(0);\n`);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [script]);
    await rm(script);
    expect(stdout + stderr).toBe('');
  });

  test('states the licence of what is inside, and of nothing else', async () => {
    const notices = await readFile(join(first, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const design = await readFile(join(import.meta.dirname, '../../docs/design.md'), 'utf8');
    const [shipped = '', tools = ''] = (design.split('\nShipped:\n')[1] ?? '').split('\nFor development only:\n');
    const names = (table: string) => [...table.matchAll(/^\| `([^`]+)` \| /gm)].map(([, name]) => `${name}`);
    const stated = (name: string) => new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm').test(notices);
    expect(names(shipped).length).toBeGreaterThan(20);
    expect(names(shipped).filter((name) => !stated(name))).toEqual([]);
    expect(names(tools)).toContain('vitest');
    expect(names(tools).filter(stated)).toEqual([]);
  });
});

describe('the version gate', () => {
  async function runOn(version: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
    const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
    try {
      const run = promisify(execFile)(process.execPath, ['--import', preload, join(first, 'main.js'), ...args]);
      return { code: 0, ...(await run) };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  test.each(['16.20.2', '20.20.2', '22.11.0'])('on Node %s says what to do, in one line', async (version) => {
    const { code, stdout, stderr } = await runOn(version, 'serve');
    expect(code).toBe(70);
    expect(stdout).toBe('');
    expect(stderr).toMatch(new RegExp(`^config-store needs Node 22\\.12 or newer, this is ${version}: .+\\n$`));
  });

  test.each(['22.12.0', '24.0.0', '30.1.0'])('lets Node %s through', async (version) => {
    const { code, stdout } = await runOn(version, '--version');
    expect(code).toBe(0);
    expect(stdout).toContain(packageJson.version);
  });

  test('loads nothing but what every Node has before it has checked', async () => {
    /** What a file of the bundle imports statically. */
    async function earlyImports(path: string): Promise<string[]> {
      const { metafile } = await esbuild({ entryPoints: [path], write: false, metafile: true, format: 'esm' });
      const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
      return [...new Set(imports.filter(({ kind }) => kind === 'import-statement').map((one) => one.path))].sort();
    }
    const [chunk = '', ...others] = await earlyImports(join(first, 'main.js'));
    expect(others).toEqual(['node:module', 'node:os', 'node:path']);
    // esbuild's own few functions, shared by all chunks.
    expect(chunk).toMatch(/^\.\/chunks\/chunk-/);
    expect(await earlyImports(join(first, chunk))).toEqual(['node:module']);
    expect((await stat(join(first, chunk))).size).toBeLessThan(2_048);
    expect(await readFile(join(first, 'main.js'), 'utf8')).not.toMatch(/import\s*\{[^}]*enableCompileCache/);
  });
});
