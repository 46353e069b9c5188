import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { PinnedFolder } from '../../disk/pinned-folder.ts';
import { targetChanged, targetFault } from './target-fault.ts';
import type { TargetFile } from './target-file.ts';

/**
 * Opens the folder of a client's file, made before where it is missing, each one in the one above it.
 *
 * @throws StoreError `TARGET_CHANGED` when the path leads elsewhere by now; `ARGUMENT_INVALID`, `STORE_FULL`
 */
export function openTargetFolder({ path, realPath }: Pick<TargetFile, 'path' | 'realPath'>): PinnedFolder {
  let folder: PinnedFolder | undefined;
  try {
    folder = enter(dirname(realPath));
  } catch (error) {
    throw targetFault(error, path, 'written');
  }
  if (folder === undefined) throw targetChanged(path);
  return folder;
}

function enter(path: string): PinnedFolder | undefined {
  if (dirname(path) === path || lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    return PinnedFolder.open(path);
  const above = enter(dirname(path));
  try {
    return above?.enter(basename(path));
  } finally {
    above?.close();
  }
}
