import { parseDigestPrefix } from '../../core/digest.ts';
import { checkName } from '../../core/name.ts';
import type { VerifiedRead } from '../../store/api/versions.ts';
import { argumentInvalid, checkVersion } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { readVersion } from './read-version.ts';

/** One version: a name's newest or a given one, or the newest that has a digest (8 or more hex characters of it). */
export type VersionSelector =
  | { readonly name: string; readonly version?: number | undefined }
  | { readonly digest: string };

/**
 * Reads the exact bytes of one version, checked against digest, signature and chain.
 *
 * @throws StoreError NOT_FOUND, DIGEST_AMBIGUOUS, ARGUMENT_INVALID, and what a read throws
 */
export async function getVersion(ctx: Context, which: VersionSelector): Promise<VerifiedRead> {
  if (!('digest' in which)) {
    const name = checkName(which.name);
    return readVersion(await ctx.store(), name, checkVersion(which.version));
  }
  const prefix = parseDigestPrefix(which.digest);
  if (prefix !== undefined) return (await ctx.store()).reader.readDigest(prefix);
  throw argumentInvalid(
    `${JSON.stringify(which.digest.slice(0, 80))} is no digest`,
    'Give "sha256:" and 8 to 64 hex characters, as the history of a config shows them.',
  );
}
