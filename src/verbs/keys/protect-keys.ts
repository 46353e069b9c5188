import type { KeyId } from '../../core/digest.ts';
import type { Passphrase } from '../../keys/folder/key-files.ts';
import type { Context } from '../shared/context.ts';

/** Encrypts the private key files here that are not. @returns the ids of their keys @throws StoreError ARGUMENT_INVALID for an empty passphrase, KEY_PERMISSIONS */
export function encryptKeys(ctx: Context, request: { readonly passphrase: string }): Promise<KeyId[]> {
  return rewrite(ctx, false, undefined, request.passphrase);
}

/** Decrypts the private key files here that are encrypted. @returns the ids of their keys @throws StoreError KEY_LOCKED, KEY_PERMISSIONS */
export function decryptKeys(ctx: Context, request: { readonly passphrase: Passphrase | undefined }): Promise<KeyId[]> {
  return rewrite(ctx, true, request.passphrase, undefined);
}

/** Rewrites the files that are encrypted (or not), each whole at every moment. */
async function rewrite(
  { store, telemetry }: Context,
  encrypted: boolean,
  opens: Passphrase | undefined,
  wanted: string | undefined,
): Promise<KeyId[]> {
  const { files } = (await store()).keys;
  const changed: KeyId[] = [];
  for (const keyId of files.privateKeyIds()) {
    if (files.isEncrypted(keyId) !== encrypted) continue;
    await files.rewritePrivate(keyId, opens, wanted);
    changed.push(keyId);
    telemetry.events.keyProtected({ keyId, encrypted: !encrypted });
  }
  return changed;
}
