import { type CommitId, type Digest, type Hex, sha256Hex } from '../../core/digest.ts';
import type { DraftEntry, DraftRevision } from '../port.ts';

/** Bytes that may only be replaced through a method that says so. */
interface Kept {
  readonly bytes: Buffer;
  /** SHA-256 of what was kept. */
  readonly id: CommitId;
  readonly atMs: number;
}

/** One that waits for its turn. */
export interface Waiting {
  readonly begin: () => void;
}

/**
 * Storage that installations share, in memory: give the same one to several engines. It watches over its invariants at every call,
 * and throws a plain Error when its user breaks one: an entry is never modified, nor an artifact but by `damage`.
 */
export class MemoryStore {
  /** True once `prepare` was called. */
  prepared = false;
  /** Where the store is now, once it was moved away. */
  movedTo: string | undefined;
  /** How many answers of `publish` are still to be lost, after it took effect: each engine has to find out by itself. */
  answersToLose = 0;
  /** Entries that were moved aside, as they were. */
  readonly quarantine: Array<{ readonly index: number; readonly envelope: Uint8Array }> = [];
  /** Who has the turn, and who waits for it, first come first served. */
  readonly turns: { holder: object | undefined; readonly waiting: Waiting[] } = { holder: undefined, waiting: [] };
  readonly #entries = new Map<number, Kept>();
  readonly #objects = new Map<Digest, Kept>();
  readonly #drafts = new Map<Hex, Map<number, DraftRevision>>();
  readonly #hints = new Set<() => void>();

  hasEntry(index: number): boolean {
    return this.#entries.has(index);
  }

  entry(index: number): Uint8Array | undefined {
    return read(this.#entries.get(index), `entry ${index}`);
  }

  /** Every index that is taken, ascending. */
  indexes(): number[] {
    return [...this.#entries.keys()].sort((a, b) => a - b);
  }

  /** Appends an entry; false when its index is taken. */
  append(index: number, envelope: Uint8Array): boolean {
    if (this.#entries.has(index)) return false;
    this.#entries.set(index, keep(envelope));
    for (const hint of [...this.#hints]) queueMicrotask(hint);
    return true;
  }

  /** Takes an entry out of the log, for `quarantine`, and for tests of damage. */
  takeEntry(index: number): void {
    const envelope = this.entry(index);
    if (envelope === undefined) return;
    this.#entries.delete(index);
    this.quarantine.push({ index, envelope });
  }

  hasObject(digest: Digest): boolean {
    return this.#objects.has(digest);
  }

  object(digest: Digest): Uint8Array | undefined {
    return read(this.#objects.get(digest), `artifact ${digest}`);
  }

  putObject(bytes: Uint8Array): void {
    const digest = sha256Hex(bytes);
    const there = this.object(digest);
    if (there === undefined || sha256Hex(there) !== digest) this.#objects.set(digest, keep(bytes));
  }

  removeObject(digest: Digest): void {
    this.#objects.delete(digest);
  }

  objectsBefore(atMs: number): Array<{ digest: Digest; size: number }> {
    return [...this.#objects]
      .filter(([, kept]) => kept.atMs < atMs)
      .map(([digest, { bytes }]) => ({ digest, size: bytes.length }));
  }

  newestDraft(key: Hex): DraftRevision | undefined {
    const revisions = this.#drafts.get(key);
    const newest = revisions?.get(Math.max(...revisions.keys()));
    return newest && { ...newest, body: Buffer.from(newest.body) };
  }

  newestDrafts(): DraftEntry[] {
    return [...this.#drafts.keys()].flatMap((key) => {
      const newest = this.newestDraft(key);
      return newest === undefined ? [] : [{ key, revision: newest.revision, size: newest.body.length }];
    });
  }

  /** A compare-and-swap: false when there is this revision, or a newer one. */
  insertDraft(revision: DraftRevision): boolean {
    if (revision.revision <= (this.newestDraft(revision.key)?.revision ?? 0)) return false;
    const kept = { ...revision, body: Buffer.from(revision.body) };
    this.#drafts.set(revision.key, new Map([[revision.revision, kept]]));
    return true;
  }

  onEntry(hint: () => void): () => void {
    const listener = () => hint(); // the same function twice is two listeners
    this.#hints.add(listener);
    return () => this.#hints.delete(listener);
  }

  /** For tests: what a bad disk or another user does to an entry. */
  damageEntry(index: number, bytes: Uint8Array): void {
    this.#entries.set(index, keep(bytes));
  }

  /** For tests: what a bad disk or another user does to an artifact. */
  damageObject(digest: Digest, bytes: Uint8Array): void {
    this.#objects.set(digest, keep(bytes));
  }

  /** For tests: makes an artifact older, in milliseconds. */
  ageObject(digest: Digest, byMs: number): void {
    const kept = this.#objects.get(digest);
    if (kept !== undefined) this.#objects.set(digest, { ...kept, atMs: kept.atMs - byMs });
  }
}

function keep(bytes: Uint8Array): Kept {
  const own = Buffer.from(bytes);
  return { bytes: own, id: sha256Hex(own), atMs: Date.now() };
}

/** A copy, so that callers share no memory. */
function read(kept: Kept | undefined, what: string): Uint8Array | undefined {
  if (kept === undefined) return undefined;
  if (sha256Hex(kept.bytes) !== kept.id) throw new Error(`${what} was modified in place`);
  return Buffer.from(kept.bytes);
}
