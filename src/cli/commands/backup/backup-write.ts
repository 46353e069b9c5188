import { readPassphrase } from '../../../app/passphrase.ts';
import type { Lock } from '../../../archive/age.ts';
import { StoreError } from '../../../core/errors.ts';
import { isSpecial, writeInto } from '../../../disk/write-into.ts';
import { type BackupScope, streamBackup, writeBackup } from '../../../verbs/backup/write-backup.ts';
import { askNewPassphrase } from '../../input/ask-passphrase.ts';
import { formatSize } from '../../output/table.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

interface BackupInput {
  readonly out?: string;
  readonly recipient?: string;
  readonly passphraseFile?: string;
  readonly force?: boolean;
}

const OPTIONS = [
  { flags: '--out <file>', meaning: 'where to write the backup, an age file; - for standard output (required)' },
  { flags: '--recipient <age1…>', meaning: 'encrypt for this age recipient; several with commas between' },
  {
    flags: '--passphrase-file <file>',
    meaning: 'encrypt with the first line of this file (- for standard input); asked for otherwise',
  },
  { flags: '--force', meaning: 'replace the file when it is there' },
] as const;

/** `config-store backup --out FILE` */
export const backupStore: CommandDefinition<BackupInput> = {
  options: OPTIONS,
  examples: [
    'config-store backup --out store.age --recipient age1…',
    'config-store backup verify store.age --identity key.txt',
    'config-store backup restore store.age --to ./restored --identity key.txt',
  ],
  notes:
    'Holds keys, log, artifacts and drafts. The file appears whole, mode 0600, or not at all; "age -d FILE | tar -x" opens it too. Check it with "backup verify".',
  endsItself: true,
  run: (environment, input) => write(environment, input, 'store'),
};

/** `config-store keys backup --out FILE` */
export const backupKeys: CommandDefinition<BackupInput> = {
  options: OPTIONS,
  examples: ['config-store keys backup --out keys.age --recipient age1…'],
  notes:
    'Holds private and public keys and the pin; keep it apart from the store. Check it with "config-store backup verify".',
  endsItself: true,
  run: (environment, input) => write(environment, input, 'keys'),
};

async function write(
  { context, settings, output, interrupted: signal }: Environment,
  input: BackupInput,
  scope: BackupScope,
): Promise<undefined> {
  const { out, force: replace } = input;
  if (out === undefined) {
    throw new StoreError('ARGUMENT_INVALID', 'a backup needs --out <file>', {
      hint: 'Say where to write it, for example --out store.age.',
    });
  }
  settings(); // a bad setting is reported before a passphrase is asked for
  const lock = await lockOf(input);
  if (out === '-') {
    if (process.stdout.isTTY)
      throw new StoreError('ARGUMENT_INVALID', 'a backup is not for a terminal', {
        hint: 'Send standard output to a file, or name one with --out.',
      });
    for await (const chunk of streamBackup(context, { scope, lock, signal })) await output.bytes(chunk);
    return undefined;
  }
  if (await isSpecial(out)) {
    const bytes = await writeInto(out, streamBackup(context, { scope, lock, signal }));
    await output.result({ file: out, bytes }, () => `${formatSize(bytes)}, encrypted, written into ${out}`);
    return undefined;
  }
  const written = await writeBackup(context, { scope, lock, signal, out, replace });
  await output.result(written, () => [
    `${written.files} ${written.files === 1 ? 'file' : 'files'}, ${formatSize(written.bytes)}, encrypted in ${written.file}`,
    `  check it now: config-store backup verify ${out}`,
  ]);
  return undefined;
}

async function lockOf({ recipient, passphraseFile }: BackupInput): Promise<Lock> {
  if (recipient !== undefined && passphraseFile !== undefined) {
    throw new StoreError('ARGUMENT_INVALID', '--recipient and --passphrase-file were both given', {
      hint: 'A backup is opened either by an age identity or by a passphrase: choose one.',
    });
  }
  if (recipient !== undefined) return { recipients: recipient.split(',').map((one) => one.trim()) };
  return {
    passphrase:
      passphraseFile === undefined
        ? await askNewPassphrase('passphrase for the backup', 'Use --passphrase-file FILE, or --recipient.')
        : await readPassphrase(passphraseFile),
  };
}
