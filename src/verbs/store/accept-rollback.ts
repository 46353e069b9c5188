import type { CommitId } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Rollback } from '../../store/api/maintenance.ts';
import type { Context } from '../shared/context.ts';

/** Says what would be given up, for a person to confirm; undefined when the store is not behind what was seen here. */
export async function planAcceptance(ctx: Context): Promise<Rollback | undefined> {
  return (await ctx.store()).maintenance.rollback();
}

/**
 * Goes on with the store as it is, without the commits that were seen here.
 *
 * @param request `commit` is the newest commit, as the person confirmed it
 * @throws StoreError ARGUMENT_INVALID when there is nothing to accept, VERSION_CONFLICT when the newest commit is another, and what a commit throws
 */
export async function acceptRollback(
  ctx: Context,
  { reason = '', commit }: { readonly reason?: string | undefined; readonly commit: CommitId },
): Promise<{ readonly receipt: Receipt }> {
  const store = await ctx.store();
  return { receipt: await store.maintenance.accept({ author: ctx.author(), reason, commit }) };
}
