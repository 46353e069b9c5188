import { readPassphrase } from '../../../app/passphrase.ts';
import type { Lock } from '../../../archive/age.ts';
import type { BackupFacts } from '../../../archive/inspect.ts';
import { StoreError } from '../../../core/errors.ts';
import { isSpecial, writeInto } from '../../../disk/write-into.ts';
import { type BackupScope, streamBackup, writeBackup } from '../../../verbs/backup/write-backup.ts';
import { askNewPassphrase } from '../../input/ask-passphrase.ts';
import { readRecipients } from '../../input/backup-input.ts';
import { originLine } from '../../output/backup-origin.ts';
import { formatSize } from '../../output/table.ts';
import type { CommandDefinition, Environment } from '../../program/command.ts';

interface BackupInput {
  readonly out?: string;
  readonly recipient?: readonly string[];
  readonly recipientsFile?: readonly string[];
  readonly armor?: boolean;
  readonly passphraseFile?: string;
  readonly force?: boolean;
}

const OPTIONS = [
  {
    flags: '-o, --out <file>',
    completes: 'files',
    meaning: 'where to write the backup, an age file; - for standard output (required)',
  },
  {
    flags: '--recipient <recipient>',
    meaning: 'encrypt for this age recipient (age1…) or SSH key (a line of a .pub file); may be given several times',
    repeats: true,
  },
  {
    flags: '--recipients-file <file>',
    completes: 'files',
    meaning: 'encrypt for the recipients in this file too, one a line; may be given several times',
    repeats: true,
  },
  {
    flags: '--passphrase-file <file>',
    completes: 'files',
    meaning: 'encrypt with the first line of this file (- for standard input); asked for otherwise',
  },
  { flags: '--armor', meaning: 'write it as text, for mail and clipboards' },
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
    'Holds keys, log, artifacts and drafts. The file appears whole, mode 0600, and was read back and inspected, or not at all; "age -d FILE | tar -x" opens it too. "backup verify" checks every signature in it.',
  endsItself: true,
  run: (environment, input) => write(environment, input, 'store'),
};

/** `config-store keys backup --out FILE` */
export const backupKeys: CommandDefinition<BackupInput> = {
  options: OPTIONS,
  examples: ['config-store keys backup --out keys.age --recipient age1…'],
  notes:
    'Holds private and public keys and the pin; keep it apart from the store. "config-store backup verify" checks it, "config-store keys restore" puts it in place.',
  endsItself: true,
  run: (environment, input) => write(environment, input, 'keys'),
};

async function write(
  { context, settings, output, interrupted: signal }: Environment,
  input: BackupInput,
  scope: BackupScope,
): Promise<undefined> {
  const { out, armor, force: replace } = input;
  if (out === undefined) {
    throw new StoreError('ARGUMENT_INVALID', 'a backup needs --out <file>', {
      hint: 'Say where to write it, for example --out store.age.',
    });
  }
  settings(); // a bad setting is reported before a passphrase is asked for
  const request = { scope, lock: await lockOf(input), armor, signal };
  if (out === '-') {
    if (process.stdout.isTTY)
      throw new StoreError('ARGUMENT_INVALID', 'a backup is not for a terminal', {
        hint: 'Send standard output to a file, or name one with --out.',
      });
    const { stream, facts } = await streamBackup(context, request);
    for await (const chunk of stream) await output.bytes(chunk);
    const known = await facts;
    await output.aside({ scope, ...known }, () => describe(known));
    return undefined;
  }
  if (await isSpecial(out)) {
    const { stream, facts } = await streamBackup(context, request);
    await writeInto(out, stream);
    const known = await facts;
    await output.result({ scope, ...known, file: out }, () => [
      `${describe(known)[0]}, encrypted, written into ${out}`,
      ...describe(known).slice(1),
    ]);
    return undefined;
  }
  const written = await writeBackup(context, { ...request, out, replace });
  await output.result({ scope, ...written }, () => [
    `${describe(written)[0]}, encrypted in ${written.file}`,
    ...describe(written).slice(1),
    `  check it now: config-store backup verify ${out}`,
  ]);
  return undefined;
}

function describe(facts: BackupFacts): string[] {
  const { files, bytes } = facts;
  return [`${files} ${files === 1 ? 'file' : 'files'}, ${formatSize(bytes)}`, `  ${originLine(facts)}`];
}

async function lockOf({ recipient = [], recipientsFile = [], passphraseFile }: BackupInput): Promise<Lock> {
  const forRecipients = recipient.length + recipientsFile.length > 0;
  if (forRecipients && passphraseFile !== undefined) {
    throw new StoreError('ARGUMENT_INVALID', 'recipients and --passphrase-file were both given', {
      hint: 'A backup is opened either by an age identity or by a passphrase: choose one.',
    });
  }
  if (forRecipients) {
    // With commas between, as the first release took several.
    const named = recipient
      .flatMap((list) => (list.startsWith('ssh-') ? [list] : list.split(',')))
      .map((one) => one.trim());
    return { recipients: [...named, ...(await readRecipients(recipientsFile))] };
  }
  return {
    passphrase:
      passphraseFile === undefined
        ? await askNewPassphrase('passphrase for the backup', 'Use --passphrase-file FILE, or --recipient.')
        : await readPassphrase(passphraseFile),
  };
}
