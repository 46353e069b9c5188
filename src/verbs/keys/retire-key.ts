import type { KeyId } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Context } from '../shared/context.ts';
import { findKey } from './find-key.ts';

/** A key that was changed, and the commit that says so. */
export interface KeyChanged {
  readonly receipt: Receipt;
  readonly keyId: KeyId;
}

/** Ends a key; what it signed stays good. @throws StoreError ARGUMENT_INVALID, NOT_FOUND, DIGEST_AMBIGUOUS, and what a commit throws */
export async function retireKey(ctx: Context, request: { readonly keyId: string }): Promise<KeyChanged> {
  const store = await ctx.store();
  const { keyId } = await findKey(store, request.keyId);
  return { receipt: await store.keys.retire({ author: ctx.author(), keyId }), keyId };
}
