import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import type { Engine } from '../../engine/port.ts';
import type { CommitRecord, PurgeRow } from '../commits/commit-record.ts';
import { newestPurge, trustedPurges } from '../read/purges.ts';
import type { LogView } from '../view/log-view.ts';
import { removeUnnamed } from './references.ts';

const ONE = { commits: 1, bytes: 1_048_576 } as const;

/** Removes the bytes that a durable commit purged, unless a later one refers to them again. */
export async function finishPurges(record: CommitRecord, view: LogView, engine: Engine): Promise<void> {
  for (const { digest, index, size } of record.purges) await removeUnnamed({ digest, size }, index + 1, view, engine);
}

/** Finishes what a purge that was cut short left: called at a process's first write. */
export async function finishCutPurges(view: LogView, engine: Engine): Promise<void> {
  if ((await engine.admin.refusal()) !== undefined) return; // one that may finishes it
  for (const purge of await view.withVersions(() => trustedPurges(view)))
    if ((await engine.objects.has(purge.digest)) && (await isInLog(purge, view, engine)))
      await removeUnnamed(purge, purge.index + 1, view, engine);
}

/** Nothing is removed on the word of the cache alone: the log has the purge, by that key. */
async function isInLog({ digest, index, keyId }: PurgeRow, view: LogView, { log }: Engine): Promise<boolean> {
  const [bytes] = (await log.readRange(index, ONE)).envelopes;
  if (bytes === undefined || sha256Hex(bytes) !== (await view.withVersions((versions) => versions.commitId(index))))
    return false;
  const envelope = parseEnvelope(bytes);
  const { changes } = parsePayload(envelope.payload);
  return envelope.keyId === keyId && changes.some((one) => one.action === 'purge' && one.digest === digest);
}

/**
 * Puts an artifact back that a purge took while the commit that refers to it was made. One that was purged after that commit
 * stays away, also when the purge comes while it is put back.
 */
export async function putBack(
  bytes: Uint8Array,
  { index }: CommitRecord,
  view: LogView,
  engine: Engine,
): Promise<void> {
  const digest = sha256Hex(bytes);
  const purgedAfter = async () => {
    await view.catchUp();
    const purge = await view.withVersions(() => newestPurge(view, digest));
    return purge !== undefined && purge.index > index ? purge : undefined;
  };
  if ((await engine.objects.has(digest)) || (await purgedAfter()) !== undefined) return;
  await engine.objects.put(bytes);
  const purge = await purgedAfter();
  if (purge !== undefined) await removeUnnamed({ digest, size: bytes.length }, purge.index + 1, view, engine);
}
