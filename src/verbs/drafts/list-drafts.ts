import type { DraftSummary } from '../../store/api/drafts.ts';
import type { Context } from '../shared/context.ts';

/** Lists the drafts there are, by name. @throws StoreError STORE_UNREADABLE */
export async function listDrafts(ctx: Context): Promise<readonly DraftSummary[]> {
  return (await ctx.store()).drafts.list();
}
