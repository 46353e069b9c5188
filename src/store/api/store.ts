import type { Author, KeyChange, Statement } from '../../core/commit/statement.ts';
import type { Hex } from '../../core/digest.ts';
import type { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Administration } from './administration.ts';

export type { Receipt } from '../../core/receipt.ts';

/** One version of a config as the cache knows it (derived from the log; every read checks it against the log). */
export interface VersionRow {
  readonly name: string;
  readonly version: number;
  readonly index: number;
  readonly commit: Hex;
  readonly keyId: Hex;
  readonly action: 'put' | 'restore' | 'delete';
  readonly digest: Hex;
  readonly size: number;
  readonly mediaType: string;
  readonly restoredFrom: number | null;
  readonly time: string;
  readonly message: string;
  readonly author: Author;
}

/** Verdict on one version in a history. */
export type Verdict = 'ok' | 'untrusted' | 'corrupt';

/** One commit of the log, checked; a `corrupt` one says nothing that could be told. */
export interface CommitEntry {
  readonly index: number;
  readonly verdict: Verdict;
  readonly commit?: Hex;
  readonly keyId?: Hex;
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
  /** False only when the store is foreign, not anchored or rolled back: see `warnings`. */
  readonly verified: boolean;
  readonly receipt: Receipt;
  readonly warnings: readonly string[];
}

export type ChangeRequest =
  | {
      readonly action: 'put';
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly mediaType: string;
      readonly expectedVersion?: number | undefined;
    }
  | {
      readonly action: 'restore';
      readonly name: string;
      readonly version: number;
      readonly expectedVersion?: number | undefined;
    }
  | { readonly action: 'delete'; readonly name: string; readonly expectedVersion?: number | undefined }
  | { readonly action: 'purge'; readonly digest: Hex; readonly reason: string };

/** All of it becomes one commit, or nothing does. */
export interface CommitRequest {
  readonly changes: readonly ChangeRequest[];
  /** Key administration; owners only, command line only. */
  readonly keys?: readonly KeyChange[];
  readonly message: string;
  readonly author: Author;
}

export interface CommitOutcome {
  /** Receipt of the new commit; when nothing was new, that of the commit that made the newest of the named versions. */
  readonly receipt: Receipt;
  /** In the order of the request's changes (purges left out). */
  readonly versions: ReadonlyArray<{
    readonly name: string;
    readonly version: number;
    readonly digest: Hex;
    readonly created: boolean;
    readonly index: number;
  }>;
  /** False when every change equalled its head and no commit was made. */
  readonly committed: boolean;
}

/** An unsigned, mutable working copy of a config, shared by all processes. */
export interface Draft {
  readonly name: string;
  /** 1, 2, 3 … per name; the newest wins. */
  readonly revision: number;
  /** The config's newest version when the draft was begun; 0 when there was none. */
  readonly baseVersion: number;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly digest: Hex;
  readonly message: string;
  readonly author: Author;
  readonly time: string;
}

export interface DraftRequest {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly message: string;
  readonly author: Author;
  /** The head the draft builds on; kept from the draft before where there is one, unless `rebase`. */
  readonly baseVersion: number;
  /** Moves a draft that exists on to `baseVersion`. */
  readonly rebase?: boolean | undefined;
  /** The revision this content was worked out from (0: there was no draft); another revision now is VERSION_CONFLICT. */
  readonly afterRevision?: number | undefined;
}

/** Drafts: on disk, by link, newest revision wins; no commit, no signature. */
export interface Drafts {
  get(name: string): Promise<Draft | undefined>;
  list(): Promise<readonly Draft[]>;
  has(name: string): boolean;
  save(request: DraftRequest): Promise<Draft>;
  /** Removes the draft; with `revision` only when that is still the newest. Says whether one was removed. */
  discard(name: string, revision?: number): Promise<boolean>;
}

export type VerifyDepth = 'structure' | 'signatures' | 'bytes';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: StoreError['code'];
  /** What it is about: `log/42`, `sha256:…`, `keys/…`, a file below var, a config name. */
  readonly where: string;
  readonly message: string;
  readonly hint: string;
}

export interface VerifyRequest {
  /** Only this config's versions (the chain is checked whole all the same). */
  readonly name?: string | undefined;
  readonly depth?: VerifyDepth | undefined;
  /** Commit id that must be in the log. */
  readonly expectCommit?: Hex | undefined;
  readonly expectStore?: Hex | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface VerifyReport {
  readonly ok: boolean;
  readonly checked: { readonly commits: number; readonly artifacts: number; readonly bytes: number };
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

export type KeyState = 'active' | 'retired' | 'revoked';

/** A public key the log introduced. */
export interface KeyInfo {
  readonly keyId: Hex;
  readonly label: string;
  readonly role: 'owner' | 'writer';
  readonly state: KeyState;
  readonly addedAt: number;
  readonly retiredAt?: number;
  readonly revokedFrom?: number;
  /** Its private file is in `keys/` of this installation. */
  readonly present: boolean;
}

export type AnchorState = 'pin' | 'setting' | 'key' | 'none' | 'foreign';

/** What the store knows of itself; never throws for a store that is merely empty, foreign or rolled back. */
export interface StoreStatus {
  readonly store: Hex | undefined;
  readonly head: { readonly index: number; readonly commit: Hex } | undefined;
  readonly configs: number;
  readonly anchor: AnchorState;
  readonly pin: { readonly index: number; readonly commit: Hex } | undefined;
  readonly freshness: 'log' | 'cache';
  readonly signingKey: Hex | undefined;
  readonly keys: readonly KeyInfo[];
  /** Why writes are refused now, if they are. */
  readonly writable: StoreError | undefined;
  readonly warnings: readonly string[];
}

/** The only way to the log, for readers and writers alike. Opening creates nothing; the first commit makes the store. */
export interface Store {
  status(): Promise<StoreStatus>;
  /**
   * What makes everything read until now doubtful: the store is another's, older than what was seen here, damaged, or not
   * anchored. Empty when nothing does. Looks at nothing new, so it costs nothing.
   */
  doubts(): readonly string[];
  /** The newest version of a config, tombstones included; absorbs what other processes committed first. */
  head(name: string): Promise<VersionRow | undefined>;
  heads(query: {
    prefix?: string | undefined;
    includeDeleted?: boolean | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<Page<VersionRow, string>>;
  /** Newest first; `before` is the version the page begins below. */
  versions(
    name: string,
    page: { before?: number | undefined; limit: number },
  ): Promise<Page<VersionRow & { readonly verdict: Verdict }, number>>;
  /** @throws StoreError NOT_FOUND, CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED, PURGED */
  read(name: string, version?: number): Promise<VerifiedRead>;
  /** By digest or unique prefix of 8 or more hex characters: the newest version that has these bytes. */
  readDigest(prefix: Hex): Promise<VerifiedRead>;
  /** The newest commits, newest first, each checked in the log itself; none when there is no store. */
  recent(limit: number): Promise<readonly CommitEntry[]>;
  commit(request: CommitRequest): Promise<CommitOutcome>;
  /** Makes the store when there is none; says what there is. */
  init(options: { author: Author; label?: string; fresh?: boolean }): Promise<Receipt>;
  readonly drafts: Drafts;
  readonly administration: Administration;
  verify(request: VerifyRequest): Promise<VerifyReport>;
  /** Signs bytes that nobody keeps with the key that would sign a commit, checks the signature, and names the key; publishes nothing. @throws StoreError KEY_MISSING, KEY_LOCKED, KEY_PERMISSIONS */
  probeSigning(): Promise<Hex>;
  /** The cache anew from the log. */
  rebuild(onProgress?: (done: number, total: number) => void): Promise<{ commits: number; seconds: number }>;
  /** Objects no commit names, older than a day; removed only with `apply`. */
  collect(options: { apply: boolean }): Promise<{ digests: readonly Hex[]; bytes: number; removed: boolean }>;
  /** Everything a stranger needs to check one version: the artifact, the log file's bytes, the public key. */
  exportVersion(
    name: string,
    version?: number,
  ): Promise<{ read: VerifiedRead; envelope: Uint8Array; publicKeyPem: string }>;
  /** SPKI PEM of a key the log introduced. @throws StoreError NOT_FOUND */
  publicKeyPem(keyId: Hex): Promise<string>;
  /** Absorbs what others committed and says which configs changed since the last call, and whether names came or went. */
  changes(): Promise<{ changed: readonly string[]; listChanged: boolean }>;
  /** Lets writes in flight end, writes the pin, closes the cache. */
  close(): Promise<void>;
}
