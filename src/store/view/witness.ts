import type { CommitId, StoreId } from '../../core/digest.ts';

/** Knowledge that this installation has by itself. */
export interface Witness {
  /**
   * `foreign`: another's store, whose log is taken in only as far as a reader asks. Only a log that is `ours` gets into the
   * cache file.
   */
  whose(store: StoreId): 'ours' | 'unknown' | 'foreign';
  /** A commit that must be in the log; a log without it is not the one the cache file is about. */
  readonly seen: { readonly index: number; readonly commit: CommitId } | undefined;
}
