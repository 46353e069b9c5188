import type { Receipt } from '../../core/receipt.ts';
import type { Context } from '../shared/context.ts';

/** A store that is older than what was seen here. */
export interface RolledBack {
  /** The commit that was seen here. */
  readonly seen: number | undefined;
  /** The newest commit there is. */
  readonly head: number | undefined;
}

/** Says what would be given up, for a person to confirm; undefined when the store is not rolled back. */
export async function planAcceptance(ctx: Context): Promise<RolledBack | undefined> {
  const store = await ctx.store();
  const { pin, head, writable } = await store.state.status();
  return writable?.code === 'ROLLED_BACK' ? { seen: pin?.index, head: head?.index } : undefined;
}

/** Goes on with the store as it is, without the commits that were seen here. @throws StoreError ARGUMENT_INVALID when there is nothing to accept, and what a commit throws */
export async function acceptRollback(
  ctx: Context,
  { reason = '' }: { readonly reason?: string | undefined },
): Promise<{ readonly receipt: Receipt }> {
  const store = await ctx.store();
  return { receipt: await store.maintenance.accept({ author: ctx.author(), reason }) };
}
