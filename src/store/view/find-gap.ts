import type { StoreError } from '../../core/errors.ts';
import type { CommitLog } from '../../engine/port.ts';
import { brokenChain } from '../commits/faults.ts';

/** The newest commits whose places are looked at. */
const LISTED = 1_000;

/** Returns the fault when a commit is missing among the newest, or one comes after a missing one: a gap is never a shorter log. */
export async function findGap(log: CommitLog, next: number): Promise<StoreError | undefined> {
  const from = Math.max(0, next - LISTED);
  const there = new Set(await log.beyond(from - 1, 2 * LISTED));
  for (let index = from; index < next; index++) if (!there.has(index)) return brokenChain(index, true);
  return !there.has(next) && there.size > next - from ? brokenChain(next, true) : undefined;
}
