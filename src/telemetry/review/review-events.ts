import { readEvents, type TimeWindow } from '../read/read-events.ts';
import { Review, type ReviewOptions } from './review.ts';
import type { ReviewFacts } from './review-facts.ts';

/**
 * Reads the facts of a time window from the day files in constant memory.
 *
 * @throws the file system's error when the files cannot be read.
 */
export async function reviewEvents(folder: string, window: TimeWindow, options: ReviewOptions): Promise<ReviewFacts> {
  const review = new Review(options);
  for await (const events of readEvents(folder, window)) {
    for (const event of events) review.add(event);
  }
  return review.facts();
}
