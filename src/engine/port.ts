import type { CommitId, Digest, Hex } from '../core/digest.ts';
import type { StoreError } from '../core/errors.ts';
import type { Notice } from '../core/notice.ts';

/**
 * Everything of a store that installations share: one per process. Nothing it returns is trusted; the store checks it.
 * The contract of each part is in its comments, and test/engine holds every implementation to it.
 */
export interface Engine {
  readonly kind: 'files' | 'memory' | 'postgres';
  /** For people: a path, or host, database and schema. Never a password. */
  readonly location: string;
  readonly log: CommitLog;
  readonly objects: ObjectStore;
  readonly drafts: DraftStore;
  readonly turns: Turns;
  readonly admin: EngineAdmin;
  /** Set while it does not answer, and reads go on from what this installation has verified and kept. */
  readonly away: Away | undefined;
  /** Returns once it answers; at once while it is not away. @throws StoreError STORE_BUSY when it does not answer for 10 s */
  reach(): Promise<void>;
  /** Set once nothing may be written any more: a flush failed. */
  readonly halted: StoreError | undefined;
  /** Lets nothing more be written through this engine; the first reason stays. */
  halt(reason: StoreError): void;
  /**
   * Says whether there is a log. Creates nothing.
   *
   * @throws StoreError STORE_UNREADABLE, STORE_NEWER, STORE_UNSUPPORTED, CORRUPT
   */
  open(): Promise<{ readonly exists: boolean }>;
  /** Makes what the first commit needs, and refuses a place that cannot hold a store. @throws StoreError STORE_UNSUPPORTED, STORE_READONLY … */
  prepare(): Promise<void>;
  /** Clears away what dead processes left; called once, at a process's first write. */
  tidy(now: Date): Promise<void>;
  /** Looks whether it can be read and written, for health and status. With `probe` it writes something and removes it. @throws StoreError what forbids writing */
  check(options: { readonly probe: boolean }): Promise<EngineReport>;
  close(): Promise<void>;
}

/** Since when an engine does not answer, and why. */
export interface Away {
  readonly since: Date;
  readonly why: string;
}

/** How an engine is. */
export interface EngineReport {
  /** For people, such as `77,000 MiB free`. */
  readonly message: string;
  readonly notices: readonly Notice[];
}

/** An artifact on its way: files write and flush it at once, PostgreSQL sends it with the commit that names it. */
export interface PendingObject {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  /** Resolves once the artifact is durable, or may be left to `publish`; its handler is attached, so it may be awaited late. */
  readonly durable: Promise<void>;
}

/** Artifacts, by the SHA-256 of their bytes. */
export interface ObjectStore {
  /** True where an artifact is stored in the same act as the commit that names it, so that nothing can take it away in between. */
  readonly withCommit: boolean;
  /** True where a read takes a request, and its time, and so is begun early. */
  readonly byRequest: boolean;
  /**
   * Starts writing an artifact, before it returns as far as it can. A sound copy is not written again but made durable,
   * unless `durablyNamed` says that a durable commit names it; a corrupt copy is replaced.
   */
  begin(bytes: Uint8Array, options?: { readonly durablyNamed?: boolean }): PendingObject;
  /** Durable once it resolves; idempotent. */
  put(bytes: Uint8Array): Promise<Digest>;
  /**
   * Returns the artifact's bytes, or undefined when there is none. Reads at most `size` + 1 bytes.
   *
   * @param size bytes that were signed
   * @throws StoreError CORRUPT when there are other bytes, more or fewer, or something that is no file
   */
  get(digest: Digest, size: number): Promise<Uint8Array | undefined>;
  /** True when there is something under this address; its bytes are not looked at. */
  has(digest: Digest): Promise<boolean>;
}

/** One commit to be published. */
export interface Entry {
  readonly index: number;
  readonly envelope: Uint8Array;
  /** Artifacts that it names and that are not in the store yet. */
  readonly artifacts: readonly PendingObject[];
  /** The commit that it follows. In a turn that is `assumed`, an engine publishes nothing after another one. */
  readonly previous?: CommitId;
  /**
   * Says that the envelope may be published, in up to a millisecond of this thread: called once, while the engine waits for
   * disk or database anyhow. Where it throws, the entry does not become a commit, and `ready` rejects with that, or `publish`
   * for all that it was to publish.
   */
  readonly confirm?: () => void;
}

/** A commit of which only `publish` is missing. */
export interface StagedEntry extends Entry {
  /** Settles when envelope and artifacts are as far as they can be before `publish`; its handler is attached. */
  readonly ready: Promise<void>;
}

/** Contiguous commits, as the engine holds them now. */
export interface LogRange {
  readonly first: number;
  readonly envelopes: readonly Uint8Array[];
  /** True when the range ended by its limit and not by the log. */
  readonly more: boolean;
}

/** The log: an append-only sequence of envelopes at the indexes 0, 1, 2 … */
export interface CommitLog {
  /** False when there is certainly no commit at this index now; undefined where only a request can tell. About 1 µs. */
  peek(index: number): boolean | undefined;
  /**
   * Reads commits from `first` on, oldest first, each durable, in one request; none when there is no such commit. Of an
   * entry over 1 MiB only 1 MiB + 1 byte is returned, and of something that is no file no byte: its reader sees that it is no commit.
   *
   * @throws StoreError STORE_UNREADABLE, STATE_UNKNOWN
   */
  readRange(first: number, limit: { readonly commits: number; readonly bytes: number }): Promise<LogRange>;
  /** Returns indexes above `index` that are taken, ascending, at most `limit`: those beyond a gap too. From listings, never by counting. */
  beyond(index: number, limit: number): Promise<readonly number[]>;
  /** Begins to write an entry. @throws StoreError STORE_FULL, STORE_READONLY … */
  stage(entry: Entry): StagedEntry;
  /** Takes a staged entry away that will not be published; that it is gone already is fine. */
  drop(staged: StagedEntry): void;
  /**
   * Publishes contiguous entries in order: an atomic compare-and-swap on each index, across all processes. Waits for `ready`
   * of each. Resolves, durable, with how many are in the log; the others lost their index and left nothing behind. Refuses to leave a gap.
   *
   * @throws StoreError CORRUPT when the entry before is missing; STATE_UNKNOWN when the outcome is not known, with `resolvable`
   * in its details where a later look at the log tells
   */
  publish(staged: readonly StagedEntry[]): Promise<number>;
  /** Hands over commits that were verified, and what they purge, for an engine that keeps a copy of its own. */
  keep(first: number, envelopes: readonly Uint8Array[], purged: readonly Digest[]): void;
  /** Calls `hint` when there is probably something new: perhaps late, twice or never. Returns how to stop. */
  watch(hint: () => void): () => void;
}

/** Lets the processes on one store append one after another. Advice only: `publish` decides. */
export interface Turns {
  /**
   * Waits for a turn, at most 2 s behind a process that makes no progress; never throws.
   *
   * @param next the index to be appended
   */
  take(next: number, wish?: TurnWish): Promise<Turn>;
}

/** Facts and means that a turn may make use of. */
export interface TurnWish {
  /** Takes in what others have committed; may be called while others have their turns, never twice at once. */
  readonly meanwhile?: () => Promise<void>;
  /** True when no other process has been seen to append lately: where a turn costs more than a race would, there need be none. */
  readonly alone?: boolean;
}

/** The advised right to append. */
export interface Turn {
  /** True when another process had its turn meanwhile: the log has probably grown. */
  readonly waited: boolean;
  /** The part of the log that was read while the turn was taken, from the index before `next` on; absent where nothing was. */
  readonly seen?: LogRange;
  /** True where the log need not be looked at for this turn: `publish` finds out whether it is still what the caller knows. */
  readonly assumed?: boolean;
  leave(): void;
}

/** One revision of a draft. */
export interface DraftRevision {
  readonly key: Hex;
  readonly revision: number;
  readonly body: Uint8Array;
  /** False for the mark that a draft was discarded. */
  readonly live: boolean;
}

/** The newest revision of a key, without its body. */
export interface DraftEntry {
  readonly key: Hex;
  readonly revision: number;
  /** Bytes of the body. */
  readonly size: number;
}

/** Revisions by name hash. What a draft is, is decided above. */
export interface DraftStore {
  /** The newest revision, live or not. Reads at most the limit for a draft. @throws StoreError CORRUPT for what is too large or no file, with `revision` in its details */
  newest(key: Hex): Promise<DraftRevision | undefined>;
  /** Of those keys, which have a live draft. */
  live(keys: readonly Hex[]): Promise<ReadonlySet<Hex>>;
  /** Returns the newest revision of every key, at most `limit`, without their bodies; marks of discarded drafts among them. */
  list(limit: number): Promise<readonly DraftEntry[]>;
  /**
   * A compare-and-swap on the revision, durable once it says `saved`; older revisions go. `conflict` is also the answer where
   * another revision has taken the place of this one before it could be said.
   */
  insert(revision: DraftRevision): Promise<'saved' | 'conflict'>;
}

/** Something among the store's own that is none of it: what a tool that copies folders leaves where two wrote at once. */
export interface Stray {
  /** Its place, such as `log/000/000/000000002 (copy).json`. */
  readonly where: string;
  /** Its content; undefined where it is larger than an entry can be, no file, or cannot be read. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * Where strays are looked for: everywhere; only where the newest entries are, at a cost that does not grow with the store;
 * or among what was moved aside.
 */
export type StrayReach = 'all' | 'newest' | 'quarantine';

/** Only a person's command does these; they may need other rights. */
export interface EngineAdmin {
  /** Returns why this process may remove nothing; undefined where it may. */
  refusal(): Promise<StoreError | undefined>;
  /** Removes an artifact durably; that it is gone already is fine. */
  remove(digest: Digest): Promise<void>;
  /** Artifacts older than a time, by the engine's clock. */
  objects(olderThan: Date): AsyncIterable<{ readonly digest: Digest; readonly size: number }>;
  /** Says where the store was moved to; undefined while it is here. */
  movedTo(): Promise<string | undefined>;
  /** Lets nothing more be appended, by any process, and notes where the store is now; undefined lifts that. */
  setMoved(to: string | undefined): Promise<void>;
  /** Moves every entry at `first` and above aside, the highest first; says how many. */
  quarantine(first: number): Promise<number>;
  /** Returns what is none of the store's, at most 1,000; none where only the engine itself writes. */
  strays(reach: StrayReach): AsyncIterable<Stray>;
  /** Moves strays aside; says how many. */
  setAside(strays: readonly Pick<Stray, 'where'>[]): Promise<number>;
}
