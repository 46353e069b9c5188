import { rawPublicKey } from '../ed25519.ts';
import { parsePublicKeyPem } from './pem.ts';

/** The name of the algorithm in OpenSSH (RFC 8709, section 4). */
const ALGORITHM = 'ssh-ed25519';

/** The key blob of a public key as SSH writes it: algorithm and key, each with its length (RFC 8709, section 4; RFC 4251, 5). */
export function sshBlob(spki: Uint8Array): Uint8Array {
  return Buffer.concat([sshString(Buffer.from(ALGORITHM)), sshString(rawPublicKey(spki))]);
}

/** A length of four bytes, and the bytes (RFC 4251, section 5). */
export function sshString(bytes: Uint8Array): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** One line of an authorized_keys or allowed_signers file, without the principal. */
export function openSshLine(pem: string, comment: string): string {
  return `${ALGORITHM} ${Buffer.from(sshBlob(parsePublicKeyPem(pem))).toString('base64')} ${comment.replace(/[\s\p{C}]+/gu, ' ')}`.trimEnd();
}
