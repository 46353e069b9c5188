import type { Hex } from '../core/digest.ts';
import { isStoreError } from '../errors.ts';
import type { FileObjectStore } from './objects.ts';
import { type CommitRecord, type PurgeRow, purgeRows } from './rows.ts';
import type { LogView } from './view.ts';

/**
 * Removes the bytes that a durable commit purged. A put of the same bytes may have been committed by another process in
 * between, so the log is read again after the removal, and the bytes are put back if a later commit names them.
 */
export async function finishPurges(record: CommitRecord, view: LogView, objects: FileObjectStore): Promise<void> {
  for (const purge of purgeRows(record)) await finish(purge, view, objects);
}

/** Finishes what a purge that was cut short left behind: called at a process's first write. */
export async function finishCutPurges(view: LogView, objects: FileObjectStore): Promise<void> {
  for (const purge of await view.query((cache) => cache.purges())) {
    if (objects.hasSync(purge.digest)) await finish(purge, view, objects);
  }
}

async function finish({ digest, index }: PurgeRow, view: LogView, objects: FileObjectStore): Promise<void> {
  const isNamed = () => view.query((cache) => cache.namedSince(digest, index + 1));
  await view.absorb();
  if (await isNamed()) return;
  const bytes = await soundBytes(digest, objects);
  await objects.remove(digest);
  await view.absorb();
  if (bytes !== undefined && (await isNamed())) await objects.put(bytes);
}

async function soundBytes(digest: Hex, objects: FileObjectStore): Promise<Uint8Array | undefined> {
  try {
    return await objects.get(digest);
  } catch (error) {
    if (isStoreError(error, 'CORRUPT')) return undefined; // nothing worth putting back
    throw error;
  }
}
