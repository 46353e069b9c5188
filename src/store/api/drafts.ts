import type { Author } from '../../core/commit/statement.ts';
import type { Digest } from '../../core/digest.ts';

/** A draft without its content. */
export interface DraftSummary {
  readonly name: string;
  /** 1, 2, 3 … per name; the newest wins. */
  readonly revision: number;
  /** The config's newest version when the draft was begun; 0 when there was none. */
  readonly baseVersion: number;
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes of the content. */
  readonly size: number;
  readonly message: string;
  readonly author: Author;
  readonly time: string;
  /** False when this installation did not save it: another process with access to the storage did. */
  readonly fromHere: boolean;
}

/** An unsigned, mutable working copy of a config, shared by all processes. */
export interface Draft extends DraftSummary {
  readonly bytes: Uint8Array;
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

/** Drafts: the newest revision wins; no commit, no signature. */
export interface Drafts {
  get(name: string): Promise<Draft | undefined>;
  /** Every draft, by name, without content; one that is damaged is left out. */
  list(): Promise<readonly DraftSummary[]>;
  has(name: string): Promise<boolean>;
  /** Which of these names have a draft. */
  having(names: readonly string[]): Promise<ReadonlySet<string>>;
  save(request: DraftRequest): Promise<Draft>;
  /** Removes the draft; with `revision` only when that is still the newest. Says whether one was removed. */
  discard(name: string, revision?: number): Promise<boolean>;
}
