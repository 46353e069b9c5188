import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { thousands } from '../../core/thousands.ts';
import { fileFault } from '../file-fault.ts';

/** Below this much room a volume counts as full: sixteen of the largest configs that come over MCP. */
const MIN_FREE_BYTES = 16 * 1_048_576;

/**
 * Whether the storage folder, or where it would be made, can be written and has room left; says what it found.
 *
 * @throws StoreError STORE_FULL, STORE_READONLY, STORE_UNREADABLE
 */
export function checkRoom(storage: string): string {
  const folder = checkWritable(storage);
  const { bavail, bsize, files, ffree } = statfsSync(folder);
  const free = bavail * bsize;
  if (free < MIN_FREE_BYTES)
    throw new StoreError('STORE_FULL', `${mebibytes(free)} are free, less than ${mebibytes(MIN_FREE_BYTES)}`, {
      hint: 'Free space on the volume of the storage folder.',
    });
  if (files > 0 && ffree === 0)
    throw new StoreError('STORE_FULL', 'no inodes are free', {
      hint: 'Remove files from the volume of the storage folder.',
    });
  return `${mebibytes(free)} free`;
}

/**
 * The path itself, or the nearest folder above it that exists, if this process may write there.
 *
 * @throws StoreError STORE_READONLY, STORE_UNREADABLE
 */
export function checkWritable(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw fileFault(error, folder, 'write');
  }
  return folder;
}

/**
 * Writes a small file in a folder of this installation, where it exists, and removes it. Its name is one that sweeps know.
 *
 * @throws StoreError STORE_READONLY, STORE_UNREADABLE, STORE_FULL
 */
export function probeFolder(folder: string): void {
  if (checkWritable(folder) !== folder) return; // it is not there yet
  const path = join(folder, `${process.pid}-${randomBytes(8).toString('hex')}`);
  try {
    writeFileSync(path, 'probe\n', { flag: 'wx', mode: 0o600 });
    unlinkSync(path);
  } catch (error) {
    throw fileFault(error, path, 'write');
  }
}

function mebibytes(bytes: number): string {
  return `${thousands(Math.floor(bytes / 1_048_576))} MiB`;
}
