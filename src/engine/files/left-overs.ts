import { join } from 'node:path';
import { sweepUnfinished } from '../../disk/sweep.ts';
import { lookBelow, namesIn, type Storage } from './storage.ts';

/** True for the cache that an older release kept next to the log. */
export function isOlderCache(name: string): boolean {
  return /^cache\.sqlite(-wal|-shm|-journal)?$/.test(name);
}

/** The locks of an older release, in `tmp/`. */
const OLDER_GATE = /^gate-(queue|turn)(-journal)?$/;

/**
 * Clears away what dead processes left in `tmp/`, and the cache and the locks that an older release kept in storage. Makes
 * the folders that a copy of the storage loses most easily, because they are empty.
 *
 * @throws StoreError as `Durable.makeFolder`
 */
export async function clearLeftOvers(storage: Storage, now: Date): Promise<void> {
  const { layout, disk, folders } = storage;
  for (const folder of [layout.tmp, layout.drafts])
    if (lookBelow(storage, folder) === undefined) await disk.makeFolder(folder);
  try {
    sweepUnfinished(folders.folder(layout.tmp), now.getTime());
    dropPlainFiles(storage, layout.root, isOlderCache);
    dropPlainFiles(storage, layout.tmp, (name) => OLDER_GATE.test(name));
  } catch {
    // what cannot be removed now is removed another time; a write says why the folder cannot be used
  }
}

function dropPlainFiles(storage: Storage, folder: string, fits: (name: string) => boolean): void {
  for (const name of [...namesIn(storage, folder, fits)]) {
    const path = join(folder, name);
    if (lookBelow(storage, path)?.isFile() === true) storage.disk.drop({ path, durable: Promise.resolve() });
  }
}
