import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { etc, Point } from '@noble/ed25519';
import { type Identity, type Recipient, Stanza } from 'age-encryption';
import { SshReader } from './ssh-reader.ts';

/** Labels that age's SSH recipients are bound to (filippo.io/age/agessh). */
const ED25519 = { type: 'ssh-ed25519', label: 'age-encryption.org/v1/ssh-ed25519' } as const;
const RSA = { type: 'ssh-rsa', label: 'age-encryption.org/v1/ssh-rsa' } as const;
/** Below this RSA is refused, as age does; bits. */
const MIN_RSA_BITS = 2_048;
/** DER in front of the 32 bytes of an X25519 key (RFC 8410). */
const X25519_SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const X25519_PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const NONCE = Buffer.alloc(12);
const TAG_BYTES = 16;

/** A public key as SSH writes it: the blob, and the key. */
interface SshPublicKey {
  readonly blob: Uint8Array;
  /** The 32 bytes of an Ed25519 key, or an RSA key. */
  readonly key: Uint8Array | KeyObject;
}

/** Returns the recipient that a line of `authorized_keys` means, as `age -r` does; undefined when it is none. */
export function sshRecipient(line: string): Recipient | undefined {
  const [type, base64 = ''] = line.trim().split(/\s+/, 2);
  const parsed = parseBlob(Buffer.from(base64, 'base64'));
  if (parsed === undefined || parsed.type !== type || Buffer.from(parsed.blob).toString('base64') !== base64)
    return undefined;
  return { wrapFileKey: (fileKey) => [wrap(parsed, fileKey)] };
}

/** Returns the identity of an SSH private key, as `age -i` does. */
export function sshIdentity({ blob, key }: SshPublicKey, secret: KeyObject | Uint8Array): Identity {
  return {
    unwrapFileKey: (stanzas) => {
      for (const { args, body } of stanzas) {
        const [type, tag, share = ''] = args;
        if (tag !== tagOf(blob)) continue;
        if (type === RSA.type && !(secret instanceof Uint8Array))
          return new Uint8Array(privateDecrypt({ ...oaep(), key: secret }, body));
        if (type === ED25519.type && secret instanceof Uint8Array && key instanceof Uint8Array)
          return unwrapEd25519({ blob, key }, secret, Buffer.from(share, 'base64'), body);
      }
      return null;
    },
  };
}

/** Reads a public key blob (RFC 4253, 6.6; RFC 8709, 4); undefined for other kinds, and for one that is damaged. */
export function parseBlob(blob: Uint8Array): (SshPublicKey & { readonly type: string }) | undefined {
  try {
    const read = new SshReader(blob);
    const type = read.string().toString('latin1');
    if (type === ED25519.type) {
      const key = read.string();
      const isSound = key.length === 32 && read.isDone && !Point.fromBytes(key).isSmallOrder();
      return isSound ? { type, blob, key } : undefined;
    }
    if (type !== RSA.type) return undefined;
    const [e, n] = [read.number().toString('base64url'), read.number().toString('base64url')];
    const key = createPublicKey({ key: { kty: 'RSA', e, n }, format: 'jwk' });
    return read.isDone && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS
      ? { type, blob, key }
      : undefined;
  } catch {
    return undefined; // no point of the curve, cut, or no RSA key
  }
}

function wrap({ type, blob, key }: SshPublicKey & { readonly type: string }, fileKey: Uint8Array): Stanza {
  if (!(key instanceof Uint8Array))
    return new Stanza([type, tagOf(blob)], new Uint8Array(publicEncrypt({ ...oaep(), key }, fileKey)));
  const their = montgomery(key);
  const ephemeral = generateKeyPairSync('x25519');
  const our = ephemeral.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const secret = tweaked(blob, x25519(ephemeral.privateKey, their));
  const cipher = createCipheriv('chacha20-poly1305', wrappingKey(secret, our, their), NONCE, {
    authTagLength: TAG_BYTES,
  });
  const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  return new Stanza([type, tagOf(blob), withoutPadding(our)], body);
}

function unwrapEd25519(
  { blob, key }: { readonly blob: Uint8Array; readonly key: Uint8Array },
  seed: Uint8Array,
  share: Uint8Array,
  body: Uint8Array,
): Uint8Array | null {
  const scalar = createHash('sha512').update(seed).digest().subarray(0, 32);
  const our = montgomery(key);
  const secret = tweaked(blob, x25519(privateOf(scalar), share));
  const sealed = body.length - TAG_BYTES;
  try {
    const cipher = createDecipheriv('chacha20-poly1305', wrappingKey(secret, share, our), NONCE, {
      authTagLength: TAG_BYTES,
    });
    cipher.setAuthTag(body.subarray(sealed));
    return new Uint8Array(Buffer.concat([cipher.update(body.subarray(0, sealed)), cipher.final()]));
  } catch {
    return null; // another key with the same tag, or a changed file: the next identity may fit
  }
}

/** Binds the shared secret to the SSH key, so that it serves nothing else. */
function tweaked(blob: Uint8Array, secret: Uint8Array): Uint8Array {
  const tweak = new Uint8Array(hkdfSync('sha256', new Uint8Array(), blob, ED25519.label, 32));
  return x25519(privateOf(tweak), secret);
}

function wrappingKey(secret: Uint8Array, share: Uint8Array, recipient: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, Buffer.concat([share, recipient]), ED25519.label, 32));
}

/** Returns the X25519 key of an Ed25519 key: u = (1 + y) / (1 - y). */
function montgomery(key: Uint8Array): Uint8Array {
  const { y } = Point.fromBytes(key).toAffine();
  const { p } = Point.CURVE();
  const u = ((1n + y) * etc.invert(1n - y, p)) % p;
  return Buffer.from(u.toString(16).padStart(64, '0'), 'hex').reverse();
}

function x25519(privateKey: KeyObject, publicKey: Uint8Array): Uint8Array {
  const key = createPublicKey({ key: Buffer.concat([X25519_SPKI, publicKey]), format: 'der', type: 'spki' });
  return diffieHellman({ privateKey, publicKey: key });
}

function privateOf(scalar: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([X25519_PKCS8, scalar]), format: 'der', type: 'pkcs8' });
}

function oaep() {
  return { oaepHash: 'sha256', oaepLabel: Buffer.from(RSA.label) };
}

function tagOf(blob: Uint8Array): string {
  return withoutPadding(createHash('sha256').update(blob).digest().subarray(0, 4));
}

function withoutPadding(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replace(/=+$/, '');
}
