import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { lacksSharedMemory } from '../../disk/volume/filesystem-type.ts';
import { checkRoom, checkWritable } from '../../disk/volume/writable-storage.ts';
import type { EngineReport } from '../port.ts';
import { readFormat } from './format.ts';
import { commitPath } from './layout.ts';
import { refuseMoved } from './moved.ts';
import { refuseForeign } from './prepare-storage.ts';
import { probeWrites } from './probe-writes.ts';
import { lookBelow, type Storage } from './storage.ts';

/** A notice that goes with the status of a store whose storage is on such a file system. */
const NETWORK_STORAGE: Notice = {
  severity: 'warning',
  code: 'NETWORK_STORAGE',
  message:
    'the storage is on a network or FUSE file system, whose locks and flushes cannot be relied on: use a local disk, or a named volume with Docker',
};

/**
 * Says early when the storage folder cannot be used; true when there is a log in it.
 *
 * @throws StoreError STORE_UNSUPPORTED for a folder that holds something else; STORE_UNREADABLE, STORE_NEWER, CORRUPT
 */
export function checkAccess(storage: Storage): boolean {
  const { root, log } = storage.layout;
  if (!isThere(root)) {
    checkCreatable(root);
    return false;
  }
  const exists = lookBelow(storage, join(log, commitPath(0))) !== undefined;
  if (readFormat(storage) === undefined && !exists) refuseForeign(storage);
  return exists;
}

/**
 * Looks whether storage can be written and has room. With `probe` it does what a put does with files of its own.
 *
 * @param next index of the next commit, as far as it is known
 * @throws StoreError STORE_FULL, STORE_READONLY (also once the store was moved), STORE_UNREADABLE
 */
export function checkStorage(storage: Storage, probe: boolean, next: number): EngineReport {
  const { root, tmp } = storage.layout;
  refuseMoved(storage);
  const room = checkRoom(root);
  const probed = probe && lookBelow(storage, tmp) !== undefined;
  if (probed) probeWrites(storage, next);
  return {
    message: `${room}${probed ? ', a probe file was written and removed' : ''}`,
    notices: isThere(root) && lacksSharedMemory(root) ? [NETWORK_STORAGE] : [],
  };
}

function isThere(root: string): boolean {
  try {
    const stats = statSync(root, { throwIfNoEntry: false });
    if (stats === undefined) return false;
    if (!stats.isDirectory())
      throw new StoreError('STORE_UNREADABLE', `${root} is not a folder`, {
        hint: 'The storage has to be a folder; a setting may name another than it should.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
      });
    accessSync(root, constants.R_OK | constants.X_OK);
    return true;
  } catch (error) {
    throw fileFault(error, root, 'open');
  }
}

/** A folder of another user, mounted where the store would be made, is no empty store. On a read-only disk it is. */
function checkCreatable(root: string): void {
  try {
    checkWritable(root);
  } catch (error) {
    if (!isStoreError(error, 'STORE_READONLY')) throw error;
  }
}
