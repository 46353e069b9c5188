import { isStoreError } from '../../core/errors.ts';

/** Waits until all have come to their end. @throws what the first of them failed with, an unknown state before all else */
export async function allSettled(ends: readonly Promise<unknown>[]): Promise<void> {
  const reasons = (await Promise.allSettled(ends)).flatMap((end): unknown[] =>
    end.status === 'rejected' ? [end.reason] : [],
  );
  if (reasons.length > 0) throw reasons.find((reason) => isStoreError(reason, 'STATE_UNKNOWN')) ?? reasons[0];
}
