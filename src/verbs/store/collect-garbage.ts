import { formatDigest } from '../../core/digest.ts';
import type { Context } from '../shared/context.ts';

/** Artifacts that no commit names and that are older than a day. */
export interface CollectGarbageResult {
  readonly removed: boolean;
  readonly bytes: number;
  /** `sha256:<hex>` each. */
  readonly digests: readonly string[];
}

/** Finds artifacts that no commit names, left by writes that were cut short; removes them only with `apply`. @throws StoreError CORRUPT, STORE_READONLY */
export async function collectGarbage(
  ctx: Context,
  { apply = false }: { readonly apply?: boolean | undefined },
): Promise<CollectGarbageResult> {
  const store = await ctx.store();
  const { digests, bytes, removed } = await store.maintenance.collect({ apply });
  return { removed, bytes, digests: digests.map(formatDigest) };
}
