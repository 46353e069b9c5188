import type { KeyId } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Context } from '../shared/context.ts';

/** The key that signs from now on, and the one it takes the place of. */
export interface RotateKeyResult {
  readonly receipt: Receipt;
  readonly keyId: KeyId;
  readonly retired: KeyId;
}

/**
 * Signs with a new owner key from now on; one commit, signed by the old key, adds the new one and retires the old.
 *
 * @throws StoreError what a commit throws
 */
export async function rotateKey(
  ctx: Context,
  request: { readonly label?: string | undefined },
): Promise<RotateKeyResult> {
  const store = await ctx.store();
  const label = request.label ?? `key of ${new Date().toISOString().slice(0, 10)}`;
  return store.keys.rotate({ author: ctx.author(), label });
}
