import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { StoreError } from '../errors.ts';
import { FAN_OUT, type StorageLayout } from './layout.ts';
import type { FileObjectStore } from './objects.ts';
import type { LogView } from './view.ts';

/** Objects younger than this may belong to a commit that is being made, in milliseconds. */
const YOUNG_MS = 24 * 60 * 60 * 1000;

/**
 * Finds artifacts that no commit names and that are older than a day, and removes them with `apply`.
 *
 * @throws StoreError CORRUPT when the log cannot be read to its end: then nobody knows what is named.
 */
export async function collectGarbage(
  { layout, view, objects }: { layout: StorageLayout; view: LogView; objects: FileObjectStore },
  { apply }: { apply: boolean },
): Promise<{ digests: readonly Hex[]; bytes: number; removed: boolean }> {
  await view.absorb();
  await view.walk();
  if (view.fault !== undefined)
    throw new StoreError('CORRUPT', `nothing is collected while the log is damaged: ${view.fault.message}`, {
      hint: view.fault.hint,
    });
  const digests: Hex[] = [];
  let bytes = 0;
  for (const folder of FAN_OUT) {
    for (const { digest, size, path } of await oldObjects(join(layout.objects, folder))) {
      if (await view.query((cache) => cache.names(digest))) continue;
      if (apply) {
        await view.absorb(); // a commit that names it may have come meanwhile
        if (
          statSync(path, { throwIfNoEntry: false }) === undefined ||
          (await view.query((cache) => cache.names(digest)))
        )
          continue;
        await objects.remove(digest);
      }
      digests.push(digest);
      bytes += size;
    }
  }
  return { digests, bytes, removed: apply };
}

async function oldObjects(folder: string): Promise<{ digest: Hex; size: number; path: string }[]> {
  const found: { digest: Hex; size: number; path: string }[] = [];
  for (const digest of list(folder)) {
    if (!isHexDigest(digest)) continue;
    const path = join(folder, digest);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() && Date.now() - stat.mtimeMs > YOUNG_MS) found.push({ digest, size: stat.size, path });
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
