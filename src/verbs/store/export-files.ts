import { PAYLOAD_TYPE, parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { signedChange, subjectOf } from '../../core/commit/statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json/canonical-json.ts';
import type { ExportedVersion } from '../../store/api/reader.ts';

/** The files of an export, by name. */
export function evidenceFiles(exported: ExportedVersion): {
  artifact: Uint8Array;
  'envelope.json': Uint8Array;
  'key.pub.pem': string;
  'README.txt': string;
} {
  return {
    artifact: exported.read.bytes,
    'envelope.json': exported.envelope,
    'key.pub.pem': exported.publicKeyPem,
    'README.txt': readme(exported),
  };
}

/**
 * The commands that check an export with openssl and sha256sum alone; each line fails by itself when something is wrong.
 * They take the envelope apart by its quotes, which works because the store writes it in one form only.
 *
 * @returns nine shell lines
 */
export function checkCommands({ read: { row }, envelope }: Pick<ExportedVersion, 'read' | 'envelope'>): string[] {
  const { changes } = parsePayload(parseEnvelope(envelope).payload);
  const change = changes.find((one) => 'name' in one && one.name === row.name && one.version === row.version);
  if (change === undefined) {
    throw new StoreError('CORRUPT', `commit ${row.index} does not change ${row.name}@${row.version}`, {
      hint: 'The export would not say what it should.',
      advice: [{ do: 'verify' }],
    });
  }
  const named = canonicalJson(subjectOf(change));
  return [
    `cut -d'"' -f4 envelope.json | openssl base64 -d -A > statement.json`,
    `cut -d'"' -f18 envelope.json | openssl base64 -d -A > signature.bin`,
    `(printf 'DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} %d ' $(wc -c < statement.json); cat statement.json) > signed.bin`,
    'openssl pkeyutl -verify -pubin -inkey key.pub.pem -rawin -in signed.bin -sigfile signature.bin',
    `openssl pkey -pubin -in key.pub.pem -outform DER | sha256sum | grep ${row.keyId}`,
    `grep -cF ${quote(named)} statement.json`,
    `grep -cF ${quote(canonicalJson(signedChange(change)))} statement.json`,
    `echo '${row.digest}  artifact' | sha256sum -c`,
    `echo '${sha256Hex(envelope)}  envelope.json' | sha256sum -c`,
  ];
}

/** One word of a POSIX shell: a media type's parameters may hold quotes and dollar signs. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function readme(exported: ExportedVersion): string {
  const { row } = exported.read;
  return `${row.name}, version ${row.version}, commit ${row.index} of the log
${row.time}

Check it with a POSIX shell, openssl 3 and sha256sum ("shasum -a 256" does the same), in this folder.
Every line must succeed.

${checkCommands(exported).join('\n')}

1 to 3  take the signed statement and the signature out of the envelope (DSSE v1)
4       the key signed exactly this statement
5       the key is the one named here: compare ${row.keyId}
        with the key id you were given by other means; the rest rests on it
6, 7    the statement names this config, this version and this artifact
8, 9    artifact and envelope are byte for byte the ones exported

The signature says that the installation that holds this key stored these bytes, in this place of its log.
It does not say that a person approved them.
`;
}
