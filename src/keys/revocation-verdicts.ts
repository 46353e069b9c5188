import type { KeyChange } from '../core/commit/statement.ts';
import type { Hex } from '../core/digest.ts';
import { type KeyCommit, KeyReplay } from './key-replay.ts';

/** For each key commit, which of its revocations count, in their order. */
export type Verdicts = readonly (readonly boolean[])[];

/** Returns the revocations of a commit, in their order. */
export function revocationsOf({ keys }: KeyCommit): Extract<KeyChange, { action: 'revoke' }>[] {
  return keys.filter((key) => key.action === 'revoke');
}

/**
 * Judges revocations from the newest back (see `KeyFold`), down to commit `horizon`: what touches nothing below an index
 * changes no verdict below it. The horizon sinks when a verdict differs from the known one.
 *
 * @param voidWithoutRevocations for each commit, whether it is void when no revocation counts
 * @param known the verdicts before the last commit, which stay below the horizon
 */
export function judgeRevocations(
  commits: readonly KeyCommit[],
  voidWithoutRevocations: readonly boolean[],
  known: Verdicts,
  horizon: number,
): Verdicts {
  const verdicts: (readonly boolean[])[] = [...known];
  const signed = signedIndexes(commits);
  const counting = new Map<Hex, number>();
  let isVoid = voidWithoutRevocations;
  let lowest = horizon;
  for (let at = commits.length - 1; at >= 0; at--) {
    const commit = commits[at] as KeyCommit;
    if (commit.index < lowest) break;
    const revocations = revocationsOf(commit);
    const verdict = revocations.map(() => false);
    for (let i = revocations.length - 1; i >= 0; i--) {
      const { keyId, fromIndex } = revocations[i] as (typeof revocations)[number];
      const revokedFrom = counting.get(keyId) ?? Infinity;
      if (isVoid[at] === false) {
        const touches =
          fromIndex < revokedFrom &&
          isSignedBetween(signed.get(keyId), fromIndex, Math.min(revokedFrom - 1, commit.index));
        const voidThen = touches ? replay(commits, at, new Map(counting).set(keyId, fromIndex)) : isVoid;
        verdict[i] = voidThen[at] === false;
        if (verdict[i]) {
          isVoid = voidThen;
          counting.set(keyId, Math.min(revokedFrom, fromIndex));
        }
      }
      if (verdict[i] !== known[at]?.[i]) lowest = Math.min(lowest, fromIndex);
    }
    verdicts[at] = verdict;
  }
  return verdicts;
}

/** Returns true when one of the ascending indexes lies between the two, both included. */
function isSignedBetween(indexes: readonly number[] | undefined, first: number, last: number): boolean {
  if (indexes === undefined) return false;
  let [low, high] = [0, indexes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((indexes[middle] as number) < first) low = middle + 1;
    else high = middle;
  }
  return (indexes[low] ?? Infinity) <= last;
}

function signedIndexes(commits: readonly KeyCommit[]): Map<Hex, number[]> {
  const signed = new Map<Hex, number[]>();
  for (const { signer, index } of commits) {
    const indexes = signed.get(signer);
    if (indexes === undefined) signed.set(signer, [index]);
    else indexes.push(index);
  }
  return signed;
}

/** Returns which commits, up to position `last`, are void when these revocations count. */
function replay(commits: readonly KeyCommit[], last: number, counting: ReadonlyMap<Hex, number>): boolean[] {
  const state = new KeyReplay(counting);
  return commits.slice(0, last + 1).map((commit) => state.apply(commit));
}
