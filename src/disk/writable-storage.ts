import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../core/errors.ts';
import { fileFault } from './file-fault.ts';

/** Below this much room a volume counts as full: sixteen of the largest configs that come over MCP. */
const MIN_FREE_BYTES = 16 * 1_048_576;

/**
 * Whether the storage folder, or where it would be made, can be written and has room left; says what it found.
 *
 * @param probeFolder a folder in which a small file is written and removed again, where that folder exists
 * @throws StoreError STORE_FULL, STORE_READONLY, STORE_UNREADABLE
 */
export function checkRoom(storage: string, probeFolder: string | undefined): string {
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
  const probed = probeFolder !== undefined && existsSync(probeFolder);
  if (probed) writeProbe(probeFolder);
  return `${mebibytes(free)} free${probed ? ', a probe file was written and removed' : ''}`;
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

function writeProbe(folder: string): void {
  const path = join(folder, `health-${process.pid}-${randomUUID()}`);
  try {
    writeFileSync(path, 'probe\n', { flag: 'wx', mode: 0o600 });
    unlinkSync(path);
  } catch (error) {
    throw fileFault(error, path, 'write');
  }
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / 1_048_576).toLocaleString('en')} MiB`;
}
