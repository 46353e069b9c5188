import { type Digest, formatDigest, isHexDigest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { argumentInvalid } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { resolveToNumber } from '../shared/resolve-version.ts';

/** Which artifact: the one of a version, or one by its whole digest. */
export type PurgeTarget = { readonly name: string; readonly version: VersionReference } | { readonly digest: string };

/** An artifact that can be purged. */
export interface PurgePlan {
  /** `sha256:<hex>`. */
  readonly digest: string;
}

/** The artifact that was removed, and where the same bytes may still be. */
export interface PurgeResult extends PurgePlan {
  readonly receipt: Receipt;
  /** The configs whose draft still holds the same bytes. */
  readonly drafts: readonly string[];
}

/** Finds the artifact to be purged, for a person to confirm. @throws StoreError NOT_FOUND, ARGUMENT_INVALID */
export async function planPurge(ctx: Context, target: PurgeTarget): Promise<PurgePlan> {
  if ('digest' in target) return { digest: formatDigest(wholeDigest(target.digest)) };
  const name = checkName(target.name);
  const store = await ctx.store();
  const version = await resolveToNumber(store, name, target.version);
  const { items } = await store.reader.versions(name, { before: version + 1, limit: 1 });
  const row = items.find((one) => one.version === version);
  if (row !== undefined) return { digest: formatDigest(row.digest) };
  throw new StoreError('NOT_FOUND', `${name} has no version ${version}`, {
    hint: 'Check the version.',
    advice: [{ do: 'list-history', name }],
  });
}

/**
 * Removes the bytes of an artifact for good; the history says so, and still verifies.
 *
 * @throws StoreError NOT_FOUND when no version has the artifact, and what a commit throws
 */
export async function purgeArtifact(
  ctx: Context,
  { digest, reason }: PurgePlan & { readonly reason: string },
): Promise<PurgeResult> {
  const hex = wholeDigest(digest);
  const store = await ctx.store();
  const { receipt } = await store.writer.commit({
    changes: [{ action: 'purge', digest: hex, reason }],
    message: `purge ${formatDigest(hex).slice(0, 23)}`,
    author: ctx.author(),
  });
  const drafts = await store.drafts.list();
  return {
    receipt,
    digest: formatDigest(hex),
    drafts: drafts.filter((draft) => draft.digest === hex).map(({ name }) => name),
  };
}

function wholeDigest(text: string): Digest {
  const hex = text.replace(/^sha256:/i, '').toLowerCase();
  if (isHexDigest(hex)) return hex;
  throw argumentInvalid('a purge needs the whole digest', 'Give all 64 hex characters, or a name and a version.');
}
