import type { KeyChange } from '../core/commit/statement.ts';
import type { CommitId, KeyId } from '../core/digest.ts';
import { KeyTable } from './key-table.ts';

/** The part of a commit that changes keys which the keyring keeps. */
export interface KeyCommit {
  readonly index: number;
  readonly commit: CommitId;
  readonly signer: KeyId;
  readonly keys: readonly KeyChange[];
}

/** A change that revokes a key. */
export type Revocation = Extract<KeyChange, { action: 'revoke' }>;

/** For each revoked key, the lowest index from which a revocation that counts voids it. */
export type RevokedFrom = ReadonlyMap<KeyId, number>;

/** Returns the revocations of a commit, in their order. */
export function revocationsOf({ keys }: Pick<KeyCommit, 'keys'>): Revocation[] {
  return keys.filter((key) => key.action === 'revoke');
}

/** Adds revocations that count; the lowest index of each key remains. */
export function lower(revoked: Map<KeyId, number>, { keyId, fromIndex }: Revocation): void {
  revoked.set(keyId, Math.min(revoked.get(keyId) ?? Number.POSITIVE_INFINITY, fromIndex));
}

/** Goes through key commits in order, with revocations in mind that are known beforehand. */
export class KeyReplay {
  readonly table: KeyTable;
  /** Where revocations of keys begin that are not in the table: they were named before they were added. */
  readonly #revoked: RevokedFrom;

  constructor(revoked: RevokedFrom = new Map(), table: KeyTable = KeyTable.empty()) {
    this.#revoked = revoked;
    this.table = table;
  }

  /** Takes the next commit; returns true when it is void, so that its additions and retirements do not count. */
  apply({ index, signer, keys }: Omit<KeyCommit, 'commit'>): boolean {
    const isVoid = this.#isVoid(signer, index);
    for (const key of keys) {
      const known = key.action === 'accept' ? undefined : this.table.get(key.keyId);
      if (key.action === 'add' && (known === undefined || known.voided)) {
        const { keyId, label, role, spki } = key;
        const revokedFrom = known === undefined ? this.#revoked.get(keyId) : known.revokedFrom;
        const entry = { keyId, label, role, spki, addedAt: index, retiredAt: undefined, revokedFrom, voided: isVoid };
        this.table.set(entry);
      } else if (key.action === 'retire' && !isVoid && known !== undefined && known.retiredAt === undefined) {
        this.table.set({ ...known, retiredAt: index });
      }
    }
    this.table.sign(signer, index);
    return isVoid;
  }

  /** A key revoked from before is void at index 0 too; otherwise the first commit introduces its own signer. */
  #isVoid(signer: KeyId, index: number): boolean {
    const key = this.table.get(signer);
    const revokedFrom = key === undefined ? this.#revoked.get(signer) : key.revokedFrom;
    if (revokedFrom !== undefined && index >= revokedFrom) return true;
    if (index === 0) return false;
    return (
      key === undefined ||
      key.voided ||
      key.role !== 'owner' ||
      key.addedAt >= index ||
      (key.retiredAt !== undefined && index > key.retiredAt)
    );
  }
}
