import type { Receipt } from '../../core/receipt.ts';
import type { Context } from '../shared/context.ts';

/** How a store is made. */
export interface InitStoreRequest {
  /** The name of the first key, signed into the history. */
  readonly label?: string | undefined;
  /** Make a new store even where a key or a pin of another one is. */
  readonly fresh?: boolean | undefined;
}

/** The store there is now, by its newest commit, and where it lies. */
export interface InitStoreResult extends Receipt {
  /** False where there was one already: then nothing was changed. */
  readonly made: boolean;
  readonly storage: string;
  readonly keys: string;
}

/** Makes the store where there is none. @throws StoreError STORE_MISSING, and what a commit throws */
export async function initStore(ctx: Context, { label, fresh = false }: InitStoreRequest): Promise<InitStoreResult> {
  const store = await ctx.store();
  const receipt = await store.writer.init({ author: ctx.author(), fresh, ...(label !== undefined && { label }) });
  const { storageAt: storage, paths } = ctx.installation.settings();
  return { ...receipt, storage, keys: paths.keys };
}
