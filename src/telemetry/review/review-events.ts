import type { StoreError } from '../../core/errors.ts';
import { type Notice, noticeOf } from '../../core/notice.ts';
import { thousands } from '../../core/thousands.ts';
import { isFromFuture } from '../events/event-fields.ts';
import { readEvents, type TimeWindow } from '../read/read-events.ts';
import { Review, type ReviewOptions } from './review.ts';
import type { ReviewFacts } from './review-facts.ts';
import { RunningServers } from './running-servers.ts';
import { Upkeep, type UpkeepFacts } from './upkeep.ts';

/** More files that were left out say nothing more. */
const MAX_NOTICES = 10;

/** The last time that an event can have: 31 December 9999. */
export const MAX_TIME_MS = 253_402_300_799_999;

/** The facts of a time, by its events. */
export interface ReviewedEvents {
  readonly facts: ReviewFacts;
  /** The facts of the other time that was asked for. */
  readonly also?: ReviewFacts | undefined;
  /** Of all that was read. */
  readonly upkeep: UpkeepFacts;
  /** Everything that had to be left out: files that cannot be read, and where the window reaches until now, events dated later. */
  readonly notices: readonly Notice[];
}

/** Further facts that are wanted of the events; the files are read once for everything. */
export interface MoreOfEvents {
  /** Another time of which the facts are wanted, such as the week before. */
  readonly also?: TimeWindow | undefined;
  /** From when on at least events are asked for backups and drift. */
  readonly upkeepSinceMs?: number | undefined;
}

/**
 * The facts of a time window, read from the day files in constant memory.
 *
 * @throws StoreError STORE_UNREADABLE when the folder cannot be read
 */
export async function reviewEvents(
  folder: string,
  window: TimeWindow,
  options: ReviewOptions,
  nowMs: number,
  { also, upkeepSinceMs = window.sinceMs }: MoreOfEvents = {},
): Promise<ReviewedEvents> {
  const { notices, skipped } = collectLeftOut();
  const { untilMs } = window;
  const [since, until] = [isoTime(window.sinceMs), isoTime(untilMs)];
  const review = new Review(options);
  const other = also && { since: isoTime(also.sinceMs), until: isoTime(also.untilMs), review: new Review(options) };
  const future = { count: 0, last: '' };
  const servers = new RunningServers();
  const upkeep = new Upkeep();
  const read = {
    sinceMs: Math.max(0, Math.min(window.sinceMs, also?.sinceMs ?? window.sinceMs, upkeepSinceMs)),
    untilMs: untilMs >= nowMs ? MAX_TIME_MS : Math.max(untilMs, also?.untilMs ?? untilMs),
  };
  for await (const events of readEvents(folder, read, skipped)) {
    for (const event of events) {
      const { time } = event;
      if (other !== undefined && time >= other.since && time <= other.until) other.review.add(event);
      if (time <= until) upkeep.add(event);
      if (time < since) continue;
      servers.add(event);
      if (time <= until) review.add(event);
      else if (isFromFuture(event, nowMs)) {
        future.count++;
        if (time > future.last) future.last = time;
      }
    }
  }
  if (future.count > 0 && untilMs >= nowMs) notices.push(clockAhead(future));
  notices.push(...servers.notices(Math.min(untilMs, nowMs)));
  return { facts: review.facts(), also: other?.review.facts(), upkeep: upkeep.facts(), notices };
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
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
