import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { targetChanged } from './target-fault.ts';

/** How long a lock of another is waited for, and when it counts as left behind, in ms. */
const WAIT_MS = 3_000;
const STALE_MS = 30_000;

/**
 * Does work while holding the folder `FILE.lock`, as the client does that made it a custom; without `locks` it just does it.
 *
 * @throws StoreError `TARGET_CHANGED` when another program holds it
 */
export async function withFileLock<T>(path: string, locks: boolean, work: () => Promise<T>): Promise<T> {
  if (!locks) return work();
  const lock = `${path}.lock`;
  let made = false;
  for (const end = Date.now() + WAIT_MS; !made; ) {
    try {
      mkdirSync(lock);
      made = true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') break; // no folder yet, so no one else writes there
      if (code !== 'EEXIST') throw error;
      const there = statSync(lock, { throwIfNoEntry: false });
      if (there !== undefined && Date.now() - there.mtimeMs > STALE_MS) break;
      if (Date.now() > end) throw targetChanged(path);
      await pause(50);
    }
  }
  try {
    return await work();
  } finally {
    if (made) rmdirSync(lock);
  }
}
