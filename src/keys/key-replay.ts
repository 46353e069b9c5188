import type { KeyChange, Role } from '../core/commit/statement.ts';
import type { Hex } from '../core/digest.ts';

/** What the keyring keeps of a commit that changes keys. */
export interface KeyCommit {
  readonly index: number;
  readonly commit: Hex;
  readonly signer: Hex;
  readonly keys: readonly KeyChange[];
}

/** One key, as the key commits leave it. */
export interface KeyEntry {
  readonly keyId: Hex;
  readonly label: string;
  readonly role: Role;
  readonly spki: string;
  readonly addedAt: number;
  readonly retiredAt: number | undefined;
  readonly revokedFrom: number | undefined;
  /** The commit that added it was itself voided: nothing it signed counts. */
  readonly voided: boolean;
}

/** For each revoked key, the lowest index from which a revocation that counts voids it. */
export type RevokedFrom = ReadonlyMap<Hex, number>;

/** Goes through key commits in order with a fixed set of revocations in mind. */
export class KeyReplay {
  readonly entries: Map<Hex, KeyEntry>;
  readonly #revoked: RevokedFrom;

  constructor(revoked: RevokedFrom, entries: Iterable<readonly [Hex, KeyEntry]> = []) {
    this.#revoked = revoked;
    this.entries = new Map(entries);
  }

  /** Takes the next commit; returns true when it is void, so that its additions and retirements do not count. */
  apply({ index, signer, keys }: KeyCommit): boolean {
    const isVoid =
      (this.#revoked.get(signer) ?? Infinity) <= index || (index !== 0 && !this.#mayChangeKeys(signer, index));
    for (const key of keys) {
      const known = key.action === 'accept' ? undefined : this.entries.get(key.keyId);
      if (key.action === 'add' && (known === undefined || known.voided)) {
        const { keyId, label, role, spki } = key;
        const revokedFrom = this.#revoked.get(keyId);
        this.entries.set(keyId, {
          ...{ keyId, label, role, spki, addedAt: index },
          ...{ retiredAt: undefined, revokedFrom, voided: isVoid },
        });
      } else if (key.action === 'retire' && !isVoid && known !== undefined && known.retiredAt === undefined) {
        this.entries.set(known.keyId, { ...known, retiredAt: index });
      }
    }
    return isVoid;
  }

  #mayChangeKeys(keyId: Hex, index: number): boolean {
    const key = this.entries.get(keyId);
    return (
      key !== undefined &&
      !key.voided &&
      key.role === 'owner' &&
      key.addedAt < index &&
      (key.retiredAt === undefined || index <= key.retiredAt)
    );
  }
}
