import { resolve } from 'node:path';
import type { BackupCheck } from '../../archive/store-files.ts';
import { unlessAborted } from '../../core/cancelled.ts';
import type { Context } from '../shared/context.ts';
import { type ReadBackupRequest, scopeOf } from './verify-backup.ts';

/** A backup, what opens it, and where it goes. */
export interface RestoreBackupRequest extends ReadBackupRequest {
  /** The new var folder, which must be empty or not there; the folders of this installation by default, which must be too. */
  readonly to?: string | undefined;
}

/** The restored files. */
export interface RestoreBackupResult {
  /** Absolute paths of the folders. */
  readonly restored: { readonly storage: string; readonly state: string; readonly keys: string };
  /** Undefined when an earlier restore, cut short, had checked the files already. */
  readonly checked: BackupCheck | undefined;
}

/**
 * Restores a backup into empty folders; everything is checked before anything is in its place.
 *
 * @throws StoreError ARGUMENT_INVALID when a folder is not empty, NOT_FOUND, KEY_LOCKED, CORRUPT, STORE_FOREIGN
 */
export async function restoreBackup(
  { telemetry, installation }: Context,
  { backup, unlock, passphrase, expectStore, to, signal }: RestoreBackupRequest,
): Promise<RestoreBackupResult> {
  const since = performance.now();
  const [{ bytesOf, readBackup }, { inspectFiles, noFacts }, restore, { checkRestored }] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/inspect.ts'),
    import('../../archive/restore.ts'),
    import('../../archive/store-files.ts'),
  ]);
  const { storage, state, keys } = to === undefined ? installation.settings().paths : restore.foldersBelow(resolve(to));
  if (to !== undefined) restore.refuseFull(resolve(to), ['storage', 'state', 'keys', 'telemetry']);
  const facts = noFacts();
  const bytes = typeof backup === 'string' ? bytesOf(backup) : backup;
  const files = inspectFiles(unlessAborted(readBackup(bytes, unlock), signal), facts, passphrase);
  let checked: BackupCheck | undefined;
  await restore.restoreFiles(files, { storage, state, keys }, async (aside, disk) => {
    checked = await checkRestored(aside, facts, { disk, expected: expectStore });
  });
  const scope = checked === undefined ? 'store' : scopeOf(checked);
  const { files: count, bytes: size } = facts;
  telemetry.events.backupRestored({ scope, files: count, bytes: size, durationMs: performance.now() - since });
  return { restored: { storage, state, keys }, checked };
}
