import { createPrivateKey, createPublicKey, type KeyObject, sign as opensslSign } from 'node:crypto';
import type { KeyId } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import { keyIdOf, loadSigner, verifySignature } from './ed25519.ts';
import { pkcs8Of } from './formats/private-key-pem.ts';

/** A signature that one implementation has made, and that the other has to make as well. */
export interface BegunSignature {
  readonly bytes: Uint8Array;
  /** Signs the same by @noble/ed25519. @throws StoreError INTERNAL when the two are not equal, byte for byte */
  readonly confirm: () => void;
}

/** A private key that is loaded and may sign. It has no property that holds the seed, so nothing can print it. */
export interface SigningKey {
  readonly keyId: KeyId;
  /** SubjectPublicKeyInfo, base64 of the DER, as the log's `add` entry has it. */
  readonly spki: string;
  /**
   * Pure Ed25519 (RFC 8032) by @noble/ed25519, about 0.3 ms; OpenSSL, independent of it, signs the same. One key gives one
   * signature of a message, so the two have to be equal, byte for byte.
   *
   * @throws StoreError INTERNAL when they are not
   */
  sign(message: Uint8Array): Uint8Array;
  /**
   * Signs by OpenSSL, twice, in about 50 µs: two different signatures of one message give the key away, so one that came of a
   * passing fault does not leave this process. What is made of it may be on its way, but is not published before `confirm`.
   *
   * @throws StoreError INTERNAL when the two are not equal
   */
  begin(message: Uint8Array): BegunSignature;
  /**
   * Signs and verifies by OpenSSL alone: without noble's tables, which take longer than all else of a health check.
   *
   * @throws StoreError INTERNAL when it does not verify what it signed
   */
  probe(message: Uint8Array): void;
}

/** Makes the signing key of a seed (32 bytes, copied into a closure). OpenSSL says what its public key is. */
export async function signingKeyOf(seed: Uint8Array): Promise<SigningKey> {
  const noble = await loadSigner();
  const secret = Uint8Array.from(seed);
  const privateKey = privateKeyObject(secret);
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const begin = (message: Uint8Array): BegunSignature => {
    const bytes = opensslSign(null, message, privateKey);
    if (!opensslSign(null, message, privateKey).equals(bytes)) throw disagreement();
    return {
      bytes,
      confirm: () => {
        if (!bytes.equals(noble.sign(secret, message))) throw disagreement();
      },
    };
  };
  return {
    keyId: keyIdOf(spki),
    spki: spki.toString('base64'),
    begin,
    sign: (message) => {
      const { bytes, confirm } = begin(message);
      confirm();
      return bytes;
    },
    probe: (message) => {
      if (!verifySignature(publicKey, message, opensslSign(null, message, privateKey))) throw disagreement();
    },
  };
}

function disagreement(): StoreError {
  return new StoreError(
    'INTERNAL',
    'two implementations of Ed25519 disagree about a new signature, so it was not published',
    {
      hint: 'Nothing was committed. If it repeats, suspect the memory of this machine.',
      advice: [{ do: 'check-health' }],
    },
  );
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  const der = pkcs8Of(seed);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}
