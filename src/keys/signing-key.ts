import { createPrivateKey, createPublicKey, type KeyObject, sign as opensslSign } from 'node:crypto';
import type { KeyId } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import { keyIdOf, loadSigner, type VerifiedWhere, verifyWhere } from './ed25519.ts';
import { pkcs8Of } from './formats/private-key-pem.ts';

/** A private key that is loaded and may sign. It has no property that holds the seed, so nothing can print it. */
export interface SigningKey {
  readonly keyId: KeyId;
  /** SubjectPublicKeyInfo, base64 of the DER, as the log's `add` entry has it. */
  readonly spki: string;
  /** Pure Ed25519 (RFC 8032) by @noble/ed25519; about 0.4 ms. */
  sign(message: Uint8Array): Uint8Array;
  /** Settles when OpenSSL has verified the signature. @throws StoreError INTERNAL when the two implementations disagree */
  check(message: Uint8Array, signature: Uint8Array, where?: VerifiedWhere): Promise<void>;
  /** As `check` of what `sign` makes, by OpenSSL alone: without noble's tables, which take longer than all else of a health check. */
  probe(message: Uint8Array): Promise<void>;
}

/** Makes the signing key of a seed (32 bytes, copied into a closure). OpenSSL says what its public key is. */
export async function signingKeyOf(seed: Uint8Array): Promise<SigningKey> {
  const noble = await loadSigner();
  const secret = Uint8Array.from(seed);
  const privateKey = privateKeyObject(secret);
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const check: SigningKey['check'] = async (message, signature, where = 'pool') => {
    if (await verifyWhere(where, publicKey, message, signature)) return;
    throw new StoreError(
      'INTERNAL',
      'two implementations of Ed25519 disagree about a new signature, so it was not published',
      {
        hint: 'Nothing was committed. If it repeats, suspect the memory of this machine.',
        advice: [{ do: 'check-health' }],
      },
    );
  };
  return {
    keyId: keyIdOf(spki),
    spki: spki.toString('base64'),
    sign: (message) => noble.sign(secret, message),
    check,
    probe: (message) => check(message, opensslSign(null, message, privateKey)),
  };
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  const der = pkcs8Of(seed);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}
