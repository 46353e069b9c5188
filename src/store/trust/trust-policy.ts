import type { Advice } from '../../core/advice.ts';
import type { CommitId, Hex, KeyId, StoreId } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Away } from '../../engine/port.ts';
import type { AnchorState } from '../api/state.ts';

/** A commit that was seen. */
export interface Seen {
  readonly index: number;
  readonly commit: CommitId;
}

/** Knowledge of this installation about its store from outside the storage volume. */
export interface Anchors {
  /** The pin, where there is one that can be read. */
  readonly pin: (Seen & { readonly store: StoreId }) | undefined;
  /** Why the pin that is there cannot be read; damaged is not absent. */
  readonly pinDamage: string | undefined;
  /** CONFIG_STORE_ID. */
  readonly setting: Hex | undefined;
  /** Key ids of the `*.pub.pem` files in `keys/`. */
  readonly publicKeys: ReadonlySet<KeyId>;
}

/**
 * Says whether a store id is ours: it equals the setting, where a person has decided so; without one the pin's; and names a
 * public key in `keys/` where there is neither. Being in the log's keyring is not enough: an attacker can write a new log that adds our key.
 */
export function anchorState(store: StoreId, { pin, setting, publicKeys }: Anchors): AnchorState {
  if (setting !== undefined && setting !== store) return 'foreign';
  if (pin?.store === store) return 'pin';
  if (setting !== undefined) return 'setting';
  if (pin !== undefined) return 'foreign';
  if (publicKeys.has(store)) return 'key';
  return publicKeys.size === 0 ? 'none' : 'foreign';
}

/** The verified log, as far as trust asks about it. */
export interface SeenLog {
  readonly store: StoreId;
  readonly head: Seen;
  /** Id of the commit at the pin's index; undefined when the log ends before it. */
  readonly atPin: CommitId | undefined;
  /** The newest commit this process had verified when the log under it was replaced. */
  readonly replaced: Seen | undefined;
}

/** Returns why the store may not be relied on: it is foreign, the pin is damaged, or it is older than what was seen here. */
export function objectionTo(log: SeenLog, anchors: Anchors): StoreError | undefined {
  if (anchorState(log.store, anchors) === 'foreign') return foreignStore(log.store, anchors);
  if (anchors.pinDamage !== undefined) return damagedPin(anchors.pinDamage);
  if (log.replaced !== undefined) return rolledBack(log.replaced, log.head);
  const { pin } = anchors;
  if (pin?.store === log.store && log.atPin !== pin.commit) return rolledBack(pin, log.head);
  return undefined;
}

/** `STORE_FOREIGN`: the log is signed, but by a store this installation does not know. */
export function foreignStore(store: StoreId, { pin, setting }: Anchors): StoreError {
  const ours = setting ?? pin?.store;
  return new StoreError(
    'STORE_FOREIGN',
    `the storage holds store ${store.slice(0, 16)}…, which is not this installation's${ours === undefined ? '' : ` (${ours.slice(0, 16)}…)`}`,
    {
      hint: 'Mount the storage that belongs to these keys. If the other store is the right one, name it, or use keys/ and state/ folders of its own.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_ID', to: store }],
      details: { store, expected: ours ?? null },
    },
  );
}

/** `ROLLED_BACK`: the log is older than what this installation has seen, or another. */
export function rolledBack(seen: Seen, head: Seen | undefined): StoreError {
  const before = `commit ${seen.index} (${seen.commit.slice(0, 16)}…) was seen here before`;
  const message =
    head !== undefined && head.index >= seen.index
      ? `the store was rewritten: ${before}, and the log now holds another at that index`
      : `the store was rolled back: ${before}, and the log now ends at ${head === undefined ? 'nothing' : `commit ${head.index}`}`;
  return new StoreError('ROLLED_BACK', message, {
    hint: 'Nothing is written until the newer storage is back, or a person decides to go on without it.',
    advice: [{ do: 'verify' }, { do: 'accept-rollback' }],
    details: { pinned_index: seen.index, pinned_commit: seen.commit, head_index: head?.index ?? -1 },
  });
}

/** `ROLLED_BACK`: what was seen here cannot be read any more, so an older store would pass for the newest. */
export function damagedPin(why: string): StoreError {
  return new StoreError('ROLLED_BACK', `the pin, which says what was seen here, is damaged: ${why}`, {
    hint: 'A rollback would not be noticed, so nothing is written until a person decides that this store is the newest.',
    advice: [{ do: 'verify' }, { do: 'accept-rollback' }],
    details: { pin_damaged: true },
  });
}

/** `STORE_MISSING`: there are keys, a pin or a setting, but no log. */
export function missingStore(location: string): StoreError {
  return new StoreError('STORE_MISSING', `there is a key or a pin, but no store in ${location}`, {
    hint: `${isAddress(location) ? 'Give the address of' : 'Mount'} the storage that belongs to these keys, or restore it from a backup.`,
    advice: [...(isAddress(location) ? [setStorage(location)] : []), { do: 'make-new-store' }],
  });
}

/** `STORE_MISSING`: nothing says that there ever was a store here. */
export function noStore(location: string): StoreError {
  return new StoreError('STORE_MISSING', `there is no store at ${location}`, {
    hint: isAddress(location)
      ? 'Nothing was stored there yet. Where something was, give the address of that database.'
      : 'Nothing was stored here yet. Where something was, name the folder or mount the volume that holds it.',
    advice: [setStorage(location), { do: 'make-store' }],
  });
}

/** True for a storage in a database. */
function isAddress(location: string): boolean {
  return location.includes('://');
}

function setStorage(location: string): Advice {
  return { do: 'set', setting: isAddress(location) ? 'CONFIG_STORE_STORAGE' : 'CONFIG_STORE_VAR' };
}

/** Said with every read where nothing here says whose the store is. */
export const NOT_ANCHORED: Notice = {
  severity: 'warning',
  code: 'NOT_ANCHORED',
  message: 'not anchored: no key is here and no store id is set, so nothing here says that this store is yours',
  advice: [{ do: 'set', setting: 'CONFIG_STORE_ID' }],
};

/** Said with every answer while the storage does not answer: it comes from what was verified here before. */
export function unreachable({ since, why }: Away): Notice {
  return {
    severity: 'warning',
    code: 'STORE_UNREACHABLE',
    message: `the storage has not answered since ${since.toISOString()} (${why}): this is what was verified here before, and drafts are not known`,
    advice: [{ do: 'check-storage' }],
  };
}
