import type { Author, Statement } from '../../core/commit/statement.ts';
import type { CommitId, Digest, KeyId } from '../../core/digest.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';

/** One version of a config, as its commit says. */
export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly index: number;
  readonly commit: CommitId;
  readonly keyId: KeyId;
  readonly action: 'put' | 'restore' | 'delete';
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly restoredFrom: number | null;
  readonly time: string;
  readonly message: string;
  readonly author: Author;
  /** Why this version is not believed, though its commit verifies: it restores something else than it says, for example. */
  readonly flaw: string | null;
}

/** Verdict on the commit of one version in a history. */
export type Verdict = 'ok' | 'untrusted' | 'corrupt';

/** A version in a history. */
export interface JudgedVersion extends VersionRow {
  readonly verdict: Verdict;
  /** Why its content is not to be had, though its commit is sound: it was removed on purpose, or is damaged or gone. */
  readonly missing?: 'purged' | 'damaged' | undefined;
}

/** One commit of the log, checked; a `corrupt` one says nothing that could be trusted. */
export interface CommitEntry {
  readonly index: number;
  readonly verdict: Verdict;
  readonly commit?: CommitId;
  readonly keyId?: KeyId;
  readonly statement?: Statement;
}

/** A page of something sorted, with the number of all and where the next page begins (absent on the last). */
export interface Page<T, C> {
  readonly items: readonly T[];
  readonly total: number;
  readonly next?: C;
}

/** One version, its bytes checked against digest, signature, chain and name. */
export interface VerifiedRead {
  readonly row: VersionRow;
  readonly bytes: Uint8Array;
  /** False only when the store is foreign, not anchored or rolled back: see `notices`. */
  readonly verified: boolean;
  readonly receipt: Receipt;
  /** Reasons to doubt it: the store is foreign, not anchored, rolled back or damaged. */
  readonly notices: readonly Notice[];
}
