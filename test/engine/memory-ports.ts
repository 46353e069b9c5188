import { type Hex, sha256Hex } from '../../src/core/digest.ts';
import { StoreError } from '../../src/core/errors.ts';
import type { CommitLog, ObjectStore } from '../../src/engine/port.ts';

/** A log in memory that asserts the log's invariants at every call. */
export class MemoryCommitLog implements CommitLog {
  readonly #commits: Array<{ bytes: Buffer; id: Hex }> = [];

  async append(index: number, envelope: Uint8Array): Promise<'appended' | 'conflict'> {
    const bytes = Buffer.from(envelope);
    const before = this.#commits.length;
    if (index > before)
      throw new StoreError('CORRUPT', `the log has a gap: commit ${before} is missing`, { hint: 'Append it first.' });
    if (index < before) return 'conflict';
    this.#commits.push({ bytes, id: sha256Hex(bytes) });
    this.#assertWhole(before + 1);
    return 'appended';
  }

  async read(index: number): Promise<Uint8Array | undefined> {
    this.#assertWhole(this.#commits.length);
    const commit = this.#commits[index];
    return commit === undefined ? undefined : Buffer.from(commit.bytes);
  }

  async length(): Promise<number> {
    this.#assertWhole(this.#commits.length);
    return this.#commits.length;
  }

  /** Never shorter, never a gap, the newest never modified (the older ones at every hundredth call's cost would be quadratic). */
  #assertWhole(length: number): void {
    if (this.#commits.length !== length) throw new Error('the log changed its length by something else than an append');
    const newest = this.#commits.at(-1);
    if (newest !== undefined && sha256Hex(newest.bytes) !== newest.id)
      throw new Error('a commit was modified after it was appended');
  }
}

/** Artifacts in memory; asserts that none is modified but through `damage`. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<Hex, Buffer>();
  readonly #damaged = new Set<Hex>();

  async put(bytes: Uint8Array): Promise<Hex> {
    const digest = sha256Hex(bytes);
    const there = this.#objects.get(digest);
    if (there !== undefined && !this.#damaged.has(digest) && sha256Hex(there) !== digest)
      throw new Error('an immutable artifact was modified');
    this.#objects.set(digest, Buffer.from(bytes));
    this.#damaged.delete(digest);
    return digest;
  }

  async get(digest: Hex): Promise<Uint8Array | undefined> {
    const bytes = this.#objects.get(digest);
    if (bytes === undefined || sha256Hex(bytes) === digest) return bytes === undefined ? undefined : Buffer.from(bytes);
    if (!this.#damaged.has(digest)) throw new Error('an immutable artifact was modified');
    throw new StoreError('CORRUPT', `the artifact sha256:${digest} has other bytes`, { hint: 'Put it again.' });
  }

  async has(digest: Hex): Promise<boolean> {
    return this.#objects.has(digest);
  }

  async remove(digest: Hex): Promise<void> {
    this.#objects.delete(digest);
    this.#damaged.delete(digest);
  }

  /** What a bad disk does. */
  damage(digest: Hex, bytes: Uint8Array): void {
    this.#objects.set(digest, Buffer.from(bytes));
    this.#damaged.add(digest);
  }
}
