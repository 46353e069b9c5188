import type { StoreError } from '../../core/errors.ts';
import { type Notice, noticeOf } from '../../core/notice.ts';
import { thousands } from '../../core/thousands.ts';
import { isFromFuture } from '../events/event-fields.ts';
import { readEvents, type TimeWindow } from '../read/read-events.ts';
import { Review, type ReviewOptions } from './review.ts';
import type { ReviewFacts } from './review-facts.ts';
import { RunningServers } from './running-servers.ts';

/** More files that were left out say nothing more. */
const MAX_NOTICES = 10;

/** The last time that an event can have: 31 December 9999. */
export const MAX_TIME_MS = 253_402_300_799_999;

/**
 * The facts of a time window, read from the day files in constant memory, and what had to be left out: unreadable files, and
 * where the window reaches until now, events dated later.
 *
 * @throws StoreError STORE_UNREADABLE when the folder cannot be read
 */
export async function reviewEvents(
  folder: string,
  window: TimeWindow,
  options: ReviewOptions,
  nowMs: number,
): Promise<{ readonly facts: ReviewFacts; readonly notices: readonly Notice[] }> {
  const review = new Review(options);
  const { notices, skipped } = collectLeftOut();
  const { sinceMs, untilMs } = window;
  const until = new Date(untilMs).toISOString();
  const future = { count: 0, last: '' };
  const servers = new RunningServers();
  const read = { sinceMs, untilMs: untilMs >= nowMs ? MAX_TIME_MS : untilMs };
  for await (const events of readEvents(folder, read, skipped)) {
    for (const event of events) {
      servers.add(event);
      if (event.time <= until) review.add(event);
      else if (isFromFuture(event, nowMs)) {
        future.count++;
        if (event.time > future.last) future.last = event.time;
      }
    }
  }
  if (future.count > 0) notices.push(clockAhead(future));
  notices.push(...servers.notices(Math.min(untilMs, nowMs)));
  return { facts: review.facts(), notices };
}

function clockAhead({ count, last }: { readonly count: number; readonly last: string }): Notice {
  const events = count === 1 ? '1 event is' : `${thousands(count)} events are`;
  return {
    severity: 'warning',
    code: 'CLOCK_AHEAD',
    message: `${events} dated later than now, up to ${last}: the clock of a process was ahead, or this one is behind`,
    hint: 'They are left out here; a review that ends later shows them.',
  };
}

/** Collects the files that a reader of events had to leave out, as notices, ten at most. */
export function collectLeftOut(): {
  readonly notices: Notice[];
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
