import type { CommitId, KeyId, StoreId } from '../../core/digest.ts';
import type { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { LastVerification } from '../../state/last-verification.ts';
import type { KeyInfo } from './keys.ts';

export type AnchorState = 'pin' | 'setting' | 'key' | 'none' | 'foreign';

/** Which store it is, where, and how far it goes. */
export interface StoreIdentity {
  /** Where it is, or will be: a path, or host, database and schema. */
  readonly location: string;
  /** Absent where there is none yet. */
  readonly store: StoreId | undefined;
  readonly head: { readonly index: number; readonly commit: CommitId } | undefined;
}

/** Reports the store on itself. */
export interface StoreStatus extends StoreIdentity {
  readonly configs: number;
  readonly anchor: AnchorState;
  readonly pin: { readonly index: number; readonly commit: CommitId } | undefined;
  readonly signingKey: KeyId | undefined;
  readonly keys: readonly KeyInfo[];
  /** Why writes are refused now, if they are. */
  readonly writable: StoreError | undefined;
  readonly notices: readonly Notice[];
  /** The outcome of the last verifications by this installation. */
  readonly verified: LastVerification;
}

/** Whether each folder that a write needs can be written, with what was found or why not; undefined where it is not needed. */
export interface WriteProbe {
  readonly storage: string | StoreError;
  /** Without it the store works, and what it has seen is not remembered. */
  readonly state: StoreError | undefined;
  /** Keys may be mounted read-only: then no key can be made. */
  readonly keys: StoreError | undefined;
}

/** Reports of the store on itself. */
export interface StoreState {
  /** As far as the store has been read; loads no key. */
  identity(): StoreIdentity;
  /** Never throws for a store that is merely empty, foreign or rolled back. @throws StoreError STORE_MISSING */
  status(): Promise<StoreStatus>;
  /**
   * Why everything read until now is doubtful: foreign store, rollback, damage, or no trust anchor. Empty when nothing is
   * wrong. Reads nothing new, so it costs nothing.
   */
  notices(): readonly Notice[];
  /** Tries what a write does in every folder that one uses, with files of its own that are removed again; never throws. */
  probeWrites(options: { readonly probe: boolean }): Promise<WriteProbe>;
}
