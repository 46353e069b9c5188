import type { Hex } from '../core/digest.ts';

/**
 * Where artifacts live, by the SHA-256 of their bytes.
 *
 * Contract (test/contract/object-store.ts): `put` is durable once it resolves, idempotent, and replaces a corrupt copy;
 * `get` returns only bytes whose hash is the address asked for: `undefined` when there is none, `CORRUPT` when there are others.
 */
export interface ObjectStore {
  put(bytes: Uint8Array): Promise<Hex>;
  get(digest: Hex): Promise<Uint8Array | undefined>;
  has(digest: Hex): Promise<boolean>;
  /** Removes durably; removing what is not there is no error. */
  remove(digest: Hex): Promise<void>;
}

/**
 * The log: an append-only sequence of envelopes, index 0, 1, 2 …
 *
 * Contract (test/contract/commit-log.ts): `append` is an atomic compare-and-swap on the next index across all processes and
 * is durable once it says `appended`; after `conflict` nothing of ours is in the log; `read` returns exactly the bytes appended.
 */
export interface CommitLog {
  append(index: number, envelope: Uint8Array): Promise<'appended' | 'conflict'>;
  read(index: number): Promise<Uint8Array | undefined>;
  /** The number of commits: the lowest index that is free. */
  length(): Promise<number>;
}
