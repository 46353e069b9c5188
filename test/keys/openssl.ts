import { execFileSync, spawnSync } from 'node:child_process';

/** False where the `openssl` command is not installed: its tests are skipped then. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** Runs `openssl` and gives what it printed; throws with its complaint when it fails. */
export function openssl(...args: string[]): Buffer {
  return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
}
