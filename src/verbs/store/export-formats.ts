import { parseEnvelope } from '../../core/commit/envelope.ts';
import { openSshLine } from '../../keys/formats/openssh.ts';
import { sshSignature } from '../../keys/formats/sshsig.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import type { ExportedVersion } from '../../store/api/reader.ts';

/** Media type of a Sigstore bundle, the newest form. */
const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** The namespace of our SSH signatures: a verifier refuses one that was made for something else. */
export const SSH_NAMESPACE = 'config-store';

/** A Sigstore bundle: the commit's own envelope, with the key id as the hint of a key the verifier has already. */
export function sigstoreFiles({ read, envelope, publicKeyPem }: ExportedVersion): Record<string, Uint8Array | string> {
  const bundle = {
    mediaType: BUNDLE_TYPE,
    verificationMaterial: { publicKey: { hint: read.row.keyId }, tlogEntries: [] },
    dsseEnvelope: JSON.parse(Buffer.from(envelope).toString('utf8')) as unknown,
  };
  return {
    artifact: read.bytes,
    'bundle.sigstore.json': `${JSON.stringify(bundle)}\n`,
    'key.pub.pem': publicKeyPem,
    'README.txt': `${heading(read)}
bundle.sigstore.json is the signed commit as a Sigstore bundle (DSSE, in-toto Statement v1), signed with a key of
our own: there is no certificate and no transparency log in it. Give a Sigstore verifier key.pub.pem as the key
${read.row.keyId}
and a threshold of 0 for transparency logs and timestamps. The statement's subject must be the SHA-256 of artifact:
${read.row.digest}
`,
  };
}

/**
 * An SSH signature over the statement, made now: an SSH signature covers a preamble of its own, so the one in the log
 * cannot be turned into it.
 *
 * @param key the key that signed the commit
 */
export async function sshFiles(
  { read, envelope, publicKeyPem }: ExportedVersion,
  key: SigningKey,
): Promise<Record<string, Uint8Array | string>> {
  const { payload } = parseEnvelope(envelope);
  const { keyId, digest } = read.row;
  return {
    artifact: read.bytes,
    'statement.json': payload,
    'statement.json.sig': sshSignature(key, SSH_NAMESPACE, payload),
    allowed_signers: `${keyId} namespaces="${SSH_NAMESPACE}" ${openSshLine(publicKeyPem, '')}\n`,
    'README.txt': `${heading(read)}
Check it with ssh-keygen (OpenSSH 8.1 or newer) and sha256sum, in this folder. Every line must succeed.

ssh-keygen -Y verify -f allowed_signers -I ${keyId} -n ${SSH_NAMESPACE} -s statement.json.sig < statement.json
echo '${digest}  artifact' | sha256sum -c
grep -cF ${digest} statement.json

The SSH signature was made at the time of this export, by the key that signed the commit. The commit's own signature
is in the log; an export in the format openssl has it. allowed_signers is only worth something when you
got it, or its key, by other means than this folder.
`,
  };
}

function heading({ row }: ExportedVersion['read']): string {
  return `${row.name}, version ${row.version}, commit ${row.index} of the log\n${row.time}\n`;
}
