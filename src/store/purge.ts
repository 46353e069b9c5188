import { removeUnnamed } from './named.ts';
import type { FileObjectStore } from './objects.ts';
import { type CommitRecord, type PurgeRow, purgeRows } from './rows.ts';
import type { LogView } from './view.ts';

/** Removes the bytes that a durable commit purged, unless a later one names them again. */
export async function finishPurges(record: CommitRecord, view: LogView, objects: FileObjectStore): Promise<void> {
  for (const { digest, index } of purgeRows(record)) await removeUnnamed(digest, index + 1, view, objects);
}

/** Finishes what a purge that was cut short left behind: called at a process's first write. */
export async function finishCutPurges(view: LogView, objects: FileObjectStore): Promise<void> {
  for (const purge of await view.query((cache) => cache.purges())) {
    if (!objects.hasSync(purge.digest)) continue;
    if (!saysSo(purge, view)) {
      await view.rebuild();
      return finishCutPurges(view, objects);
    }
    await removeUnnamed(purge.digest, purge.index + 1, view, objects);
  }
}

/** True when the log says the same as the cache: nothing is removed on the word of the cache alone. */
function saysSo({ digest, index }: PurgeRow, view: LogView): boolean {
  if (index > (view.head?.index ?? -1)) return false;
  return purgeRows(view.commits.at(index)).some((signed) => signed.digest === digest);
}
