import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
/** The command as it is shipped, and the sources it is made from. */
export const BUNDLE = join(ROOT, 'dist', 'main.js');
export const SOURCES = join(ROOT, 'src', 'main.ts');

/** What a finished command left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout, byte for byte. */
  readonly bytes: Buffer;
}

/** A folder of its own with a var in it, and the command run there as a process of its own. */
export interface Workplace {
  readonly folder: string;
  path(name: string): string;
  run(
    args: readonly string[],
    options?: { stdin?: string | Uint8Array; env?: Record<string, string>; cwd?: string },
  ): Promise<Finished>;
  /** The value printed by `--json`; fails unless the command exits with `code`. */
  json<T>(args: readonly string[], code?: number): Promise<T>;
  remove(): Promise<void>;
}

/** Makes a workplace; nothing of the outer environment's settings gets in. */
export async function createWorkplace(main = BUNDLE): Promise<Workplace> {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'));
  const path = (name: string) => join(folder, name);
  const run: Workplace['run'] = (args, { stdin = '', env = {}, cwd = folder } = {}) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], HOME: folder, CONFIG_STORE_VAR: path('var'), ...env },
    });
    // A command that does not read its input may be gone before all of it is written.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => {
        const bytes = Buffer.concat(stdout);
        resolve({ code, bytes, stdout: bytes.toString('utf8'), stderr: Buffer.concat(stderr).toString('utf8') });
      });
    });
  };
  return {
    folder,
    path,
    run,
    json: async <T>(args: readonly string[], code = 0) => {
      const finished = await run([...args, '--json']);
      if (finished.code !== code) throw new Error(`exit ${finished.code}, not ${code}: ${finished.stderr}`);
      return JSON.parse(finished.stdout) as T;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
