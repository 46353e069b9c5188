import type { Context } from '../shared/context.ts';

/** How the rebuilding is followed. */
export interface RebuildCacheRequest {
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Makes the cache again from the log. @throws StoreError CORRUPT, and what opening throws */
export async function rebuildCache(
  ctx: Context,
  { onProgress }: RebuildCacheRequest = {},
): Promise<{ readonly commits: number; readonly seconds: number }> {
  const store = await ctx.store();
  return store.maintenance.rebuild(onProgress);
}
