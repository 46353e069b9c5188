import type { Context } from '../shared/context.ts';
import { detailsOf, type KeyDetails } from './find-key.ts';

/** Every key that the log introduced, oldest first. */
export interface ListKeysResult {
  readonly keys: readonly KeyDetails[];
}

/** Lists the keys of the store and what they may do. @throws StoreError KEY_PERMISSIONS, STORE_UNREADABLE */
export async function listKeys(ctx: Context): Promise<ListKeysResult> {
  const store = await ctx.store();
  const { keys } = await store.state.status();
  return { keys: keys.map((key) => detailsOf(store, key)) };
}
