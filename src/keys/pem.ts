import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { StoreError } from '../errors.ts';
import { KEY_BYTES, rawPublicKey } from './ed25519.ts';

/** DER in front of the seed in an unencrypted PKCS#8 file (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An SPKI as PEM (RFC 7468), as `openssl pkey -pubin` reads it. */
export function publicKeyPem(spki: Uint8Array): string {
  return pem('PUBLIC KEY', spki);
}

/** A seed as unencrypted PKCS#8 PEM, as `openssl pkey` reads it. */
export function privateKeyPem(seed: Uint8Array): string {
  return pem('PRIVATE KEY', Buffer.concat([PKCS8_PREFIX, seed]));
}

/**
 * The SPKI (DER) in a public key file.
 *
 * @throws StoreError ARGUMENT_INVALID when it is no Ed25519 public key.
 */
export function parsePublicKeyPem(text: string): Uint8Array {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: text, format: 'pem' });
  } catch (error) {
    throw new StoreError('ARGUMENT_INVALID', 'this is not a public key in PEM form', {
      hint: 'Give the file that "config-store keys show --public" or "openssl pkey -pubout" prints.',
      cause: error,
    });
  }
  const spki = key.export({ format: 'der', type: 'spki' });
  rawPublicKey(spki);
  return spki;
}

/** True for a PKCS#8 file that needs a passphrase. */
export function isEncryptedPem(text: string): boolean {
  return text.includes('-----BEGIN ENCRYPTED PRIVATE KEY-----');
}

/**
 * The seed in a private key file; the caller clears it. Undefined when the passphrase is wrong or the file is damaged:
 * the two cannot be told apart, and OpenSSL's own message may quote the input.
 */
export function parsePrivateKeyPem(text: string, passphrase?: string): Uint8Array | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return undefined; // the reason is left out on purpose, see above
  }
  if (key.asymmetricKeyType !== 'ed25519') return undefined;
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const seed = Uint8Array.from(der.subarray(der.length - KEY_BYTES));
  der.fill(0);
  return seed;
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
