import { sha256Hex } from '../../core/digest.ts';
import type { Engine } from '../../engine/port.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { newestPurge, trustedPurges } from '../read/purges.ts';
import type { LogView } from '../view/log-view.ts';
import { removeUnnamed } from './references.ts';

/** Removes the bytes that a durable commit purged, unless a later one refers to them again. */
export async function finishPurges(record: CommitRecord, view: LogView, engine: Engine): Promise<void> {
  for (const { digest, index, size } of record.purges) await removeUnnamed({ digest, size }, index + 1, view, engine);
}

/** Finishes what a purge that was cut short left: called at a process's first write. */
export async function finishCutPurges(view: LogView, engine: Engine): Promise<void> {
  for (const { digest, index, size } of await view.withVersions(() => trustedPurges(view)))
    if (await engine.objects.has(digest)) await removeUnnamed({ digest, size }, index + 1, view, engine);
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
