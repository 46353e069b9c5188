import { join } from 'node:path';
import { isStoreError } from '../core/errors.ts';
import { fileFault } from '../disk/file-fault.ts';
import { readRegularFile } from '../disk/opened-file.ts';
import type { StateFolder } from './state-folder.ts';

/** The largest file of `state/` that is read whole, in bytes. */
const MAX_BYTES = 65_536;

/** A file of `state/` as it was found: its text, or why it cannot be read; neither when there is none. */
export interface FoundFile {
  readonly text?: string;
  readonly damaged?: string;
}

/** Reads a file that must be a regular one of at most 64 kB. Never throws. */
export function findFile(path: string): FoundFile {
  try {
    const bytes = readRegularFile(path, MAX_BYTES);
    return bytes === undefined ? {} : { text: Buffer.from(bytes).toString('utf8') };
  } catch (error) {
    return { damaged: fileFault(error, path, 'read').message };
  }
}

/** As `findFile`, for a file of the state folder: where the folder itself cannot be believed, the file counts as damaged. */
export function findStateFile(folder: StateFolder, name: string): FoundFile {
  const found = findFile(join(folder.path, name));
  const flaw = found.text === undefined && found.damaged === undefined ? undefined : folder.flaw();
  return isStoreError(flaw) ? { damaged: flaw.message } : found;
}

/** Returns the object that a text is in JSON; undefined for any other text. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined; // not JSON: damaged, like any other form
  }
}

/** True for what can be the index of a commit. */
export function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
