import { type ErrorCode, isStoreError } from '../../core/errors.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import type { Content } from '../shared/content-changes.ts';

/** Versions that one request goes through. */
export const MAX_VERSIONS = 1_000;
const STEP = 100;

/** One version of a config, with what it held. */
export interface WalkedVersion {
  readonly row: VersionRow;
  /** Undefined for a deletion, and for what cannot be read or believed. */
  readonly content: Content | undefined;
  /** Why it cannot be read: purged, damaged, signed by a key that is not trusted. */
  readonly unreadable?: ErrorCode | undefined;
}

/**
 * Goes through the versions of a config, from `from` back to the first, MAX_VERSIONS at most.
 *
 * @throws StoreError NOT_FOUND, and what a list of versions throws
 */
export async function* walkVersions(
  store: Store,
  name: string,
  from: number | undefined,
): AsyncGenerator<WalkedVersion> {
  let before = from === undefined ? undefined : from + 1;
  for (let walked = 0; walked < MAX_VERSIONS; ) {
    const page = await store.reader.versions(name, { before, limit: STEP });
    for (const row of page.items) {
      yield row.action === 'delete' ? { row, content: undefined } : await read(store, row);
      walked++;
    }
    before = page.next;
    if (before === undefined) return;
  }
}

async function read(store: Store, row: VersionRow): Promise<WalkedVersion> {
  try {
    const { bytes } = await store.reader.read(row.name, row.version);
    return { row, content: { bytes, mediaType: row.mediaType } };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { row, content: undefined, unreadable: error.code };
  }
}
