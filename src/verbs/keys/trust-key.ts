import type { Role } from '../../core/commit/statement.ts';
import { parsePublicKeyPem } from '../../keys/formats/pem.ts';
import type { Context } from '../shared/context.ts';
import type { KeyChanged } from './retire-key.ts';

/** A public key from another installation. */
export interface TrustKeyRequest {
  /** SPKI PEM; hostile until it is checked. */
  readonly publicKey: string;
  /** Signed into the history. */
  readonly label: string;
  /** `writer` unless given. */
  readonly role?: Role | undefined;
}

/** Adds the public key of another installation. @throws StoreError ARGUMENT_INVALID, and what a commit throws */
export async function trustKey(
  ctx: Context,
  { publicKey, label, role = 'writer' }: TrustKeyRequest,
): Promise<KeyChanged & { readonly role: Role }> {
  const spki = parsePublicKeyPem(publicKey);
  const store = await ctx.store();
  return { ...(await store.keys.trust({ author: ctx.author(), spki, label, role })), role };
}
