import type { StoreError } from '../../core/errors.ts';
import { type Notice, noticeOf } from '../../core/notice.ts';
import { readEvents, type TimeWindow } from '../read/read-events.ts';
import { Review, type ReviewOptions } from './review.ts';
import type { ReviewFacts } from './review-facts.ts';

/** More files that were left out say nothing more. */
const MAX_NOTICES = 10;

/**
 * The facts of a time window, read from the day files in constant memory, and what had to be left out.
 *
 * @throws StoreError STORE_UNREADABLE when the folder cannot be read
 */
export async function reviewEvents(
  folder: string,
  window: TimeWindow,
  options: ReviewOptions,
): Promise<{ readonly facts: ReviewFacts; readonly notices: readonly Notice[] }> {
  const review = new Review(options);
  const { notices, skipped } = collectLeftOut();
  for await (const events of readEvents(folder, window, skipped)) {
    for (const event of events) review.add(event);
  }
  return { facts: review.facts(), notices };
}

/** Collects the files that a reader of events had to leave out, as notices, ten at most. */
export function collectLeftOut(): {
  readonly notices: readonly Notice[];
  readonly skipped: (reason: StoreError) => void;
} {
  const notices: Notice[] = [];
  return {
    notices,
    skipped: (reason) => {
      if (notices.length < MAX_NOTICES) notices.push(noticeOf(reason));
    },
  };
}
