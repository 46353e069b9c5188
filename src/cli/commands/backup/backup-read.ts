import { resolve } from 'node:path';
import { askPassphrase, passphraseSource, readPassphrase } from '../../../app/passphrase.ts';
import type { Unlock } from '../../../archive/age.ts';
import type { BackupCheck } from '../../../archive/store-files.ts';
import type { ArchiveFile } from '../../../archive/tar.ts';
import { isStoreError, StoreError } from '../../../core/errors.ts';
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
  run: async (environment, input) => {
    const since = performance.now();
    const { checkBackup, files, disk } = await openBackup(input);
    try {
      const checked = await checkBackup(files, disk, passphraseSource(environment.settings().passphraseFile, false));
      environment.telemetry.events.backupVerified({ scope: scopeOf(checked), durationMs: performance.now() - since });
      await environment.output.result({ ok: true, ...checked }, () => describe(checked));
      return undefined;
    } catch (error) {
      const code = isStoreError(error) ? error.code : 'INTERNAL';
      environment.telemetry.events.backupVerified({ scope: 'store', code, durationMs: performance.now() - since });
      throw error;
    }
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
    'Everything is checked before anything is in its place. A restore is older than what came after it: use it beside the lost store, never on top of a living one.',
  run: async (environment, input) => {
    const since = performance.now();
    const { checkRestored, files, disk, restoreFiles } = await openBackup(input);
    const to = resolve(input.to);
    const passphrase = passphraseSource(environment.settings().passphraseFile, false);
    let checked: BackupCheck | undefined;
    const facts = { files: 0, bytes: 0 };
    await restoreFiles(counted(files, facts), to, disk, async (folder) => {
      checked = await checkRestored(folder, disk, passphrase);
    });
    environment.telemetry.events.backupRestored({
      scope: checked === undefined ? 'store' : scopeOf(checked),
      ...facts,
      durationMs: performance.now() - since,
    });
    await environment.output.result({ restored: to, ...facts, ...checked }, () => [
      `restored into ${to}`,
      ...(checked === undefined ? [] : describe(checked)),
      `  use it: config-store --var ${input.to} status`,
    ]);
    return undefined;
  },
};

async function openBackup(input: OpenInput) {
  const unlock = await unlockOf(input);
  const [{ readBackup }, { restoreFiles }, { checkBackup, checkRestored }, { Durable }] = await Promise.all([
    import('../../../archive/backup.ts'),
    import('../../../archive/restore.ts'),
    import('../../../archive/store-files.ts'),
    import('../../../disk/durable.ts'),
  ]);
  return { files: readBackup(input.file, unlock), disk: new Durable(), restoreFiles, checkBackup, checkRestored };
}

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

async function* counted(
  files: AsyncIterable<ArchiveFile>,
  facts: { files: number; bytes: number },
): AsyncGenerator<ArchiveFile> {
  for await (const file of files) {
    facts.files++;
    facts.bytes += file.bytes.length;
    yield file;
  }
}

function scopeOf({ store }: BackupCheck): 'keys' | 'store' {
  return store === undefined ? 'keys' : 'store';
}

function describe({ keys, store }: BackupCheck): string[] {
  const opened = `${keys.opened} private ${keys.opened === 1 ? 'key opens' : 'keys open'}${keys.locked > 0 ? `, ${keys.locked} encrypted and not tried (no passphrase)` : ''}`;
  if (store === undefined) return [`nothing wrong: ${opened}`];
  const { commits, artifacts, bytes } = store.checked;
  return [`nothing wrong: ${opened}; ${commits} commits, ${artifacts} artifacts and ${bytes} bytes checked`];
}
