import { createHash } from 'node:crypto';
import type { SigningKey } from '../signing-key.ts';
import { sshBlob, sshString } from './openssh.ts';

const MAGIC = Buffer.from('SSHSIG');
const HASH = 'sha512';
/** Base64 characters on a line, as ssh-keygen writes them. */
const LINE_CHARS = 70;

/**
 * A signature as `ssh-keygen -Y sign` makes it (OpenSSH PROTOCOL.sshsig, version 1). What is signed begins with `SSHSIG`,
 * so it can never pass for the DSSE signature of a commit, which begins with `DSSEv1`; it has to be made for this.
 *
 * @returns the armored file
 * @throws StoreError INTERNAL when OpenSSL does not agree with the new signature
 */
export function sshSignature(key: SigningKey, namespace: string, message: Uint8Array): string {
  const text = (value: string) => sshString(Buffer.from(value));
  const digest = createHash(HASH).update(message).digest();
  const signed = Buffer.concat([MAGIC, text(namespace), text(''), text(HASH), sshString(digest)]);
  const signature = key.sign(signed);
  const version = Buffer.from([0, 0, 0, 1]);
  const publicKey = sshBlob(Buffer.from(key.spki, 'base64'));
  const blob = Buffer.concat([text('ssh-ed25519'), sshString(signature)]);
  const file = [MAGIC, version, sshString(publicKey), text(namespace), text(''), text(HASH), sshString(blob)];
  const lines =
    Buffer.concat(file)
      .toString('base64')
      .match(new RegExp(`.{1,${LINE_CHARS}}`, 'g')) ?? [];
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`;
}
