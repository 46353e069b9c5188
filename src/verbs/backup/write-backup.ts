import { resolve } from 'node:path';
import type { BackupForm } from '../../archive/backup.ts';
import type { BackupFacts } from '../../archive/inspect.ts';
import type { ArchiveFile } from '../../archive/tar.ts';
import { unlessAborted } from '../../core/cancelled.ts';
import type { Durable } from '../../disk/durable.ts';
import type { Context } from '../shared/context.ts';

/** The extent of a backup: key files and pin, or the log, artifacts and drafts too. */
export type BackupScope = 'keys' | 'store';

/** The extent of a backup, and who can open it. */
export interface BackupRequest extends Pick<BackupForm, 'lock' | 'armor'> {
  readonly scope: BackupScope;
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
 * Writes a backup, which is there whole, mode 0600, and was read back and inspected, or not at all.
 *
 * @throws StoreError ARGUMENT_INVALID when there is something at `out`, KEY_MISSING, KEY_PERMISSIONS, STORE_MISSING, CORRUPT
 */
export async function writeBackup(
  ctx: Context,
  { scope, signal, out, replace = false, ...form }: WriteBackupRequest,
): Promise<BackupFacts & { readonly file: string }> {
  const since = performance.now();
  const archive = await import('../../archive/backup.ts');
  const { disk, files } = await sourceOf(ctx, scope);
  const file = resolve(out);
  const facts = await archive.writeBackup(file, unlessAborted(files, signal), {
    ...form,
    replace,
    now: new Date(),
    disk,
  });
  told(ctx, scope, facts, since);
  return { file, ...facts };
}

/**
 * The same backup as a stream, for one who keeps it elsewhere; what is given out is decrypted and inspected on the way.
 *
 * @returns the stream; `facts` settles once it has ended
 * @throws StoreError as {@link writeBackup}
 */
export async function streamBackup(
  ctx: Context,
  { scope, signal, ...form }: BackupRequest,
): Promise<{ stream: AsyncIterable<Uint8Array>; facts: Promise<BackupFacts> }> {
  const since = performance.now();
  const archive = await import('../../archive/backup.ts');
  const { files } = await sourceOf(ctx, scope);
  const { stream, facts } = await archive.streamBackup(unlessAborted(files, signal), { ...form, now: new Date() });
  facts.then(
    (known) => told(ctx, scope, known, since),
    () => undefined, // the stream throws it
  );
  return { stream, facts };
}

function told({ telemetry }: Context, scope: BackupScope, { files, bytes }: BackupFacts, since: number): void {
  telemetry.events.backupMade({ scope, files, bytes, durationMs: performance.now() - since });
}

async function sourceOf(
  { installation, store }: Context,
  scope: BackupScope,
): Promise<{ disk: Durable; files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile> }> {
  const [{ keyFiles }, { storeFiles }, { KeyFolder }, { Durable }, { PinFile }, { StateFolder }] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/store-files.ts'),
    import('../../keys/folder/key-files.ts'),
    import('../../disk/durable.ts'),
    import('../../state/pin.ts'),
    import('../../state/state-folder.ts'),
  ]);
  const disk = new Durable();
  if (scope === 'store') return { disk, files: storeFiles(await store()) };
  const { paths, keysShared } = installation.settings();
  const shared = new Durable(undefined, undefined, keysShared);
  // A damaged pin is left out: the keys are what matters, and a pin that cannot be read is of no use.
  const { pin } = new PinFile(new StateFolder(paths.state, shared), paths.keys).read();
  return { disk, files: keyFiles(new KeyFolder(paths.keys, shared), pin) };
}
