import type { KeyObject } from 'node:crypto';
import { type KeyChange, type Role, STATEMENT_LIMITS } from '../core/commit/statement.ts';
import type { Hex, KeyId } from '../core/digest.ts';
import { thousands } from '../core/thousands.ts';
import { publicKeyObject } from './ed25519.ts';
import { publicKeyPem } from './formats/pem.ts';
import type { KeyCommit } from './key-replay.ts';
import { hasNoOwner, KeyFold } from './keyring-fold.ts';

/**
 * Limits on what a log may make of its keyring, which readers and writers hold; `STATEMENT_LIMITS` has those of one commit.
 * An owner who could exceed them could as well revoke all other owners, so they take no power from honest ones.
 */
export const KEYRING_LIMITS = {
  /** Keys that are ever added, one that is added again after it was voided counted again. */
  keys: 1_000,
  /** Revocations from before a key commit that the revoked key signed: each makes the keyring replay all key commits. */
  reachingRevocations: 128,
} as const;

/** A key as the keyring lists it. */
export interface ListedKey {
  readonly keyId: KeyId;
  readonly label: string;
  readonly role: Role;
  readonly state: 'active' | 'retired' | 'revoked';
  readonly addedAt: number;
  readonly retiredAt?: number;
  readonly revokedFrom?: number;
}

/**
 * The public keys that the log itself introduced, with their state, computed from the key commits alone (never from the
 * cache). Immutable: `with` gives the keyring after one more key commit.
 */
export class Keyring {
  static readonly empty: Keyring = Keyring.from([]);

  readonly #fold: KeyFold;
  /** Made of the base64 SPKI; shared by the keyrings that follow from each other. */
  readonly #objects: Map<string, KeyObject>;

  private constructor(fold: KeyFold, objects: Map<string, KeyObject>) {
    this.#fold = fold;
    this.#objects = objects;
  }

  /** Restores the keyring of key commits that were verified before, oldest first. Nothing is verified again. */
  static from(commits: readonly KeyCommit[]): Keyring {
    return new Keyring(KeyFold.of(commits), new Map());
  }

  /** Returns the keyring after one more key commit, which must be newer than all before. */
  with(commit: KeyCommit): Keyring {
    return new Keyring(this.#fold.after(commit), this.#fold.first === undefined ? new Map() : this.#objects);
  }

  /** The key commits, oldest first. */
  get commits(): readonly KeyCommit[] {
    return this.#fold.commits;
  }

  /** The store id: the first key that was ever added; undefined while there is none. */
  get store(): Hex | undefined {
    const first = this.#fold.first?.keys[0];
    return first?.action === 'add' ? first.keyId : undefined;
  }

  /** Index of the newest key commit; null while there is none. */
  get newest(): number | null {
    return this.#fold.newest?.index ?? null;
  }

  /** The key for verifying, whatever its state; undefined when the log never introduced it. */
  publicKey(keyId: KeyId): KeyObject | undefined {
    const spki = this.#fold.entry(keyId)?.spki;
    if (spki === undefined) return undefined;
    const known = this.#objects.get(spki);
    if (known !== undefined) return known;
    const key = publicKeyObject(Buffer.from(spki, 'base64'));
    this.#objects.set(spki, key);
    return key;
  }

  /** SPKI PEM of a key the log introduced. */
  publicKeyPem(keyId: KeyId): string | undefined {
    const spki = this.#fold.entry(keyId)?.spki;
    return spki === undefined ? undefined : publicKeyPem(Buffer.from(spki, 'base64'));
  }

  /** Why a commit signed by this key at this index is not trusted; undefined when it is. */
  untrusted(keyId: KeyId, index: number): string | undefined {
    const key = this.#fold.entry(keyId);
    const name = `key ${keyId.slice(0, 16)}…`;
    if (key === undefined) return `${name}, which signed commit ${index}, was never added to this store`;
    if (key.voided) return `${name}, which signed commit ${index}, was added by a key that was revoked`;
    if (index < key.addedAt || (index === key.addedAt && index !== 0))
      return `${name} signed commit ${index}, and was added only at ${key.addedAt}`;
    if (key.revokedFrom !== undefined && index >= key.revokedFrom)
      return `${name}, which signed commit ${index}, is revoked from commit ${key.revokedFrom} on`;
    if (key.retiredAt !== undefined && index > key.retiredAt)
      return `${name}, which signed commit ${index}, was retired at commit ${key.retiredAt}`;
    return undefined;
  }

  /** True when the key is an owner and trusted at this index. */
  isOwnerAt(keyId: KeyId, index: number): boolean {
    return this.#fold.entry(keyId)?.role === 'owner' && this.untrusted(keyId, index) === undefined;
  }

  /** The keys that may sign the next commit, in the order they were added. */
  inForce(): { keyId: KeyId; role: Role; spki: string }[] {
    return this.#fold.entries
      .filter((key) => !key.voided && key.revokedFrom === undefined && key.retiredAt === undefined)
      .map(({ keyId, role, spki }) => ({ keyId, role, spki }));
  }

  /** Every key in force or once in force, in the order they were added. */
  list(): ListedKey[] {
    return this.#fold.entries.map(({ keyId, label, role, addedAt, retiredAt, revokedFrom, voided }) => ({
      keyId: keyId,
      label,
      role,
      state: voided || revokedFrom !== undefined ? 'revoked' : retiredAt !== undefined ? 'retired' : 'active',
      addedAt,
      ...(retiredAt === undefined ? {} : { retiredAt }),
      ...(revokedFrom === undefined ? {} : { revokedFrom }),
    }));
  }

  /**
   * Why these key changes may not become the next commit; undefined when they may. The writer asks before signing, every
   * reader before it accepts the commit.
   */
  refusal({ index, signer, keys }: Omit<KeyCommit, 'commit'>): string | undefined {
    if (keys.length > STATEMENT_LIMITS.keyChanges)
      return `a commit may change at most ${STATEMENT_LIMITS.keyChanges} keys, and this one changes ${keys.length}`;
    const named = new Set<KeyId>();
    for (const key of keys) {
      if (key.action === 'accept') continue;
      if (named.has(key.keyId)) return `key ${key.keyId.slice(0, 16)}… is named twice`;
      named.add(key.keyId);
      if (key.action === 'add') {
        const there = this.#fold.entry(key.keyId);
        if (there !== undefined && (!there.voided || there.revokedFrom !== undefined))
          return `key ${key.keyId.slice(0, 16)}… is in the keyring already`;
        continue;
      }
      const entry = this.#fold.entry(key.keyId);
      if (entry === undefined) return `key ${key.keyId.slice(0, 16)}… is not in the keyring`;
      if (key.action === 'retire' && this.untrusted(key.keyId, index) !== undefined)
        return `key ${key.keyId.slice(0, 16)}… is not in force any more`;
      if (key.action === 'revoke' && key.fromIndex > index)
        return `a key cannot be revoked from commit ${key.fromIndex} on, which is not there yet`;
    }
    const isFirst = this.#fold.first === undefined;
    if (!isFirst && !this.isOwnerAt(signer, index)) return 'only an owner key may change keys';
    const { keys: mostKeys, reachingRevocations: mostReaching } = KEYRING_LIMITS;
    const before = this.#fold;
    const added = keys.filter(({ action }) => action === 'add').length;
    if (added > 0 && before.added + added > mostKeys) return `a store may have at most ${thousands(mostKeys)} keys`;
    const after = before.outcome({ index, signer, keys });
    if (after.reaching > mostReaching && after.reaching > before.reaching)
      return `a store may have at most ${mostReaching} revocations from before a key change that the revoked key signed`;
    if (!isFirst && hasNoOwner(after))
      return 'the last owner key cannot go unless another owner is added in the same commit';
    const ineffective = (key: KeyChange) => {
      const entry = key.action === 'revoke' ? after.table.get(key.keyId) : undefined;
      return key.action === 'revoke' && entry?.voided === false && (entry.revokedFrom ?? Infinity) > key.fromIndex;
    };
    if (keys.some(ineffective)) return 'the revocation would void the commit that makes it';
    return undefined;
  }
}
