import type { KeyId } from '../core/digest.ts';
import { type KeyCommit, lower, type Revocation, revocationsOf } from './key-replay.ts';
import { VoidCommits } from './void-commits.ts';

/** For each key commit, which of its revocations count, in their order. */
export type Verdicts = readonly (readonly boolean[])[];

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
): (readonly boolean[])[] {
  const verdicts: (readonly boolean[])[] = [...known];
  const log = new VoidCommits(commits);
  const counting = new Map<KeyId, number>();
  let isVoid = voidWithoutRevocations;
  let lowest = horizon;
  for (let at = commits.length - 1; at >= 0; at--) {
    const commit = commits[at] as KeyCommit;
    if (commit.index < lowest) break;
    const revocations = revocationsOf(commit);
    const verdict = revocations.map(() => false);
    for (let i = revocations.length - 1; i >= 0; i--) {
      const revocation = revocations[i] as Revocation;
      const { keyId, fromIndex } = revocation;
      if (isVoid[at] === false) {
        const revokedFrom = counting.get(keyId) ?? Infinity;
        const touches =
          fromIndex < revokedFrom && log.isSignedBy(keyId, fromIndex, Math.min(revokedFrom - 1, commit.index));
        const voidThen = touches ? log.with(new Map(counting).set(keyId, fromIndex), at) : isVoid;
        if (voidThen[at] === false) {
          verdict[i] = true;
          isVoid = voidThen;
          lower(counting, revocation);
        }
      }
      if (verdict[i] !== known[at]?.[i]) lowest = Math.min(lowest, fromIndex);
    }
    verdicts[at] = verdict;
  }
  return verdicts;
}
