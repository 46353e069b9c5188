import { createPrivateKey } from 'node:crypto';
import { KEY_BYTES } from '../ed25519.ts';
import { decryptPkcs8, encryptPkcs8, parseEncryptedPkcs8 } from './pbes2.ts';
import { blockOf } from './pem-block.ts';

/** DER in front of the seed in an unencrypted PKCS#8 file (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

const PLAIN_HEAD = '-----BEGIN PRIVATE KEY-----\n';
const PLAIN_FOOT = '\n-----END PRIVATE KEY-----\n';
const PLAIN_BYTES = PLAIN_HEAD.length + 64 + PLAIN_FOOT.length;
const ENCRYPTED_HEAD = '-----BEGIN ENCRYPTED PRIVATE KEY-----\n';
const ENCRYPTED_FOOT = '\n-----END ENCRYPTED PRIVATE KEY-----\n';

/** An opened private key file: the seed, which the caller clears, or why there is none. */
export type OpenedKey = { readonly seed: Uint8Array } | { readonly fault: 'form' | 'passphrase' };

/** A seed as unencrypted PKCS#8 PEM, as `openssl pkey` reads it. Bytes, not text: a string could not be cleared. */
export function privateKeyPem(seed: Uint8Array): Buffer {
  const pem = Buffer.alloc(PLAIN_BYTES);
  pem.write(PLAIN_HEAD, 0, 'latin1');
  pem.write(PLAIN_FOOT, PLAIN_BYTES - PLAIN_FOOT.length, 'latin1');
  const der = pkcs8Of(seed);
  const digit = (bits: number) => ALPHABET[bits & 63] as number;
  for (let i = 0, at = PLAIN_HEAD.length; i < der.length; i += 3, at += 4) {
    const bits = ((der[i] as number) << 16) | ((der[i + 1] as number) << 8) | (der[i + 2] as number);
    pem.set([digit(bits >> 18), digit(bits >> 12), digit(bits >> 6), digit(bits)], at);
  }
  der.fill(0);
  return pem;
}

/** A seed as PKCS#8 PEM that a passphrase opens, as `openssl pkey` reads it. About 0.2 s of work in the thread pool. */
export async function encryptedPrivateKeyPem(seed: Uint8Array, passphrase: string): Promise<Buffer> {
  const der = pkcs8Of(seed);
  try {
    return armor(await encryptPkcs8(der, passphrase));
  } finally {
    der.fill(0);
  }
}

/** True for a PKCS#8 file that needs a passphrase. */
export function isEncryptedPem(file: Uint8Array): boolean {
  const pem = blockOf(file);
  try {
    return startsEncrypted(pem);
  } finally {
    pem.fill(0);
  }
}

/**
 * Opens a private key file. It must have the very form that this module and `openssl pkey` write: one block, Ed25519;
 * encrypted ones with PBES2, PBKDF2, HMAC-SHA-256 and AES-256-CBC. In front of it may be only what `openssl pkcs12` puts
 * there and a byte order mark, behind it only blank lines, and its lines may all end in any one of the ways of RFC 7468. A
 * wrong passphrase is distinguished from a damaged file only as far as the form goes.
 */
export async function openPrivateKey(file: Uint8Array, passphrase?: string): Promise<OpenedKey> {
  const pem = blockOf(file);
  try {
    return startsEncrypted(pem) ? await openEncrypted(pem, passphrase) : openPlain(pem);
  } finally {
    pem.fill(0);
  }
}

function startsEncrypted(pem: Uint8Array): boolean {
  return textAt(pem, 0, ENCRYPTED_HEAD.length) === ENCRYPTED_HEAD;
}

async function openEncrypted(pem: Uint8Array, passphrase: string | undefined): Promise<OpenedKey> {
  const base64 = textAt(pem, ENCRYPTED_HEAD.length, pem.length - ENCRYPTED_FOOT.length);
  const der = Buffer.from(base64, 'base64');
  const info = armor(der).equals(pem) ? parseEncryptedPkcs8(der) : undefined;
  if (info === undefined) return { fault: 'form' };
  const plain = passphrase === undefined ? undefined : await decryptPkcs8(info, passphrase);
  const seed = plain === undefined ? undefined : seedOf(plain);
  return seed === undefined ? { fault: 'passphrase' } : { seed };
}

function openPlain(file: Uint8Array): OpenedKey {
  const framed =
    file.length === PLAIN_BYTES &&
    textAt(file, 0, PLAIN_HEAD.length) === PLAIN_HEAD &&
    textAt(file, PLAIN_BYTES - PLAIN_FOOT.length, PLAIN_BYTES) === PLAIN_FOOT;
  if (!framed) return { fault: 'form' };
  try {
    const key = createPrivateKey({ key: Buffer.from(file.buffer, file.byteOffset, file.length), format: 'pem' });
    const seed = seedOf(key.export({ format: 'der', type: 'pkcs8' }));
    // OpenSSL reads other encodings of the same key too, such as one with another version.
    return seed !== undefined && isWrittenAs(seed, file) ? { seed } : { fault: 'form' };
  } catch {
    return { fault: 'form' }; // OpenSSL's own reason is left out: it may quote the input
  }
}

function isWrittenAs(seed: Uint8Array, file: Uint8Array): boolean {
  const written = privateKeyPem(seed);
  const same = written.equals(file);
  written.fill(0);
  return same;
}

/** The seed in a PrivateKeyInfo, which is cleared. */
function seedOf(der: Uint8Array): Uint8Array | undefined {
  const ours =
    der.length === PKCS8_PREFIX.length + KEY_BYTES && PKCS8_PREFIX.equals(der.subarray(0, PKCS8_PREFIX.length));
  const seed = ours ? Uint8Array.from(der.subarray(PKCS8_PREFIX.length)) : undefined;
  der.fill(0);
  return seed;
}

/** A seed as unencrypted PKCS#8 DER, which the caller clears. */
export function pkcs8Of(seed: Uint8Array): Buffer {
  return Buffer.concat([PKCS8_PREFIX, seed]);
}

function armor(der: Uint8Array): Buffer {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(`${ENCRYPTED_HEAD}${lines.join('\n')}${ENCRYPTED_FOOT}`);
}

function textAt(file: Uint8Array, start: number, end: number): string {
  return Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1', start, end);
}
