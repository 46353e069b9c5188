import { parseDigestPrefix } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import { checkName, isConfigName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { readVersion } from './read-version.ts';

/** One version: a name's newest or a given one, or the newest that has a digest (8 or more hex characters of it). */
export type VersionSelector =
  | { readonly name: string; readonly version?: VersionReference | undefined }
  | { readonly digest: string }
  /** A word that can be both: a config is looked for first. */
  | { readonly nameOrDigest: string };

/**
 * Reads the exact bytes of one version, checked against digest, signature and chain.
 *
 * @throws StoreError NOT_FOUND, DIGEST_AMBIGUOUS, ARGUMENT_INVALID, and what a read throws
 */
export async function getVersion(ctx: Context, which: VersionSelector): Promise<VerifiedRead> {
  if ('nameOrDigest' in which) return byNameOrDigest(ctx, which.nameOrDigest);
  if (!('digest' in which)) {
    const name = checkName(which.name);
    return readVersion(await ctx.store(), name, which.version);
  }
  const prefix = parseDigestPrefix(which.digest);
  if (prefix !== undefined) return (await ctx.store()).reader.readDigest(prefix);
  throw argumentInvalid(
    `${JSON.stringify(which.digest.slice(0, 80))} is no digest`,
    'Give "sha256:" and 8 to 64 hex characters, as the history of a config shows them.',
  );
}

async function byNameOrDigest(ctx: Context, word: string): Promise<VerifiedRead> {
  try {
    return await getVersion(ctx, { name: word });
  } catch (error) {
    if (!isStoreError(error, 'NOT_FOUND', 'NAME_INVALID') || parseDigestPrefix(word) === undefined) throw error;
    const store = await ctx.store();
    // A config of this name that was deleted is no digest.
    if (isConfigName(word) && (await store.reader.head(word)) !== undefined) throw error;
    return getVersion(ctx, { digest: word });
  }
}
