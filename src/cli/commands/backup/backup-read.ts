import { passphraseSource } from '../../../app/passphrase.ts';
import type { BackupCheck } from '../../../archive/store-files.ts';
import { restoreBackup as restore } from '../../../verbs/backup/restore-backup.ts';
import { verifyBackup as verify } from '../../../verbs/backup/verify-backup.ts';
import { restoreKeys as putBack } from '../../../verbs/keys/restore-keys.ts';
import {
  BACKUP_FILE,
  BOTH_ON_STANDARD_INPUT,
  OPEN_OPTIONS,
  type OpenInput,
  openInput,
} from '../../input/backup-input.ts';
import { confirmTyped } from '../../input/confirm.ts';
import { originLine } from '../../output/backup-origin.ts';
import type { CommandDefinition } from '../../program/command.ts';

/** `config-store backup verify FILE` */
export const verifyBackup: CommandDefinition<OpenInput> = {
  arguments: [BACKUP_FILE],
  options: OPEN_OPTIONS,
  examples: ['config-store backup verify store.age --identity key.txt'],
  notes: `Opens every key in memory, restores the rest into a temporary folder, checks every signature and every byte there, and removes it again. ${BOTH_ON_STANDARD_INPUT}`,
  run: async ({ context, settings, output }, input) => {
    const passphrase = passphraseSource(settings().passphraseFile, false);
    const { expectStore } = input;
    const checked = await verify(context, { ...(await openInput(input)), passphrase, expectStore });
    await output.result({ ok: true, ...checked }, () => describe(checked));
    return undefined;
  },
};

/** `config-store backup restore FILE` */
export const restoreBackup: CommandDefinition<OpenInput & { to?: string }> = {
  arguments: [BACKUP_FILE],
  options: [
    {
      flags: '--to <dir>',
      completes: 'files',
      meaning: 'a new var folder, empty or not there, instead of the one in use',
    },
    ...OPEN_OPTIONS,
  ],
  examples: [
    'config-store backup restore store.age --identity key.txt',
    'config-store backup restore store.age --to ./restored --identity key.txt',
  ],
  notes: `The folders must be empty or not there, and everything is checked before anything is in its place. A restore is older than what came after it: use it next to the lost store, never on top of a living one. ${BOTH_ON_STANDARD_INPUT}`,
  endsItself: true,
  run: async ({ context, settings, output, interrupted: signal }, input) => {
    const { passphraseFile, storeId } = settings();
    const { to, expectStore = to === undefined ? storeId : undefined } = input;
    const passphrase = passphraseSource(passphraseFile, false);
    const opened = await openInput(input);
    const { checked, restored } = await restore(context, { ...opened, passphrase, to, expectStore, signal });
    await output.result({ restored, ...checked }, () => [
      `restored into ${to ?? restored.storage}`,
      ...(checked === undefined ? [] : describe(checked)),
      `  use it: config-store ${to === undefined ? '' : `--var ${to} `}status`,
    ]);
    return undefined;
  },
};

/** `config-store keys restore FILE` */
export const restoreKeys: CommandDefinition<OpenInput & { force?: boolean }> = {
  arguments: [BACKUP_FILE],
  options: [
    ...OPEN_OPTIONS,
    {
      flags: '--force',
      meaning:
        'over key files that differ, and next to the keys of another store; asks for the id of the store to be typed, or takes --expect-store for it',
    },
  ],
  examples: ['config-store keys restore keys.age --identity key.txt'],
  notes: `Puts the keys of a backup, of keys or of a whole store, in place. Every key is opened before the first file is written; key files that are there and differ are left as they are. ${BOTH_ON_STANDARD_INPUT}`,
  endsItself: true,
  run: async ({ context, settings, output, interrupted: signal }, input) => {
    const passphrase = passphraseSource(settings().passphraseFile, false);
    const { expectStore, force = false } = input;
    const confirmed = force
      ? (store: string) =>
          confirmTyped('To go on, type the id of the store of this backup', store, expectStore, '--expect-store')
      : undefined;
    const opened = await openInput(input);
    const done = await putBack(context, { ...opened, passphrase, expectStore, confirmed, signal });
    await output.result(done, () => [
      `${done.restored.length} private ${done.restored.length === 1 ? 'key is' : 'keys are'} in ${done.folder}`,
      ...(done.store === undefined ? [] : [`  of the store ${done.store}`]),
      ...done.kept.map((path) => `  ${path} was there already and differs: it was left as it is`),
    ]);
    return undefined;
  },
};

function describe(checked: BackupCheck): string[] {
  const { keys, report } = checked;
  const opened = `${keys.opened} private ${keys.opened === 1 ? 'key opens' : 'keys open'}${keys.locked > 0 ? `, ${keys.locked} encrypted and not tried (no passphrase)` : ''}`;
  const { commits = 0, artifacts = 0, bytes = 0 } = report?.checked ?? {};
  const store = report === undefined ? '' : `; ${commits} commits, ${artifacts} artifacts and ${bytes} bytes checked`;
  return [`nothing wrong: ${opened}${store}`, `  ${originLine(checked)}`];
}
