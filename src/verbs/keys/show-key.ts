import { openSshLine } from '../../keys/formats/openssh.ts';
import type { Context } from '../shared/context.ts';
import { detailsOf, findKey, type KeyDetails } from './find-key.ts';

/** One key, with its public half. */
export interface ShowKeyResult {
  readonly key: KeyDetails;
  /** SPKI PEM. */
  readonly publicKey: string;
  /** One line as OpenSSH writes it. */
  readonly openSsh: string;
}

/** Shows one key of the store. @throws StoreError ARGUMENT_INVALID, NOT_FOUND, DIGEST_AMBIGUOUS, KEY_PERMISSIONS */
export async function showKey(ctx: Context, request: { readonly keyId: string }): Promise<ShowKeyResult> {
  const store = await ctx.store();
  const key = await findKey(store, request.keyId);
  const publicKey = await store.keys.publicKeyPem(key.keyId);
  return { key: detailsOf(store, key), publicKey, openSsh: openSshLine(publicKey, key.label) };
}
