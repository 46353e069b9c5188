import { type Hex, sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Verdict, VersionRow } from '../api/versions.ts';
import { brokenChain } from './chain-walk.ts';
import { type CommitRecord, sameRow, versionRows } from './commit-record.ts';
import { checkEnvelope } from './verify-commit.ts';

/** What the remembered commits may weigh together: each counts one, and one for each of its changes (about 300 bytes). */
const REMEMBERED = 8_192;

/**
 * Single commits, read from the log at every call and verified. That a signature was good is remembered by commit id, in
 * memory only: the id is the hash of the very bytes that were read again.
 */
export class VerifiedCommits {
  readonly #log: FileCommitLog;
  readonly #keyring: () => Keyring;
  readonly #byId = new Map<Hex, CommitRecord>();
  #weight = 0;

  constructor(log: FileCommitLog, keyring: () => Keyring) {
    this.#log = log;
    this.#keyring = keyring;
  }

  /** @throws StoreError CORRUPT, SIGNATURE_INVALID, STORE_FOREIGN */
  at(index: number): CommitRecord {
    const bytes = this.#log.readSync(index);
    if (bytes === undefined) throw brokenChain(index, true);
    const known = this.#byId.get(sha256Hex(bytes));
    if (known !== undefined && known.index === index) return known;
    const keyring = this.#keyring();
    const record = checkEnvelope(bytes, { index, store: keyring.store }, keyring);
    this.remember(record);
    return record;
  }

  /** Keeps a commit that was verified elsewhere. */
  remember(record: CommitRecord): void {
    if (this.#byId.has(record.id)) return;
    this.#byId.set(record.id, record);
    this.#weight += weightOf(record);
    for (const oldest of this.#byId.values()) {
      if (this.#weight <= REMEMBERED) break;
      this.#byId.delete(oldest.id);
      this.#weight -= weightOf(oldest);
    }
  }

  clear(): void {
    this.#byId.clear();
    this.#weight = 0;
  }

  /** Why a commit is not trusted today; undefined when it is. */
  untrusted({ keyId, index }: CommitRecord): StoreError | undefined {
    const reason = this.#keyring().untrusted(keyId, index);
    const hint = 'No older version is trusted either; put the config again.';
    return reason === undefined ? undefined : new StoreError('KEY_UNTRUSTED', reason, { hint });
  }

  /** What a history says of a version: its commit verifies and says the same, it is not trusted, or it is damaged. */
  verdict(row: VersionRow): Verdict {
    try {
      const record = this.at(row.index);
      if (!says(record, row)) return 'corrupt';
      return this.untrusted(record) === undefined ? 'ok' : 'untrusted';
    } catch (error) {
      if (isStoreError(error)) return 'corrupt';
      throw error;
    }
  }
}

function weightOf({ statement }: CommitRecord): number {
  return 1 + statement.changes.length;
}

/** True when the commit signs exactly what the row says. */
export function says(record: CommitRecord, row: VersionRow): boolean {
  return record.id === row.commit && versionRows(record).some((signed) => sameRow(signed, row));
}

/** Thrown inside the store when a row of the cache was wrong and the cache is new now: ask again. */
export class CacheRowWrong extends Error {}
