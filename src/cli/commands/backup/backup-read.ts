import { passphraseSource, readPassphrase } from '../../../app/passphrase.ts';
import type { Unlock } from '../../../archive/age.ts';
import type { BackupCheck } from '../../../archive/store-files.ts';
import { StoreError } from '../../../core/errors.ts';
import { restoreBackup as restore } from '../../../verbs/backup/restore-backup.ts';
import { verifyBackup as verify } from '../../../verbs/backup/verify-backup.ts';
import { askPassphrase } from '../../input/ask-passphrase.ts';
import { readInput } from '../../input/input.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** The largest identity file that is looked at, in bytes. */
const MAX_IDENTITY_BYTES = 65_536;

interface OpenInput {
  readonly file: string;
  readonly identity?: string;
  readonly passphraseFile?: string;
}

const FILE = { syntax: '<file>', meaning: 'the backup; - for standard input', completes: 'files' } as const;
const OPTIONS = [
  { flags: '--identity <file>', meaning: 'file with the age identity (AGE-SECRET-KEY-1…) that opens it' },
  { flags: '--passphrase-file <file>', meaning: 'file whose first line opens it; asked for otherwise' },
] as const;

/** `config-store backup verify FILE` */
export const verifyBackup: CommandDefinition<OpenInput> = {
  arguments: [FILE],
  options: OPTIONS,
  examples: ['config-store backup verify store.age --identity key.txt'],
  notes:
    'Restores into a temporary folder, opens every key, checks every signature and every byte, and removes it again.',
  run: async ({ context, settings, output }, input) => {
    const passphrase = passphraseSource(settings().passphraseFile, false);
    const checked = await verify(context, { file: input.file, unlock: await unlockOf(input), passphrase });
    await output.result({ ok: true, ...checked }, () => describe(checked));
    return undefined;
  },
};

/** `config-store backup restore FILE --to DIR` */
export const restoreBackup: CommandDefinition<OpenInput & { to: string }> = {
  arguments: [FILE],
  options: [
    { flags: '--to <dir>', meaning: 'the new var folder; must be empty or not there', required: true },
    ...OPTIONS,
  ],
  examples: ['config-store backup restore store.age --to ./restored --identity key.txt'],
  notes:
    'Everything is checked before anything is in its place. A restore is older than what came after it: use it next to the lost store, never on top of a living one.',
  endsItself: true,
  run: async ({ context, settings, output }, input) => {
    const { file, to } = input;
    const passphrase = passphraseSource(settings().passphraseFile, false);
    const { checked, ...facts } = await restore(context, { file, unlock: await unlockOf(input), passphrase, to });
    await output.result({ ...facts, ...checked }, () => [
      `restored into ${facts.restored}`,
      ...(checked === undefined ? [] : describe(checked)),
      `  use it: config-store --var ${to} status`,
    ]);
    return undefined;
  },
};

async function unlockOf({ identity, passphraseFile }: OpenInput): Promise<Unlock> {
  if (identity !== undefined && passphraseFile !== undefined) {
    throw new StoreError('ARGUMENT_INVALID', '--identity and --passphrase-file were both given', {
      hint: 'Give the one the backup was made for.',
    });
  }
  if (passphraseFile !== undefined) return { passphrase: await readPassphrase(passphraseFile) };
  if (identity === undefined) return { passphrase: await askPassphrase('Passphrase of the backup: ') };
  const lines = Buffer.from(await readInput(identity, MAX_IDENTITY_BYTES))
    .toString('utf8')
    .split(/\r?\n/);
  return { identities: lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')) };
}

function describe({ keys, store }: BackupCheck): string[] {
  const opened = `${keys.opened} private ${keys.opened === 1 ? 'key opens' : 'keys open'}${keys.locked > 0 ? `, ${keys.locked} encrypted and not tried (no passphrase)` : ''}`;
  if (store === undefined) return [`nothing wrong: ${opened}`];
  const { commits, artifacts, bytes } = store.checked;
  return [`nothing wrong: ${opened}; ${commits} commits, ${artifacts} artifacts and ${bytes} bytes checked`];
}
