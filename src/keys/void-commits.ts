import type { KeyId } from '../core/digest.ts';
import type { KeyCommit, RevokedFrom } from './key-replay.ts';

const KNOWN = 1;
const VOIDED = 2;
const OWNER = 4;
const RETIRED = 8;

/** Key commits with numbers for key ids, so that hundreds of replays with other revocations each are quick. */
export class VoidCommits {
  readonly #numbers = new Map<KeyId, number>();
  readonly #indexes: number[] = [];
  readonly #signers: number[] = [];
  /** For each commit, its additions and retirements: the key's number and what is done. */
  readonly #changes: (readonly { readonly key: number; readonly does: 'own' | 'write' | 'retire' }[])[] = [];
  readonly #signed = new Map<KeyId, number[]>();

  constructor(commits: readonly KeyCommit[]) {
    for (const { index, signer, keys } of commits) {
      this.#indexes.push(index);
      this.#signers.push(this.#number(signer));
      this.#changes.push(
        keys.flatMap((key) => {
          if (key.action !== 'add' && key.action !== 'retire') return [];
          const does = key.action === 'retire' ? 'retire' : key.role === 'owner' ? 'own' : 'write';
          return [{ key: this.#number(key.keyId), does }];
        }),
      );
      const signed = this.#signed.get(signer);
      if (signed === undefined) this.#signed.set(signer, [index]);
      else signed.push(index);
    }
  }

  /** Returns, for each commit up to place `last`, whether it is void when these revocations count; see `KeyReplay`. */
  with(revoked: RevokedFrom, last: number): boolean[] {
    const from = new Float64Array(this.#numbers.size).fill(Infinity);
    for (const [keyId, index] of revoked) {
      const number = this.#numbers.get(keyId);
      if (number !== undefined) from[number] = index;
    }
    const states = new Uint8Array(this.#numbers.size);
    const voided: boolean[] = [];
    for (let at = 0; at <= last; at++) {
      const [index, signer] = [this.#indexes[at] as number, this.#signers[at] as number];
      const mayChange = index === 0 || states[signer] === (KNOWN | OWNER);
      const isVoid = (from[signer] as number) <= index || !mayChange;
      for (const { key, does } of this.#changes[at] ?? []) {
        const state = states[key] as number;
        if (does === 'retire') {
          if (!isVoid && (state & KNOWN) !== 0) states[key] = state | RETIRED;
        } else if ((state & KNOWN) === 0 || (state & VOIDED) !== 0) {
          states[key] = KNOWN | (isVoid ? VOIDED : 0) | (does === 'own' ? OWNER : 0);
        }
      }
      voided.push(isVoid);
    }
    return voided;
  }

  /** Returns true when the key signed a commit between the two indexes, both included. */
  isSignedBy(keyId: KeyId, first: number, last: number): boolean {
    const indexes = this.#signed.get(keyId) ?? [];
    let [low, high] = [0, indexes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((indexes[middle] as number) < first) low = middle + 1;
      else high = middle;
    }
    return (indexes[low] ?? Infinity) <= last;
  }

  #number(keyId: KeyId): number {
    const known = this.#numbers.get(keyId);
    if (known !== undefined) return known;
    this.#numbers.set(keyId, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
