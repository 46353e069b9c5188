import type { KeyId } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import { keyIdOf, loadSigner, publicKeyObject, spkiOf, type VerifiedWhere, verifyWhere } from './ed25519.ts';

/** A private key that is loaded and may sign. It has no property that holds the seed, so nothing can print it. */
export interface SigningKey {
  readonly keyId: KeyId;
  /** SubjectPublicKeyInfo, base64 of the DER, as the log's `add` entry has it. */
  readonly spki: string;
  /** Pure Ed25519 (RFC 8032) by @noble/ed25519; about 0.4 ms. */
  sign(message: Uint8Array): Uint8Array;
  /** Settles when OpenSSL has verified the signature. @throws StoreError INTERNAL when the two implementations disagree */
  check(message: Uint8Array, signature: Uint8Array, where?: VerifiedWhere): Promise<void>;
}

/** Makes the signing key of a seed (32 bytes, copied into a closure). */
export async function signingKeyOf(seed: Uint8Array): Promise<SigningKey> {
  const noble = await loadSigner();
  const secret = Uint8Array.from(seed);
  const spki = spkiOf(noble.publicKey(secret));
  const publicKey = publicKeyObject(spki);
  return {
    keyId: keyIdOf(spki),
    spki: Buffer.from(spki).toString('base64'),
    sign: (message) => noble.sign(secret, message),
    check: async (message, signature, where = 'pool') => {
      if (await verifyWhere(where, publicKey, message, signature)) return;
      throw new StoreError(
        'INTERNAL',
        'two implementations of Ed25519 disagree about a new signature, so it was not published',
        {
          hint: 'Nothing was committed. If it repeats, suspect the memory of this machine.',
          advice: [{ do: 'check-health' }],
        },
      );
    },
  };
}
