import { type Hex, sha256Hex } from '../../core/digest.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import { type CommitRecord, type PurgeRow, purgeRows } from '../commits/commit-record.ts';
import type { LogView } from '../view/log-view.ts';
import { removeUnnamed } from './references.ts';

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

/**
 * Puts an artifact back that a purge took while the commit that names it was made. One that was purged after that commit
 * stays away, also when the purge comes while it is put back.
 */
export async function putBack(
  bytes: Uint8Array,
  { index }: CommitRecord,
  view: LogView,
  objects: FileObjectStore,
): Promise<void> {
  const digest = sha256Hex(bytes);
  if (objects.hasSync(digest) || (await purgedAfter(digest, index, view)) !== undefined) return;
  await objects.put(bytes);
  const purge = await purgedAfter(digest, index, view);
  if (purge !== undefined) await removeUnnamed(digest, purge.index + 1, view, objects);
}

async function purgedAfter(digest: Hex, index: number, view: LogView): Promise<PurgeRow | undefined> {
  await view.absorb();
  const purge = await view.query((cache) => cache.purge(digest));
  return purge !== undefined && purge.index > index && saysSo(purge, view) ? purge : undefined;
}

/** True when the log says the same as the cache: nothing is removed on the word of the cache alone. */
function saysSo({ digest, index }: PurgeRow, view: LogView): boolean {
  if (index > (view.head?.index ?? -1)) return false;
  return purgeRows(view.commits.at(index)).some((signed) => signed.digest === digest);
}
