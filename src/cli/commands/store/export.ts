import { passphraseSource } from '../../../app/passphrase.ts';
import { StoreError } from '../../../core/errors.ts';
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportVersion as exportVersionOf,
} from '../../../verbs/store/export-version.ts';
import { parseReference } from '../../input/config-reference.ts';
import { noticeText } from '../../output/advice.ts';
import { pairs } from '../../output/table.ts';
import type { CommandDefinition } from '../../program/command.ts';
import { untrustedExit } from '../../program/untrusted-exit.ts';

/** Says what each file of an export is. */
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
export const exportVersion: CommandDefinition<{ reference: string; out: string; format?: ExportFormat }> = {
  arguments: [{ syntax: '<reference>', meaning: 'NAME or NAME@VERSION', completes: 'versions' }],
  options: [
    {
      flags: '-o, --out <dir>',
      completes: 'files',
      meaning: 'folder to make; it must not exist yet, or be empty',
      required: true,
    },
    {
      flags: '--format <format>',
      completes: EXPORT_FORMATS,
      meaning: `whose tools check it: ${EXPORT_FORMATS.join(', ')}`,
      parse: parseFormat,
    },
  ],
  examples: [
    'config-store export claude-desktop/default --out evidence',
    'config-store export claude-desktop/default --out bundle --format sigstore',
  ],
  notes:
    'Writes the artifact, the signed envelope, the public key and a README with the openssl and sha256sum commands. sigstore wraps the same envelope in a Sigstore bundle; sshsig signs the statement once more, for ssh-keygen -Y verify, and so needs the private key that signed the commit.',
  run: async ({ context, settings, output }, { reference, out, format }) => {
    const passphrase = passphraseSource(settings().passphraseFile, true);
    const { read, ...written } = await exportVersionOf(context, {
      ...parseReference(reference),
      out,
      format,
      passphrase,
    });
    const { row, receipt, notices } = read;
    for (const notice of notices) await output.warn(noticeText(notice));
    await output.result({ name: row.name, version: row.version, ...written, keyId: row.keyId, receipt }, () => [
      `${row.name}@${row.version} written to ${written.out}`,
      ...pairs([
        ...written.files.map((file) => [`  ${file}`, MEANINGS[file] ?? ''] as const),
        ['commit', `${row.index}  ${written.commit}`],
        ['key', row.keyId],
      ]),
    ]);
    return untrustedExit(read);
  },
};

function parseFormat(text: string): ExportFormat {
  const format = EXPORT_FORMATS.find((known) => known === text);
  if (format !== undefined) return format;
  throw new StoreError('ARGUMENT_INVALID', '--format is none of the formats', {
    hint: `Give one of ${EXPORT_FORMATS.join(', ')}.`,
  });
}
