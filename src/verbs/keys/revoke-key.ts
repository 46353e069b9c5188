import type { Context } from '../shared/context.ts';
import { findKey } from './find-key.ts';
import type { KeyChanged } from './retire-key.ts';

/** Which key, and from where on what it signed is void. */
export interface RevokeKeyRequest {
  readonly keyId: string;
  /** The first commit that is void; everything after the commit that added the key by default. */
  readonly fromIndex?: number | undefined;
  /** Signed into the history. */
  readonly reason?: string | undefined;
}

/** Voids what a key signed. @throws StoreError ARGUMENT_INVALID, NOT_FOUND, DIGEST_AMBIGUOUS, and what a commit throws */
export async function revokeKey(
  ctx: Context,
  { keyId: given, fromIndex, reason = '' }: RevokeKeyRequest,
): Promise<KeyChanged> {
  const store = await ctx.store();
  const { keyId } = await findKey(store, given);
  return { receipt: await store.keys.revoke({ author: ctx.author(), keyId, fromIndex, reason }), keyId };
}
