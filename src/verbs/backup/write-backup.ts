import { resolve } from 'node:path';
import type { Lock } from '../../archive/age.ts';
import type { BackupSize } from '../../archive/backup.ts';
import type { ArchiveFile } from '../../archive/tar.ts';
import { cancelled } from '../../core/cancelled.ts';
import type { Durable } from '../../disk/durable.ts';
import type { Context } from '../shared/context.ts';

/** The extent of a backup: key files and pin, or the log, artifacts and drafts too. */
export type BackupScope = 'keys' | 'store';

/** The extent of a backup, and who can open it. */
export interface BackupRequest {
  readonly scope: BackupScope;
  readonly lock: Lock;
  /** Ends it, with nothing left behind. */
  readonly signal?: AbortSignal | undefined;
}

/** A backup as a file. */
export interface WriteBackupRequest extends BackupRequest {
  readonly out: string;
  /** Replace what is at `out`. */
  readonly replace?: boolean | undefined;
}

/**
 * Writes a backup, which is there whole, mode 0600, or not at all.
 *
 * @throws StoreError ARGUMENT_INVALID when there is something at `out`, KEY_MISSING, KEY_PERMISSIONS, STORE_MISSING, CORRUPT
 */
export async function writeBackup(
  ctx: Context,
  { scope, lock, signal, out, replace = false }: WriteBackupRequest,
): Promise<BackupSize & { readonly file: string }> {
  const since = performance.now();
  const archive = await import('../../archive/backup.ts');
  const { disk, files } = await sourceOf(ctx, scope);
  const file = resolve(out);
  const size = await archive.writeBackup(file, unlessAborted(files, signal), { lock, replace, now: new Date(), disk });
  ctx.telemetry.events.backupMade({ scope, ...size, durationMs: performance.now() - since });
  return { file, ...size };
}

/** The same backup as a stream, for one who keeps it elsewhere. @throws StoreError as {@link writeBackup} */
export async function* streamBackup(ctx: Context, { scope, lock, signal }: BackupRequest): AsyncGenerator<Uint8Array> {
  const since = performance.now();
  const archive = await import('../../archive/backup.ts');
  const { files } = await sourceOf(ctx, scope);
  const { stream, size } = await archive.streamBackup(unlessAborted(files, signal), { lock, now: new Date() });
  yield* stream;
  ctx.telemetry.events.backupMade({ scope, ...size, durationMs: performance.now() - since });
}

/** @throws StoreError CANCELLED once the signal is aborted */
async function* unlessAborted(
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ArchiveFile> {
  for await (const file of files) {
    if (signal?.aborted) throw cancelled();
    yield file;
  }
}

async function sourceOf(
  { installation, store }: Context,
  scope: BackupScope,
): Promise<{ disk: Durable; files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile> }> {
  const [{ keyFiles }, { storeFiles }, { KeyFolder }, { Durable }] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/store-files.ts'),
    import('../../keys/folder/key-files.ts'),
    import('../../disk/durable.ts'),
  ]);
  const disk = new Durable();
  if (scope === 'store') return { disk, files: storeFiles(await store()) };
  return { disk, files: keyFiles(new KeyFolder(installation.settings().paths.keys, disk)) };
}
