import { createCipheriv, createDecipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** PBKDF2 rounds of what is written: OWASP's figure for HMAC-SHA-256 (2023); about 0.2 s, in the thread pool. */
const ROUNDS = 600_000;
/** The most rounds of what is read: a file from elsewhere must not keep this process busy for minutes. */
const MAX_ROUNDS = 5_000_000;

const CIPHER = 'aes-256-cbc';
const AES_KEY_BYTES = 32;
const BLOCK_BYTES = 16;

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
/** With tag and length: the OIDs of PBES2 and PBKDF2 (RFC 8018, A.4 and A.2), HMAC-SHA-256 with its NULL, AES-256-CBC. */
const PBES2 = Buffer.from('06092a864886f70d01050d', 'hex');
const PBKDF2 = Buffer.from('06092a864886f70d01050c', 'hex');
const HMAC_SHA256 = Buffer.from('300c06082a864886f70d02090500', 'hex');
const AES_256_CBC = Buffer.from('060960864801650304012a', 'hex');

/** Fields of an EncryptedPrivateKeyInfo (RFC 5958, section 3), in the one form that is read and written here. */
export interface EncryptedPkcs8 {
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/**
 * Encrypts a PKCS#8 structure with PBES2: PBKDF2 with HMAC-SHA-256, AES-256-CBC; what `openssl pkey` opens, LibreSSL's
 * too. node:crypto's own export takes 2,048 rounds only.
 *
 * @param pkcs8 DER of the PrivateKeyInfo; the caller clears it
 * @returns DER of the EncryptedPrivateKeyInfo
 */
export async function encryptPkcs8(pkcs8: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const salt = randomBytes(BLOCK_BYTES);
  const iv = randomBytes(BLOCK_BYTES);
  const key = await deriveKey(passphrase, salt, ROUNDS);
  try {
    const cipher = createCipheriv(CIPHER, key, iv);
    return encode({ salt, rounds: ROUNDS, iv, ciphertext: Buffer.concat([cipher.update(pkcs8), cipher.final()]) });
  } finally {
    key.fill(0);
  }
}

/** The plain DER, which the caller clears; undefined when the passphrase is not the right one. */
export async function decryptPkcs8(encrypted: EncryptedPkcs8, passphrase: string): Promise<Uint8Array | undefined> {
  const key = await deriveKey(passphrase, encrypted.salt, encrypted.rounds);
  const decipher = createDecipheriv(CIPHER, key, encrypted.iv);
  const parts: Buffer[] = [];
  try {
    parts.push(decipher.update(encrypted.ciphertext));
    parts.push(decipher.final());
    return Buffer.concat(parts);
  } catch {
    return undefined; // the padding is wrong, and so is the passphrase
  } finally {
    for (const secret of [key, ...parts]) secret.fill(0);
  }
}

/** Reads the one form of an EncryptedPrivateKeyInfo; undefined for any other, and for one with too many rounds. */
export function parseEncryptedPkcs8(der: Uint8Array): EncryptedPkcs8 | undefined {
  // The fields that vary are looked for where they stand in the one form; encoding them again proves that it is that form.
  const salt = field(der, after(der, PBKDF2, 2), OCTET_STRING);
  const rounds = field(der, salt?.end, INTEGER);
  const iv = field(der, after(der, AES_256_CBC, 0), OCTET_STRING);
  const ciphertext = field(der, iv?.end, OCTET_STRING);
  if (salt === undefined || rounds === undefined || iv === undefined || ciphertext === undefined) return undefined;
  if (rounds.value.length > 4 || iv.value.length !== BLOCK_BYTES) return undefined;
  const encrypted: EncryptedPkcs8 = {
    salt: salt.value,
    rounds: Number.parseInt(Buffer.from(rounds.value).toString('hex'), 16),
    iv: iv.value,
    ciphertext: ciphertext.value,
  };
  if (encrypted.rounds < 1 || encrypted.rounds > MAX_ROUNDS) return undefined;
  return Buffer.from(der).equals(encode(encrypted)) ? encrypted : undefined;
}

function encode({ salt, rounds, iv, ciphertext }: EncryptedPkcs8): Uint8Array {
  const derivation = element(SEQUENCE, element(OCTET_STRING, salt), element(INTEGER, positive(rounds)), HMAC_SHA256);
  const scheme = element(SEQUENCE, AES_256_CBC, element(OCTET_STRING, iv));
  const parameters = element(SEQUENCE, element(SEQUENCE, PBKDF2, derivation), scheme);
  return element(SEQUENCE, element(SEQUENCE, PBES2, parameters), element(OCTET_STRING, ciphertext));
}

/** The content of a positive INTEGER; a leading zero keeps the top bit from reading as a sign. */
function positive(value: number): Uint8Array {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

/** One DER element with a definite, shortest length (X.690, 10.1); everything here is shorter than 256 bytes. */
function element(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function after(bytes: Uint8Array, marker: Uint8Array, skip: number): number | undefined {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(marker);
  return at === -1 ? undefined : at + marker.length + skip;
}

function field(bytes: Uint8Array, at: number | undefined, tag: number): { value: Uint8Array; end: number } | undefined {
  if (at === undefined || bytes[at] !== tag) return undefined;
  const length = bytes[at + 1] ?? 0;
  const end = at + 2 + length;
  return length === 0 || length >= 0x80 || end > bytes.length ? undefined : { value: bytes.subarray(at + 2, end), end };
}

function deriveKey(passphrase: string, salt: Uint8Array, rounds: number): Promise<Buffer> {
  return promisify(pbkdf2)(Buffer.from(passphrase, 'utf8'), salt, rounds, AES_KEY_BYTES, 'sha256');
}
