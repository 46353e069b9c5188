import { lstatSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { listNames } from './list-names.ts';

/** Unfinished files older than this belong to no living process any more, in milliseconds. */
export const TMP_AGE_MS = 3_600_000;

/** Names that durable.ts gives to staged files, and genesis to the link it tries; nothing else is ever swept. */
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
    for (const name of listNames(folder)) if (UNFINISHED.test(name) && removeOld(join(folder, name), nowMs)) removed++;
  } catch {
    // the folder is not there yet, or cannot be listed: nothing depends on the sweep
  }
  return removed;
}

function removeOld(path: string, nowMs: number): boolean {
  try {
    const modifiedMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modifiedMs === undefined || modifiedMs > nowMs - TMP_AGE_MS) return false;
    unlinkSync(path);
    return true;
  } catch {
    return false; // another process sweeps too, the folder is read-only, or it is a folder of that name
  }
}
