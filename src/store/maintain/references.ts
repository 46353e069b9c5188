import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import type { Hex } from '../../core/digest.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import { brokenChain } from '../commits/chain-walk.ts';
import { says } from '../commits/commit-cache.ts';
import { versionRows } from '../commits/commit-record.ts';
import type { LogView } from '../view/log-view.ts';

/** Commits between two turns of the event loop. */
const COMMITS_A_TURN = 150;

/**
 * Which of these artifacts a version names in commit `from` or later. Asked of the log: what is removed because the cache
 * has forgotten a version is gone for good.
 *
 * @throws StoreError CORRUPT when a commit cannot be read
 */
export async function namedInLog(wanted: ReadonlySet<Hex>, from: number, view: LogView): Promise<Set<Hex>> {
  const named = new Set<Hex>();
  for (let index = from; index <= (view.head?.index ?? -1) && named.size < wanted.size; index++) {
    if (index % COMMITS_A_TURN === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    const bytes = view.log.readSync(index);
    if (bytes === undefined) throw brokenChain(index, true);
    const statement = parsePayload(parseEnvelope(bytes).payload);
    for (const { action, digest } of versionRows({ index, id: '', keyId: '', statement })) {
      if (action !== 'delete' && wanted.has(digest)) named.add(digest);
    }
  }
  return named;
}

/**
 * Removes an artifact that no version names in commit `from` or later. A put of the same bytes may be committed by another
 * process meanwhile, so the log is read again after the removal, and the bytes are put back if it names them now.
 *
 * @returns false when it stays
 */
export async function removeUnnamed(
  digest: Hex,
  from: number,
  view: LogView,
  objects: FileObjectStore,
): Promise<boolean> {
  await view.absorb();
  if (await isNamed(digest, from, view)) return false;
  const bytes = await objects.soundBytes(digest);
  await objects.remove(digest);
  await view.absorb();
  if (bytes === undefined || !(await isNamed(digest, from, view))) return true;
  await objects.put(bytes);
  return false;
}

async function isNamed(digest: Hex, from: number, view: LogView): Promise<boolean> {
  const row = await view.query((cache) => cache.namedSince(digest, from));
  if (row !== undefined && says(view.commits.at(row.index), row)) return true;
  return (await namedInLog(new Set([digest]), from, view)).size > 0;
}
