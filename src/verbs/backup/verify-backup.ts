import type { Unlock } from '../../archive/age.ts';
import type { BackupCheck } from '../../archive/store-files.ts';
import type { Hex } from '../../core/digest.ts';
import { toStoreError } from '../../core/errors.ts';
import type { Passphrase } from '../../keys/folder/key-files.ts';
import type { Context } from '../shared/context.ts';
import type { BackupScope } from './write-backup.ts';

/** A backup, and what opens it. */
export interface ReadBackupRequest {
  /** A path, or the bytes. */
  readonly backup: string | AsyncIterable<Uint8Array>;
  readonly unlock: Unlock;
  /** Opens encrypted key files in the backup; without it they are counted and not tried. */
  readonly passphrase?: Passphrase | undefined;
  /** The id of the store it must be of. */
  readonly expectStore?: Hex | undefined;
  /** Ends it, with nothing changed. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks a backup: opens every key in memory, restores the rest into a temporary folder, checks every signature and every
 * byte there, and removes it again.
 *
 * @throws StoreError NOT_FOUND, KEY_LOCKED, CORRUPT, STORE_FOREIGN, and what the first finding says
 */
export async function verifyBackup(
  { telemetry }: Context,
  { backup, unlock, passphrase, expectStore: expected }: ReadBackupRequest,
): Promise<BackupCheck> {
  const since = performance.now();
  const [{ bytesOf, readBackup }, { checkBackup }, { Durable }] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/store-files.ts'),
    import('../../disk/durable.ts'),
  ]);
  const done = (facts: Parameters<typeof telemetry.events.backupVerified>[0]) => telemetry.events.backupVerified(facts);
  try {
    const bytes = typeof backup === 'string' ? bytesOf(backup) : backup;
    const checked = await checkBackup(readBackup(bytes, unlock), { disk: new Durable(), passphrase, expected });
    done({ scope: scopeOf(checked), durationMs: performance.now() - since });
    return checked;
  } catch (error) {
    done({ scope: 'store', code: toStoreError(error).code, durationMs: performance.now() - since });
    throw error;
  }
}

/** Returns the extent of a backup that was checked. */
export function scopeOf({ commits }: Pick<BackupCheck, 'commits'>): BackupScope {
  return commits === 0 ? 'keys' : 'store';
}
