import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { type Digest, sha256Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Engine } from '../../engine/port.ts';
import { brokenChain } from '../commits/faults.ts';
import type { LogView } from '../view/log-view.ts';

/** Commits that are read together. */
const RUN = { commits: 256, bytes: 16 * 1_048_576 } as const;

/**
 * Returns the digests in `wanted` that a version in commit `from` or later refers to. Reads the log, and compares it with
 * what was verified: neither a stale cache nor a changed log may cause live data to be deleted.
 *
 * @throws StoreError CORRUPT when a commit cannot be read, or is another
 */
export async function referencedInLog(
  wanted: ReadonlySet<Digest>,
  from: number,
  view: LogView,
  engine: Engine,
): Promise<Set<Digest>> {
  const found = new Set<Digest>();
  for (let index = from; index < view.next && found.size < wanted.size; ) {
    const { envelopes } = await engine.log.readRange(index, RUN);
    if (envelopes.length === 0) throw brokenChain(index, true);
    for (const envelope of envelopes) {
      if (index >= view.next) break;
      if (sha256Hex(envelope) !== (await view.withVersions((versions) => versions.commitId(index))))
        throw brokenChain(index, false);
      for (const change of parsePayload(parseEnvelope(envelope).payload).changes)
        if (change.action !== 'delete' && change.action !== 'purge' && wanted.has(change.digest))
          found.add(change.digest);
      index++;
    }
  }
  return found;
}

/**
 * Removes an artifact that no version in commit `from` or later refers to. Another process may commit a put of the same
 * bytes meanwhile, so the log is read again after the removal, and the bytes are put back if it refers to them now.
 *
 * @returns false when it stays
 */
export async function removeUnnamed(
  { digest, size }: { digest: Digest; size: number },
  from: number,
  view: LogView,
  engine: Engine,
): Promise<boolean> {
  await view.catchUp();
  if (await isReferenced(digest, from, view, engine)) return false;
  const bytes = await soundBytes(digest, size, engine);
  await engine.admin.remove(digest);
  await view.catchUp();
  if (bytes === undefined || !(await isReferenced(digest, from, view, engine))) return true;
  await engine.objects.put(bytes);
  return false;
}

/** The bytes as they are, if they are worth keeping. */
async function soundBytes(digest: Digest, size: number, { objects }: Engine): Promise<Uint8Array | undefined> {
  try {
    return await objects.get(digest, size);
  } catch (error) {
    if (isStoreError(error, 'CORRUPT')) return undefined;
    throw error;
  }
}

async function isReferenced(digest: Digest, from: number, view: LogView, engine: Engine): Promise<boolean> {
  if ((await view.ask((cache) => cache.namedSince(digest, from))) !== undefined) return true;
  return (await referencedInLog(new Set([digest]), from, view, engine)).size > 0;
}
