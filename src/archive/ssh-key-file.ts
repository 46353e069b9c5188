import { createPrivateKey } from 'node:crypto';
import type { Identity } from 'age-encryption';
import { StoreError } from '../core/errors.ts';
import { parseBlob, sshIdentity } from './ssh-age.ts';
import { SshReader } from './ssh-reader.ts';

const MAGIC = 'openssh-key-v1\0';
const BLOCK = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END OPENSSH PRIVATE KEY-----/;

/** Returns true for the text of an SSH private key file. */
export function isSshKeyFile(text: string): boolean {
  return text.includes('-----BEGIN OPENSSH PRIVATE KEY-----');
}

/**
 * Reads an SSH private key file (PROTOCOL.key of OpenSSH) as an identity of age.
 *
 * @throws StoreError KEY_LOCKED for one with a passphrase, ARGUMENT_INVALID for other kinds of keys
 */
export function readSshKeyFile(text: string): Identity {
  const bytes = Buffer.from(BLOCK.exec(text)?.[1] ?? '', 'base64');
  let isLocked = false;
  let identity: Identity | undefined;
  try {
    const read = new SshReader(bytes);
    read.skip(MAGIC.length);
    isLocked = read.string().toString('latin1') !== 'none';
    read.string(); // the derivation of the key
    read.string(); // and its options
    read.skip(4); // how many keys: one
    const publicKey = parseBlob(read.string());
    const isOurs = bytes.toString('latin1', 0, MAGIC.length) === MAGIC && !isLocked;
    identity = isOurs && publicKey !== undefined ? identityOf(publicKey, read.string()) : undefined;
  } catch {
    identity = undefined; // cut or changed; the cause may quote the key
  }
  if (isLocked)
    throw new StoreError('KEY_LOCKED', 'the SSH key has a passphrase, and is not opened here', {
      hint: 'Make a copy without one for this: ssh-keygen -p -N "" -f COPY',
    });
  if (identity !== undefined) return identity;
  throw new StoreError('ARGUMENT_INVALID', 'this is not an SSH private key of the kinds ed25519 and rsa', {
    hint: 'Give the file that belongs to the recipient the backup was made for, or an age identity.',
  });
}

function identityOf(publicKey: NonNullable<ReturnType<typeof parseBlob>>, secret: Uint8Array): Identity | undefined {
  const read = new SshReader(secret);
  read.skip(8); // two equal numbers
  if (read.string().toString('latin1') !== publicKey.type) return undefined;
  if (publicKey.type === 'ssh-ed25519') {
    read.string(); // the public key again
    return sshIdentity(publicKey, Buffer.from(read.string().subarray(0, 32)));
  }
  const [n, e, d, qi, p, q] = Array.from({ length: 6 }, () => read.number());
  if (!n || !e || !d || !qi || !p || !q) return undefined;
  const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const rest = (of: Uint8Array) => {
    const hex = (number(d) % (number(of) - 1n)).toString(16);
    return text(Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'));
  };
  const key = {
    kty: 'RSA',
    n: text(n),
    e: text(e),
    d: text(d),
    p: text(p),
    q: text(q),
    dp: rest(p),
    dq: rest(q),
    qi: text(qi),
  };
  return sshIdentity(publicKey, createPrivateKey({ key, format: 'jwk' }));
}
