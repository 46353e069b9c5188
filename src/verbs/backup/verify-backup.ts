import type { Unlock } from '../../archive/age.ts';
import type { BackupCheck } from '../../archive/store-files.ts';
import { toStoreError } from '../../core/errors.ts';
import type { Passphrase } from '../../keys/folder/key-files.ts';
import type { Context } from '../shared/context.ts';
import type { BackupScope } from './write-backup.ts';

/** A backup, and what opens it. */
export interface ReadBackupRequest {
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly unlock: Unlock;
  /** Opens encrypted key files in the backup; without it they are counted and not tried. */
  readonly passphrase?: Passphrase | undefined;
}

/**
 * Restores a backup into a temporary folder, opens every key, checks every signature and every byte, and removes it again.
 *
 * @throws StoreError NOT_FOUND, KEY_LOCKED, CORRUPT, and what the first finding says
 */
export async function verifyBackup(
  { telemetry }: Context,
  { file, unlock, passphrase }: ReadBackupRequest,
): Promise<BackupCheck> {
  const since = performance.now();
  const [{ readBackup }, { checkBackup }, { Durable }] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/store-files.ts'),
    import('../../disk/durable.ts'),
  ]);
  const done = (facts: Parameters<typeof telemetry.events.backupVerified>[0]) => telemetry.events.backupVerified(facts);
  try {
    const checked = await checkBackup(readBackup(file, unlock), new Durable(), passphrase);
    done({ scope: scopeOf(checked), durationMs: performance.now() - since });
    return checked;
  } catch (error) {
    done({ scope: 'store', code: toStoreError(error).code, durationMs: performance.now() - since });
    throw error;
  }
}

/** Returns the extent of a backup that was checked. */
export function scopeOf({ store }: BackupCheck): BackupScope {
  return store === undefined ? 'keys' : 'store';
}
