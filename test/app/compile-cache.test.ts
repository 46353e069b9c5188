import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder } from '../../src/app/compile-cache.ts';

const source = join(import.meta.dirname, '../../src/app/compile-cache.ts');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'compile-cache-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the compile cache', () => {
  /** A process that turns the cache on and then loads another module. */
  async function start(env: NodeJS.ProcessEnv): Promise<string> {
    const { NODE_COMPILE_CACHE: _, NODE_DISABLE_COMPILE_CACHE: __, ...inherited } = process.env;
    await writeFile(join(folder, 'other.mjs'), 'console.log("loaded");\n');
    const script = `const { useCompileCache } = await import(${JSON.stringify(source)});
      useCompileCache();
      await import(${JSON.stringify(join(folder, 'other.mjs'))});`;
    const args = ['--input-type=module', '--eval', script];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env: { ...inherited, ...env } });
    return stdout + stderr;
  }

  test('is kept in the user’s cache folder', async () => {
    expect(await start({ XDG_CACHE_HOME: join(folder, 'cache') })).toBe('loaded\n');
    const kept = await readdir(join(folder, 'cache/mcp-config-store/compiled'), { recursive: true });
    expect(kept.length).toBeGreaterThan(0);
  });

  test('is done without where it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    expect(await start({ XDG_CACHE_HOME: join(folder, 'file') })).toBe('loaded\n');
  });

  test('goes where NODE_COMPILE_CACHE says, and nowhere else', async () => {
    const env = { XDG_CACHE_HOME: join(folder, 'cache'), NODE_COMPILE_CACHE: join(folder, 'own') };
    expect(await start(env)).toBe('loaded\n');
    expect((await readdir(folder)).sort()).toEqual(['other.mjs', 'own']);
  });
});

describe('the cache folder', () => {
  test.each([
    ['linux', {}, join(homedir(), '.cache')],
    ['linux', { XDG_CACHE_HOME: '/var/cache/ada' }, '/var/cache/ada'],
    ['linux', { XDG_CACHE_HOME: 'relative/is/ignored' }, join(homedir(), '.cache')],
    ['darwin', { XDG_CACHE_HOME: '/ignored' }, join(homedir(), 'Library/Caches')],
    ['win32', { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'C:\\Users\\ada\\AppData\\Local'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(cacheFolder(env, platform)).toBe(expected);
  });
});
