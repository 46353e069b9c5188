import type { Author, KeyChange } from '../../core/commit/statement.ts';
import type { Digest } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';

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
  | { readonly action: 'purge'; readonly digest: Digest; readonly reason: string };

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
    readonly digest: Digest;
    readonly created: boolean;
    readonly index: number;
  }>;
  /** False when every change equalled its head and no commit was made. */
  readonly committed: boolean;
}

/** Commits. */
export interface StoreWriter {
  /**
   * Commits all changes of the request, or none. Resolves when the commit is durable.
   *
   * @throws StoreError VERSION_CONFLICT, NOT_FOUND, PURGED, STORE_BUSY, STORE_FULL, STORE_READONLY, STATE_UNKNOWN, KEY_LOCKED, KEY_MISSING …
   */
  commit(request: CommitRequest): Promise<CommitOutcome>;
  /** Makes the store when there is none; `made` says whether this call did. With `fresh` also next to keys or a pin of another store. */
  init(options: { author: Author; label?: string; fresh?: boolean }): Promise<Receipt & { readonly made: boolean }>;
}
