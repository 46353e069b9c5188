import { lstatSync, type Stats } from 'node:fs';
import type { Durable } from '../../disk/durable.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { listNames } from '../../disk/list-names.ts';
import type { RealFolders } from '../../disk/real-folders.ts';
import type { StorageLayout } from './layout.ts';

/** The storage folder: where everything is, how it is read, and how it is written. */
export interface Storage {
  readonly layout: StorageLayout;
  readonly folders: RealFolders;
  readonly disk: Durable;
}

/**
 * Returns the names in a folder below storage that `fits` holds for, one at a time and in no order; none when it is not there.
 *
 * @throws StoreError STORE_UNREADABLE when it cannot be listed, or is no folder
 */
export function* namesIn({ folders }: Storage, folder: string, fits: (name: string) => boolean): Generator<string> {
  try {
    for (const name of listNames(folders.folder(folder))) if (fits(name)) yield name;
  } catch (error) {
    if (!isMissing(error)) throw fileFault(error, folder, 'list');
  }
}

/**
 * Looks at what lies at a path below storage; undefined when there is nothing.
 *
 * @throws StoreError STORE_UNREADABLE when a folder on the way is none or cannot be searched
 */
export function lookBelow({ folders }: Storage, path: string): Stats | undefined {
  try {
    return lstatSync(folders.toRead(path), { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw fileFault(error, path, 'look at');
  }
}

/** True for a file or folder that is not there, also as the cause of a StoreError. */
export function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return [error, cause].some((one) => (one as NodeJS.ErrnoException | undefined)?.code === 'ENOENT');
}
