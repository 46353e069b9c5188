import { createPublicKey, type KeyObject, verify as opensslVerify, randomBytes } from 'node:crypto';
import { type Hex, sha256Hex } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';

/** DER in front of the 32 bytes of an Ed25519 public key in SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** Bytes of a seed, and of an encoded point (RFC 8032, 5.1.5). */
export const KEY_BYTES = 32;

/** Signs by @noble/ed25519. The first call of a process builds its tables (about 30 ms). */
export interface NobleSigner {
  sign(seed: Uint8Array, message: Uint8Array): Uint8Array;
  /** Builds the tables ahead of the first signature. */
  warm(): void;
}

let signer: Promise<NobleSigner> | undefined;

/** Loads @noble/ed25519 with @noble/hashes as its SHA-512, once, when the first signature is near. */
export function loadSigner(): Promise<NobleSigner> {
  signer ??= (async () => {
    const [ed, { sha512 }] = await Promise.all([import('@noble/ed25519'), import('@noble/hashes/sha2.js')]);
    ed.hashes.sha512 = sha512;
    return {
      sign: (seed, message) => ed.sign(message, seed),
      warm: () => {
        ed.Point.BASE.multiply(3n);
      },
    };
  })();
  return signer;
}

/** A fresh seed from the system's randomness. */
export function newSeed(): Uint8Array {
  return randomBytes(KEY_BYTES);
}

/** SubjectPublicKeyInfo (DER) of an encoded public key. */
export function spkiOf(publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([SPKI_PREFIX, publicKey]);
}

/** The key id: SHA-256 of the SPKI DER. */
export function keyIdOf(spki: Uint8Array): Hex {
  return sha256Hex(spki);
}

/**
 * The 32 bytes of the public key in an SPKI; only the one DER form of Ed25519 is taken.
 *
 * @throws StoreError ARGUMENT_INVALID
 */
export function rawPublicKey(spki: Uint8Array): Uint8Array {
  const ours =
    spki.length === SPKI_PREFIX.length + KEY_BYTES && SPKI_PREFIX.equals(spki.subarray(0, SPKI_PREFIX.length));
  if (!ours) throw refusedKey('it is not an Ed25519 public key in SubjectPublicKeyInfo form');
  return spki.subarray(SPKI_PREFIX.length);
}

/** The public key as node:crypto takes it. */
export function publicKeyObject(spki: Uint8Array): KeyObject {
  rawPublicKey(spki);
  return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
}

/**
 * Decides whether a public key may enter the keyring: its encoding must be canonical and its point of prime order, neither
 * small nor mixed (RFC 8032, 5.1.3; noble decides). Anything else would let one signature verify here and not there.
 *
 * @throws StoreError ARGUMENT_INVALID saying what is wrong with the key.
 */
export async function admitPublicKey(spki: Uint8Array): Promise<void> {
  const raw = rawPublicKey(spki);
  const { Point } = await import('@noble/ed25519');
  let point: InstanceType<typeof Point>;
  try {
    point = Point.fromBytes(raw, false);
  } catch (cause) {
    throw refusedKey('its bytes are not the canonical encoding of a point on the curve', cause);
  }
  if (point.isSmallOrder()) throw refusedKey('its point is of small order');
  if (!point.isTorsionFree()) throw refusedKey('its point is of mixed order');
}

/** Verifies with OpenSSL: what we accept, a stranger's openssl accepts (RFC 8032, 5.1.7). About 0.1 ms. */
export function verifySignature(key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  return opensslVerify(null, message, key, signature);
}

/** As `verifySignature`, in the thread pool. */
export function verifyInPool(key: KeyObject, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return new Promise((resolve, reject) => {
    opensslVerify(null, message, key, signature, (error, valid) => (error === null ? resolve(valid) : reject(error)));
  });
}

/** Where a signature is verified: here, or in the thread pool, which takes longer for one and no time of this thread. */
export type VerifiedWhere = 'here' | 'pool';

/** As `verifySignature`, where it is said. */
export async function verifyWhere(
  where: VerifiedWhere,
  ...signed: Parameters<typeof verifySignature>
): Promise<boolean> {
  return where === 'here' ? verifySignature(...signed) : verifyInPool(...signed);
}

function refusedKey(why: string, cause?: unknown): StoreError {
  return new StoreError('ARGUMENT_INVALID', `this public key is refused: ${why}`, {
    hint: 'Ask for a key made by this program, OpenSSL or ssh-keygen; a sound one never fails this.',
    cause,
  });
}
