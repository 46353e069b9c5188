import { lstatSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listNames } from './list-names.ts';

/** Unfinished files older than this belong to no living process any more, in milliseconds. */
export const TMP_AGE_MS = 3_600_000;

/** What durable.ts names a staged file, and genesis the link it tries; nothing else is ever swept. */
const UNFINISHED = /^\d+-[0-9a-f]{16}(-link)?$/;

/**
 * Clears a folder in which files are staged (`storage/tmp/`, `keys/`) of unfinished ones older than an hour; a process
 * suspended for so long writes its file again. Never fails: what cannot be removed now is removed another time.
 *
 * @returns how many files were removed
 */
export function sweepUnfinished(folder: string, nowMs: number): number {
  let removed = 0;
  try {
    for (const name of listNames(folder)) {
      if (!UNFINISHED.test(name)) continue;
      const path = join(folder, name);
      const modifiedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
      if (modifiedMs === undefined || modifiedMs > nowMs - TMP_AGE_MS) continue;
      unlinkSync(path);
      removed++;
    }
  } catch {
    // another process sweeps too, or the folder is not there yet or read-only: nothing depends on the sweep
  }
  return removed;
}
