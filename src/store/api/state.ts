import type { CommitId, KeyId, StoreId } from '../../core/digest.ts';
import type { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { KeyInfo } from './keys.ts';

export type AnchorState = 'pin' | 'setting' | 'key' | 'none' | 'foreign';

/** Reports the store on itself. */
export interface StoreStatus {
  /** Where it is, or will be: a path, or host, database and schema. */
  readonly location: string;
  /** Absent where there is none yet. */
  readonly store: StoreId | undefined;
  readonly head: { readonly index: number; readonly commit: CommitId } | undefined;
  readonly configs: number;
  readonly anchor: AnchorState;
  readonly pin: { readonly index: number; readonly commit: CommitId } | undefined;
  readonly signingKey: KeyId | undefined;
  readonly keys: readonly KeyInfo[];
  /** Why writes are refused now, if they are. */
  readonly writable: StoreError | undefined;
  readonly notices: readonly Notice[];
}

/** Reports of the store on itself. */
export interface StoreState {
  /** Never throws for a store that is merely empty, foreign or rolled back. @throws StoreError STORE_MISSING */
  status(): Promise<StoreStatus>;
  /**
   * Why everything read until now is doubtful: foreign store, rollback, damage, or no trust anchor. Empty when nothing is
   * wrong. Reads nothing new, so it costs nothing.
   */
  notices(): readonly Notice[];
  /** Says how the storage is, and tries it. @throws StoreError what forbids writing */
  storage(options: { readonly probe: boolean }): Promise<string>;
}
