import type { CommitId, KeyId, StoreId } from './digest.ts';

/** Proof that a change or a read belongs to one commit of one store. Times are RFC 3339 in UTC. */
export interface Receipt {
  readonly store: StoreId;
  readonly index: number;
  readonly commit: CommitId;
  readonly keyId: KeyId;
  readonly time: string;
  readonly name?: string;
  readonly version?: number;
  /** `sha256:<hex>`. */
  readonly digest?: string;
}
