import type { Digest } from '../../core/digest.ts';
import type { PurgeRow } from '../commits/commit-record.ts';
import type { LogView } from '../view/log-view.ts';

/** Returns the newest purge of an artifact, unless its key had no right to sign it. @throws CacheDisagrees */
export async function newestPurge(view: LogView, digest: Digest): Promise<PurgeRow | undefined> {
  return (await trustedPurges(view, digest)).at(-1);
}

/** Returns the purges that count, oldest first: of one artifact, or all. A purge by a key that is revoked there has no effect. */
export async function trustedPurges(view: LogView, digest?: Digest): Promise<PurgeRow[]> {
  const purges = await view.versions.ask((cache) => cache.purges(digest));
  return purges.filter(({ keyId, index }) => view.keyring.untrusted(keyId, index) === undefined);
}
