import { formatDigest, sha256Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Engine } from '../../engine/port.ts';
import type { StoredItem } from '../api/maintenance.ts';
import { brokenChain, damagedVersion } from '../commits/faults.ts';
import { trustedPurges } from '../read/purges.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';

const RUN = { commits: 256, bytes: 16 * 1_048_576 } as const;
const MAX_DRAFTS = 100_000;

/** Yields the log, the artifacts and the drafts of a store; see `StoreMaintenance.contents`. */
export async function* storeContents(parts: {
  engine: Engine;
  view: LogView;
  trust: Trust;
}): AsyncIterable<StoredItem> {
  const { engine, view, trust } = parts;
  await view.catchUp();
  await trust.compare();
  const refusal = (await trust.absent()) ?? trust.refusal();
  if (refusal !== undefined) throw refusal;
  const end = view.next;
  for (let index = 0; index < end; ) {
    const { envelopes } = await engine.log.readRange(index, RUN);
    if (envelopes.length === 0) throw brokenChain(index, true);
    for (const bytes of envelopes) {
      if (index >= end) break;
      if (sha256Hex(bytes) !== (await view.withVersions((versions) => versions.commitId(index))))
        throw brokenChain(index, false);
      yield { kind: 'commit', index, bytes };
      index++;
    }
  }
  const purged = new Map((await view.withVersions(() => trustedPurges(view))).map((one) => [one.digest, one.index]));
  for (const { digest, size, index } of await view.ask((cache) => cache.artifacts())) {
    const bytes = await engine.objects.get(digest, size);
    if (bytes !== undefined) yield { kind: 'artifact', digest, bytes };
    else if ((purged.get(digest) ?? -1) < index)
      throw damagedVersion(`the artifact ${formatDigest(digest)} is missing`);
  }
  for (const { key } of await engine.drafts.list(MAX_DRAFTS)) {
    try {
      const draft = await engine.drafts.newest(key);
      if (draft !== undefined) yield { kind: 'draft', key, revision: draft.revision, bytes: draft.body };
    } catch (error) {
      if (!isStoreError(error, 'CORRUPT')) throw error; // a damaged draft is no part of a copy; verify names it
    }
  }
}
