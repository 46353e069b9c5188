import { resolve } from 'node:path';
import { askNewPassphrase, readPassphrase } from '../../../app/passphrase.ts';
import type { Lock } from '../../../archive/age.ts';
import { StoreError } from '../../../core/errors.ts';
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
  run: (environment, input) => write(environment, input, 'store'),
};

/** `config-store keys backup --out FILE` */
export const backupKeys: CommandDefinition<BackupInput> = {
  options: OPTIONS,
  examples: ['config-store keys backup --out keys.age --recipient age1…'],
  notes:
    'Holds private and public keys and the pin; keep it apart from the store. Check it with "config-store backup verify".',
  run: (environment, input) => write(environment, input, 'keys'),
};

async function write(environment: Environment, input: BackupInput, scope: 'keys' | 'store'): Promise<undefined> {
  if (input.out === undefined) {
    throw new StoreError('ARGUMENT_INVALID', 'a backup needs --out <file>', {
      hint: 'Say where to write it, for example --out store.age.',
    });
  }
  const since = performance.now();
  const { paths } = environment.settings();
  const lock = await lockOf(input);
  const [{ keyFiles, streamBackup, writeBackup }, { storeFiles }, { KeyFolder }, { Durable }] = await Promise.all([
    import('../../../archive/backup.ts'),
    import('../../../archive/store-files.ts'),
    import('../../../keys/folder/key-files.ts'),
    import('../../../disk/durable.ts'),
  ]);
  const disk = new Durable();
  const keys = new KeyFolder(paths.keys, disk);
  const files = scope === 'keys' ? keyFiles(keys) : storeFiles(await environment.store());
  if (input.out === '-') {
    if (process.stdout.isTTY)
      throw new StoreError('ARGUMENT_INVALID', 'a backup is not for a terminal', {
        hint: 'Send standard output to a file, or name one with --out.',
      });
    const { stream, facts } = await streamBackup(files, { lock, now: new Date() });
    for await (const chunk of stream) await environment.output.bytes(chunk);
    environment.telemetry.events.backupMade({ scope, ...facts, durationMs: performance.now() - since });
    return undefined;
  }
  const out = resolve(input.out);
  const facts = await writeBackup(out, files, { lock, replace: input.force ?? false, now: new Date(), disk });
  environment.telemetry.events.backupMade({ scope, ...facts, durationMs: performance.now() - since });
  await environment.output.result({ file: out, ...facts }, () => [
    `${facts.files} ${facts.files === 1 ? 'file' : 'files'}, ${formatSize(facts.bytes)}, encrypted in ${out}`,
    `  check it now: config-store backup verify ${input.out}`,
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
        ? await askNewPassphrase('passphrase for the backup')
        : await readPassphrase(passphraseFile),
  };
}
