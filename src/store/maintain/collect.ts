import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, isHexDigest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { fileFault, look } from '../../disk/file-fault.ts';
import { FAN_OUT, type StorageLayout } from '../../engine/files/layout.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import type { LogView } from '../view/log-view.ts';
import { namedInLog, removeUnnamed } from './references.ts';

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
  const found = new Map<Hex, number>();
  for (const folder of FAN_OUT) {
    for (const { digest, size } of oldObjects(join(layout.objects, folder))) {
      if (!(await view.query((cache) => cache.names(digest)))) found.set(digest, size);
    }
  }
  const next = (view.head?.index ?? -1) + 1;
  for (const digest of await namedInLog(new Set(found.keys()), 0, view)) found.delete(digest);
  if (apply) {
    for (const digest of found.keys()) if (!(await removeUnnamed(digest, next, view, objects))) found.delete(digest);
  }
  const bytes = [...found.values()].reduce((sum, size) => sum + size, 0);
  return { digests: [...found.keys()], bytes, removed: apply };
}

function oldObjects(folder: string): { digest: Hex; size: number }[] {
  const found: { digest: Hex; size: number }[] = [];
  for (const digest of list(folder)) {
    if (!isHexDigest(digest)) continue;
    const stat = look(join(folder, digest));
    if (stat?.isFile() && Date.now() - stat.mtimeMs > YOUNG_MS) found.push({ digest, size: stat.size });
  }
  return found;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileFault(error, folder, 'list');
  }
}
