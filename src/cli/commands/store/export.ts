import { passphraseSource } from '../../../app/passphrase.ts';
import { sha256Hex } from '../../../core/digest.ts';
import { StoreError } from '../../../core/errors.ts';
import { createFolder } from '../../../disk/replace-file.ts';
import type { ExportedVersion } from '../../../store/api/reader.ts';
import { evidenceFiles } from '../../../verbs/store/export-files.ts';
import { parseReference } from '../../input/config-reference.ts';
import { noticeText } from '../../output/advice.ts';
import { pairs } from '../../output/table.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';
import { untrustedExit } from '../../program/untrusted-exit.ts';

const FORMATS = ['openssl', 'sigstore', 'sshsig'] as const;
type Format = (typeof FORMATS)[number];
type Exported = ExportedVersion;

/** What each file of an export is, for the person. */
const MEANINGS: Readonly<Record<string, string>> = {
  artifact: 'the exact bytes',
  'envelope.json': 'the signed commit',
  'key.pub.pem': 'the public key',
  'bundle.sigstore.json': 'the signed commit as a Sigstore bundle',
  'statement.json': 'what the commit says',
  'statement.json.sig': 'an SSH signature over it',
  allowed_signers: 'the public key, for ssh-keygen',
  'README.txt': 'how to check them',
};

/** `config-store export NAME[@VERSION] --out DIR`: enough to check one config without our software. */
export const exportVersion: CommandDefinition<{ reference: string; out: string; format?: Format }> = {
  arguments: [{ syntax: '<reference>', meaning: 'NAME or NAME@VERSION', completes: 'configs' }],
  options: [
    { flags: '--out <dir>', meaning: 'folder to make; it must not exist yet, or be empty', required: true },
    { flags: '--format <format>', meaning: `whose tools check it: ${FORMATS.join(', ')}`, parse: parseFormat },
  ],
  examples: [
    'config-store export claude-desktop/default --out evidence',
    'config-store export claude-desktop/default --out bundle --format sigstore',
  ],
  notes:
    'Writes the artifact, the signed envelope, the public key and a README with the openssl and sha256sum commands. sigstore wraps the same envelope in a Sigstore bundle; sshsig signs the statement once more, for ssh-keygen -Y verify, and so needs the private key that signed the commit.',
  run: async (environment, { reference, out, format = 'openssl' }) => {
    const { store: open, output } = environment;
    const { name, version } = parseReference(reference);
    const store = await open();
    const exported = await store.reader.exportVersion(name, version);
    const { row, notices } = exported.read;
    for (const notice of notices) await output.warn(noticeText(notice));
    const files = await filesOf(exported, format, environment);
    const folder = await createFolder(out, files);
    const commit = sha256Hex(exported.envelope);
    await output.result(
      {
        name: row.name,
        version: row.version,
        out: folder,
        format,
        files: Object.keys(files),
        commit,
        keyId: row.keyId,
        receipt: exported.read.receipt,
      },
      () => [
        `${row.name}@${row.version} written to ${folder}`,
        ...pairs([
          ...Object.keys(files).map((file) => [`  ${file}`, MEANINGS[file] ?? ''] as const),
          ['commit', `${row.index}  ${commit}`],
          ['key', row.keyId],
        ]),
      ],
    );
    return untrustedExit(store, exported.read);
  },
};

async function filesOf(
  exported: Exported,
  format: Format,
  { store, settings }: Environment,
): Promise<Readonly<Record<string, Uint8Array | string>>> {
  if (format === 'openssl') return evidenceFiles(exported);
  const { sigstoreFiles, sshFiles } = await import('../../../verbs/store/export-formats.ts');
  if (format === 'sigstore') return sigstoreFiles(exported);
  const { files: keys } = (await store()).keys;
  const { keyId } = exported.read.row;
  return sshFiles(exported, await keys.loadPrivate(keyId, passphraseSource(settings().passphraseFile, true)));
}

function parseFormat(text: string): Format {
  const format = FORMATS.find((known) => known === text);
  if (format !== undefined) return format;
  throw new StoreError('ARGUMENT_INVALID', '--format is none of the formats', {
    hint: `Give one of ${FORMATS.join(', ')}.`,
  });
}
