import { type Hex, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { AnchorState } from '../api/state.ts';
import type { CommitRecord } from '../commits/commit-record.ts';

/** What this installation knows of its store from outside the storage volume. */
export interface Anchors {
  /** pin.json, where it exists and can be read. */
  readonly pin: { readonly store: Hex; readonly index: number; readonly commit: Hex } | undefined;
  /** CONFIG_STORE_ID. */
  readonly setting: Hex | undefined;
  /** key ids of the `*.pub.pem` files in `keys/`. */
  readonly publicKeys: ReadonlySet<Hex>;
}

/**
 * Whether a store id is ours: it equals the setting, where a person has decided so; without one the pin's; and names a
 * public key in `keys/` where there is neither. Being in the log's keyring is not enough: an attacker can write a new log that adds our key.
 */
export function anchorState(store: Hex, { pin, setting, publicKeys }: Anchors): AnchorState {
  if (setting !== undefined && setting !== store) return 'foreign';
  if (pin?.store === store) return 'pin';
  if (setting !== undefined) return 'setting';
  if (pin !== undefined) return 'foreign';
  if (publicKeys.has(store)) return 'key';
  return publicKeys.size === 0 ? 'none' : 'foreign';
}

/** `STORE_FOREIGN`: the log is signed, but by a store this installation does not know. */
export function foreignStore(store: Hex, { pin, setting }: Anchors): StoreError {
  const ours = setting ?? pin?.store;
  return new StoreError(
    'STORE_FOREIGN',
    `the storage holds store ${store.slice(0, 16)}…, which is not this installation's${ours === undefined ? '' : ` (${ours.slice(0, 16)}…)`}`,
    {
      hint: 'Mount the storage that belongs to these keys. If the other store is the right one, set CONFIG_STORE_ID to its full id, or use keys/ of its own.',
      details: { store, expected: ours ?? null },
    },
  );
}

/** `ROLLED_BACK`: the log is older than what this installation has seen, or another. */
export function rolledBack(
  pin: { index: number; commit: Hex },
  head: { index: number; commit: Hex } | undefined,
): StoreError {
  const seen = `commit ${pin.index} (${pin.commit.slice(0, 16)}…) was seen here before`;
  const message =
    head !== undefined && head.index >= pin.index
      ? `the store was rewritten: ${seen}, and the log now holds another at that index`
      : `the store was rolled back: ${seen}, and the log now ends at ${head === undefined ? 'nothing' : `commit ${head.index}`}`;
  return new StoreError('ROLLED_BACK', message, {
    hint: 'Bring the newer storage back, or run "config-store verify" and then decide with "config-store trust --accept". Until then nothing is written.',
    details: { pinned_index: pin.index, pinned_commit: pin.commit, head_index: head?.index ?? -1 },
  });
}

/** `STORE_MISSING`: there are keys or a pin, but no log. */
export function missingStore(storage: string): StoreError {
  return new StoreError('STORE_MISSING', `there is a key or a pin, but no store in ${storage}`, {
    hint: 'Mount the storage that belongs to these keys, or restore it from a backup. To begin a new, empty store with a new key instead: config-store init --new.',
  });
}

/** What a process saw counts like a pin: `ROLLED_BACK` when a commit it had verified is no longer at its index. */
export function replacedSince(
  log: { readSync(index: number): Uint8Array | undefined },
  seen: CommitRecord | undefined,
  head: CommitRecord | undefined,
): StoreError | undefined {
  if (seen === undefined) return undefined;
  const there = log.readSync(seen.index);
  if (there !== undefined && sha256Hex(there) === seen.id) return undefined;
  return rolledBack({ index: seen.index, commit: seen.id }, head && { index: head.index, commit: head.id });
}

/** Said with the status of a store whose storage is on such a file system. */
export const NETWORK_STORAGE: Notice = {
  severity: 'warning',
  code: 'NETWORK_STORAGE',
  message:
    'the storage is on a network or FUSE file system, whose locks and flushes cannot be relied on: use a local disk, or a named volume with Docker',
};

/** Said with every read where nothing here says whose the store is. */
export const NOT_ANCHORED: Notice = {
  severity: 'warning',
  code: 'NOT_ANCHORED',
  message: 'not anchored: keys/ is empty and CONFIG_STORE_ID is not set, so nothing here says that this store is yours',
};
