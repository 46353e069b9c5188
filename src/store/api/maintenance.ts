import type { Author } from '../../core/commit/statement.ts';
import type { CommitId, Digest, Hex, KeyId, StoreId } from '../../core/digest.ts';
import type { ErrorCode, StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { KeyState } from './keys.ts';
import type { VersionRow } from './versions.ts';

export type VerifyDepth = 'structure' | 'signatures' | 'bytes';

/** Result of a check: a notice that says where, and how to go on. */
export type Finding = Notice & { readonly where: string; readonly hint: string } & (
    | { readonly severity: 'error'; readonly code: ErrorCode }
    | { readonly severity: 'warning' }
  );

export interface VerifyRequest {
  /** Only this config's versions (the chain is checked whole all the same). */
  readonly name?: string | undefined;
  readonly depth?: VerifyDepth | undefined;
  /** Commit id that must be in the log. */
  readonly expectCommit?: CommitId | undefined;
  readonly expectStore?: StoreId | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly checked: { readonly commits: number; readonly artifacts: number; readonly bytes: number };
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** Files after the newest good commit that are not commits of this store. */
export interface BadTail {
  readonly first: number;
  readonly last: number;
  readonly fault: StoreError;
  /** The pin, where it names a commit that is among these or after them: it was good when it was last seen here. */
  readonly seen?: { readonly index: number; readonly commit: CommitId };
}

/** How the store is older than, or other than, what was seen here. */
export interface Rollback {
  readonly kind: 'rolled back' | 'rewritten' | 'pin damaged';
  /** The newest commit that was seen here; undefined when the pin that named it is damaged. */
  readonly seen: { readonly index: number; readonly commit: CommitId } | undefined;
  readonly head: { readonly index: number; readonly commit: CommitId };
  readonly reason: StoreError;
  /** Keys that signed what is new to this installation, with their state. */
  readonly signers: ReadonlyArray<{ readonly keyId: KeyId; readonly label: string; readonly state: KeyState }>;
}

/** A version in a commit that lost its place, and whether it can be put back. */
export interface LostVersion extends VersionRow {
  /** `there`: the config has had these bytes since. `missing`: the artifact is not here. Deletions are not repeated. */
  readonly state: 'lost' | 'there' | 'missing' | 'deletion';
}

/** A signed commit of this store that is not in its log: another took its place, or the place of one before it. */
export interface LostCommit {
  readonly index: number;
  readonly commit: CommitId;
  readonly keyId: KeyId;
  readonly time: string;
  readonly message: string;
  readonly author: Author;
  /** The files that hold it. */
  readonly where: readonly string[];
  /** True when its predecessor is in the log: here the log forked. */
  readonly forks: boolean;
  readonly versions: readonly LostVersion[];
  /** How many changes of keys, acceptances and purges it holds; these are not put back. */
  readonly others: number;
}

/** One thing that a copy of the store must hold. */
export type StoredItem =
  | { readonly kind: 'commit'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly kind: 'artifact'; readonly digest: Digest; readonly bytes: Uint8Array }
  | { readonly kind: 'draft'; readonly key: Hex; readonly revision: number; readonly bytes: Uint8Array };

/** Looks after the store: checks it whole, and repairs what can be repaired. */
export interface StoreMaintenance {
  verify(request: VerifyRequest): Promise<VerifyReport>;
  /** Makes the cache again from the log. */
  rebuild(onProgress?: (done: number, total: number) => void): Promise<{ commits: number; seconds: number }>;
  /** Finds artifacts that no commit names and that are older than a day; removes them only with `apply`. */
  collect(options: { apply: boolean }): Promise<{ digests: readonly Digest[]; bytes: number; removed: boolean }>;
  /**
   * Returns everything a copy must hold, in an order that makes a copy of a store in use sound: the log as far as it goes
   * now, then the artifacts it refers to, then the drafts.
   *
   * @throws StoreError what forbids a put: a copy of a foreign, rolled-back or damaged store would hide that
   */
  contents(): AsyncIterable<StoredItem>;
  /** Returns what a person decides about before `accept`; undefined when the store is not behind what was seen here. */
  rollback(): Promise<Rollback | undefined>;
  /**
   * The decision, after `ROLLED_BACK`, to go on without the commits that were seen here.
   *
   * @param request `commit` is the id of the newest commit there is, as the person confirmed it
   */
  accept(request: { author: Author; reason: string; commit: CommitId }): Promise<Receipt>;
  /** Returns files among the store's own that are none of them, with what they hold; near the newest commits only with `newest`. */
  strays(reach: 'all' | 'newest'): Promise<readonly Finding[]>;
  /** Returns the commits that lost their place, wherever they are still found: conflict copies, the bad tail, quarantine/. Oldest first. */
  lost(): Promise<readonly LostCommit[]>;
  /** Returns the bytes of a lost version; undefined when they are not here. @throws StoreError CORRUPT */
  lostBytes(version: LostVersion): Promise<Uint8Array | undefined>;
  /** Moves the conflict copies of a lost commit to quarantine/; says how many. */
  setAside(lost: LostCommit): Promise<number>;
  /** @throws StoreError CORRUPT when commit 0 itself is bad: then only a backup helps */
  badTail(): Promise<BadTail | undefined>;
  /** Moves a bad tail to quarantine/ and says so in a commit. */
  repair(request: { author: Author; tail: BadTail; reason: string }): Promise<Receipt>;
}
