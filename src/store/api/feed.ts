import type { CommitEntry } from './versions.ts';

/** Configs that changed. */
export interface Changes {
  readonly changed: readonly string[];
  /** True when names came or went. */
  readonly listChanged: boolean;
}

/** Commits as they happen, of this process and of others. */
export interface StoreFeed {
  /** The newest commits, newest first; with `below`, those of lower indexes. None when there is no store. */
  recent(limit: number, below?: number): Promise<readonly CommitEntry[]>;
  /** Every commit from an index on, oldest first. @throws StoreError CORRUPT */
  commits(from: number): AsyncIterable<CommitEntry>;
  /**
   * Calls `listener` after commits were taken in, of this process or another. Returns how to leave. Other processes' commits
   * are noticed by `look`, or by any other call.
   */
  subscribe(listener: (changes: Changes) => void): () => void;
  /** Takes in what other processes committed, so that listeners hear of it. */
  look(): Promise<void>;
}
