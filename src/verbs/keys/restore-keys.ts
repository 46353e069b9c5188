import type { KnownFile } from '../../archive/inspect.ts';
import { unlessAborted } from '../../core/cancelled.ts';
import type { Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Pin } from '../../state/pin.ts';
import type { ReadBackupRequest } from '../backup/verify-backup.ts';
import type { Context } from '../shared/context.ts';

/** A backup, of keys or of a whole store, whose keys are put in place. */
export interface RestoreKeysRequest extends ReadBackupRequest {
  /**
   * Goes on over files that differ and over another store, once the person has confirmed the id of the backup's store.
   *
   * @throws to end it
   */
  readonly confirmed?: ((store: Hex) => Promise<void>) | undefined;
}

/** The keys that were put in place. */
export interface RestoreKeysResult {
  /** The store they belong to; undefined when the backup does not say. */
  readonly store: Hex | undefined;
  readonly restored: readonly Hex[];
  /** Names of files that were there already, differ, and were left as they are. */
  readonly kept: readonly string[];
  /** Absolute path of the folder. */
  readonly folder: string;
}

/**
 * Puts the keys of a backup in place. All of it is read and every key is opened before the first file is written; private keys
 * go nowhere but into the keys folder, each whole or not at all. Never over the keys of another store, unless confirmed.
 *
 * @throws StoreError STORE_FOREIGN, NOT_FOUND, KEY_LOCKED, CORRUPT, and as `KeyFolder.putBack`
 */
export async function restoreKeys(
  ctx: Context,
  { backup, unlock, passphrase, expectStore, confirmed, signal }: RestoreKeysRequest,
): Promise<RestoreKeysResult> {
  const since = performance.now();
  const [
    { bytesOf, readBackup },
    { expectOrigin, inspectFiles, noFacts },
    { KeyFolder },
    { PinFile },
    { StateFolder },
    { Durable },
  ] = await Promise.all([
    import('../../archive/backup.ts'),
    import('../../archive/inspect.ts'),
    import('../../keys/folder/key-files.ts'),
    import('../../state/pin.ts'),
    import('../../state/state-folder.ts'),
    import('../../disk/durable.ts'),
  ]);
  const facts = noFacts();
  const files: KnownFile[] = [];
  const bytes = typeof backup === 'string' ? bytesOf(backup) : backup;
  for await (const file of inspectFiles(unlessAborted(readBackup(bytes, unlock), signal), facts, passphrase))
    if (file.path.startsWith('keys/')) files.push(file);
  expectOrigin(facts, expectStore);
  const { store, head } = facts;
  const { paths, keysShared } = ctx.installation.settings();
  const disk = new Durable(undefined, undefined, keysShared);
  const keys = new KeyFolder(paths.keys, disk);
  const pinFile = new PinFile(new StateFolder(paths.state, disk), paths.keys, disk);
  const others = await otherStores(ctx, pinFile.read().pin, store);
  if (confirmed !== undefined && store !== undefined) await confirmed(store);
  else if (others.length > 0 || (store === undefined && keys.privateKeyIds().size > 0))
    throw foreign(store, others[0], paths.keys);
  const kept: string[] = [];
  const restored: Hex[] = [];
  for (const { path, name, bytes: content } of files) {
    if (name.kind !== 'private' && name.kind !== 'pending' && name.kind !== 'public') continue;
    const inPlace = await keys.putBack(path.slice('keys/'.length), content, confirmed !== undefined);
    if (!inPlace) kept.push(path);
    else if (name.kind === 'private') restored.push(name.keyId);
  }
  if (store !== undefined && head !== undefined)
    await (others.length > 0 ? pinFile.replace({ store, ...head }) : pinFile.raise({ store, ...head }));
  const durationMs = performance.now() - since;
  ctx.telemetry.events.backupRestored({ scope: 'keys', files: files.length, bytes: facts.bytes, durationMs });
  return { store, restored, kept, folder: paths.keys };
}

/** The ids of stores, other than the backup's, that this installation knows or holds. */
async function otherStores(
  { installation, store }: Context,
  pin: Pin | undefined,
  of: Hex | undefined,
): Promise<Hex[]> {
  const log = await store()
    .then(({ state }) => state.status())
    .catch(() => undefined); // a store that cannot be opened, because its keys are gone for example, says nothing
  const known = [pin?.store, installation.settings().storeId, log?.store].filter((id) => id !== undefined);
  return known.filter((id) => id !== of);
}

function foreign(store: Hex | undefined, other: Hex | undefined, folder: string): StoreError {
  const whose =
    store === undefined
      ? 'the backup does not say whose keys it holds'
      : `the backup holds the keys of the store ${store}`;
  const here = other === undefined ? `${folder} holds keys already` : `the store here is ${other}`;
  return new StoreError('STORE_FOREIGN', `${whose}, and ${here}`, {
    hint: 'Nothing was restored. Restore into the folders of that store, or into new ones.',
    advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
  });
}
