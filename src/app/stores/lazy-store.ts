import { isStoreError, StoreError, toStoreError } from '../../core/errors.ts';
import { idOutside } from '../../disk/volume/id-map.ts';
import type { StoreObserver } from '../../store/api/observer.ts';
import type { CheckTexts } from '../../store/api/signed-text.ts';
import type { Store } from '../../store/api/store.ts';
import type { Settings } from '../settings/settings.ts';

/** Stands for everyone outside who has no id in a user namespace: user_namespaces(7). */
const UNMAPPED_UID = 65_534;

/** A store that is opened at first use, once, and again after a failure. */
export interface LazyStore {
  /** @throws StoreError that says why the store cannot be opened. */
  open(): Promise<Store>;
  /** Closes the store if it was opened. */
  close(): Promise<void>;
}

/** Parts of a lazily opened store other than its settings. */
export interface LazyStoreOptions {
  readonly passphrase?: (() => Promise<string | undefined>) | undefined;
  /** Encrypts new keys, where a passphrase is configured. */
  readonly newKeyPassphrase?: (() => Promise<string | undefined>) | undefined;
  readonly observer?: StoreObserver | undefined;
  /** Called with each store that is opened; must not throw. */
  readonly opened?: ((store: Store) => void) | undefined;
  /** Decides whether the texts of a commit may be signed. */
  readonly checkTexts?: CheckTexts | undefined;
  /** True for a process that goes on writing, such as a server. */
  readonly standing?: boolean | undefined;
}

/**
 * Wires `openStore` to the settings. Nothing is loaded or touched before the first `open`.
 *
 * @param settings read at the first `open`, so that a bad one is that call's failure and not the process's
 */
export function lazyStore(
  settings: () => Settings,
  { opened: onOpened, standing, ...options }: LazyStoreOptions,
): LazyStore {
  let opened: Promise<Store> | undefined;
  const openNow = async () => {
    const { paths, storeId, signingKey, keysShared, database } = settings();
    const common = { paths, storeId, signingKey, shared: keysShared, ...options };
    const store = await (database === undefined
      ? (await import('./local-store.ts')).openLocalStore({ ...common, standing })
      : (await import('./shared-store.ts')).openSharedStore({ ...common, database }));
    onOpened?.(store);
    return store;
  };
  return {
    open: () => {
      opened ??= openNow().catch((error: unknown) => {
        opened = undefined;
        throw fromTheHost(toStoreError(error), settings);
      });
      return opened;
    },
    close: async () => {
      const store = await opened?.catch(() => undefined);
      opened = undefined;
      await store?.close();
    },
  };
}

/** A path in a container is another one for the person who has to fix it, and who may also choose the container's user. */
function fromTheHost(error: StoreError, settings: () => Settings): StoreError {
  const owner = error.details?.['owner'];
  if (!isStoreError(error, 'STORE_UNREADABLE') || typeof owner !== 'number' || !settings().expectVolume) return error;
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  const outside = idOutside(uid, 'uid');
  // Where ids are mapped, one that is not stands for all users outside.
  const isStranger = outside !== undefined && owner === UNMAPPED_UID;
  const user = owner > 0 && !isStranger ? `, or start the container as its owner: docker run --user ${owner} …` : '';
  const mapped =
    outside === undefined
      ? ''
      : ` where it has to belong to ${outside}:${idOutside(gid, 'gid') ?? gid}, because the engine maps ids; with rootless Podman: podman unshare chown -R ${uid}:${gid} …`;
  return new StoreError(error.code, error.message, {
    hint: `${error.hint} (on the host: the folder that is mounted there${mapped})${user}`,
    details: error.details ?? {},
    cause: error,
  });
}
