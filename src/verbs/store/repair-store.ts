import type { Receipt } from '../../core/receipt.ts';
import type { BadTail } from '../../store/api/maintenance.ts';
import type { Context } from '../shared/context.ts';

/** Finds what follows the newest good commit and is no commit of this store, for a person to confirm; undefined when all is well. @throws StoreError CORRUPT when commit 0 itself is bad, STORE_MISSING */
export async function planRepair(ctx: Context): Promise<BadTail | undefined> {
  const store = await ctx.store();
  const tail = await store.maintenance.badTail();
  // An empty log next to a key or a pin has no good end: this says that the store is missing.
  if (tail === undefined) await store.state.status();
  return tail;
}

/** Moves a bad tail to quarantine and says so in a commit. @throws StoreError STORE_FOREIGN, KEY_MISSING, KEY_LOCKED, and what a commit throws */
export async function repairStore(
  ctx: Context,
  { tail, reason = '' }: { readonly tail: BadTail; readonly reason?: string | undefined },
): Promise<{ readonly moved: number; readonly receipt: Receipt }> {
  const store = await ctx.store();
  const receipt = await store.maintenance.repair({ author: ctx.author(), tail, reason });
  return { moved: tail.last - tail.first + 1, receipt };
}
