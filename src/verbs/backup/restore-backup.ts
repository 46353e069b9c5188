import { resolve } from 'node:path';
import type { BackupSize } from '../../archive/backup.ts';
import type { BackupCheck } from '../../archive/store-files.ts';
import type { ArchiveFile } from '../../archive/tar.ts';
import type { Context } from '../shared/context.ts';
import { type ReadBackupRequest, scopeOf } from './verify-backup.ts';

/** A backup, what opens it, and where it goes. */
export interface RestoreBackupRequest extends ReadBackupRequest {
  /** The new var folder; must be empty or not there. */
  readonly to: string;
}

/** The restored files. */
export interface RestoreBackupResult extends BackupSize {
  /** Absolute path of the folder. */
  readonly restored: string;
  /** Undefined when an earlier restore, cut short, had checked the files already. */
  readonly checked: BackupCheck | undefined;
}

/**
 * Restores a backup into an empty folder; everything is checked before anything is in its place.
 *
 * @throws StoreError ARGUMENT_INVALID when the folder is not empty, NOT_FOUND, KEY_LOCKED, CORRUPT
 */
export async function restoreBackup(
  { telemetry }: Context,
  { file, unlock, passphrase, to }: RestoreBackupRequest,
): Promise<RestoreBackupResult> {
  const since = performance.now();
  const [{ readBackup }, { restoreFiles }, { checkRestored }, { Durable }] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/restore.ts'),
    import('../../archive/store-files.ts'),
    import('../../disk/durable.ts'),
  ]);
  const disk = new Durable();
  const restored = resolve(to);
  const size = { files: 0, bytes: 0 };
  let checked: BackupCheck | undefined;
  await restoreFiles(counted(readBackup(file, unlock), size), restored, disk, async (folder) => {
    checked = await checkRestored(folder, disk, passphrase);
  });
  const scope = checked === undefined ? 'store' : scopeOf(checked);
  telemetry.events.backupRestored({ scope, ...size, durationMs: performance.now() - since });
  return { restored, ...size, checked };
}

async function* counted(
  files: AsyncIterable<ArchiveFile>,
  size: { files: number; bytes: number },
): AsyncGenerator<ArchiveFile> {
  for await (const file of files) {
    size.files++;
    size.bytes += file.bytes.length;
    yield file;
  }
}
