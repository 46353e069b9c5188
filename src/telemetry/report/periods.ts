import { DAY_MS } from '../events/day-file.ts';
import type { TimeWindow } from '../read/read-events.ts';
import type { PeriodFacts } from '../review/review-facts.ts';

const HOUR_MS = 3_600_000;
/** Up to this span a period is an hour. */
const HOURLY_UP_TO_MS = 3 * DAY_MS;
const MAX_PERIODS = 1_000;

/** Returns the length of a period: an hour for up to three days, else a day. */
export function periodOf({ sinceMs, untilMs }: TimeWindow): 'hour' | 'day' {
  return untilMs - sinceMs <= HOURLY_UP_TO_MS ? 'hour' : 'day';
}

/** One UTC day or hour of the window, with the same one of the time before. */
export interface Period extends PeriodFacts {
  /** Set where the window holds only a part of it: `from 12:00`, `until 12:00`. */
  readonly part?: string | undefined;
  readonly before: PeriodFacts | undefined;
}

/** Returns the time before a window, as long as it and whole periods earlier, so that days are compared with days. */
export function timeBefore(window: TimeWindow): TimeWindow | undefined {
  const shiftMs = shiftOf(window);
  const before = { sinceMs: window.sinceMs - shiftMs, untilMs: window.untilMs - shiftMs };
  return before.sinceMs < 0 ? undefined : before;
}

/** Returns what people call the time before. */
export function nameBefore(window: TimeWindow): string {
  const days = Math.round(shiftOf(window) / DAY_MS);
  return days === 7 ? 'the week before' : days === 1 ? 'the day before' : 'the time before';
}

function shiftOf(window: TimeWindow): number {
  const stepMs = stepOf(window);
  return Math.max(1, Math.ceil((window.untilMs - window.sinceMs) / stepMs)) * stepMs;
}

function stepOf(window: TimeWindow): number {
  return periodOf(window) === 'hour' ? HOUR_MS : DAY_MS;
}

/** Returns every period of the window, also those in which nothing happened; the newest thousand where there are more. */
export function everyPeriod(
  periods: readonly PeriodFacts[],
  before: readonly PeriodFacts[] | undefined,
  window: TimeWindow,
): Period[] {
  const known = new Map(periods.map((period) => [period.start, period]));
  const earlier = before && new Map(before.map((period) => [period.start, period]));
  const stepMs = stepOf(window);
  const chars = stepMs === HOUR_MS ? 13 : 10;
  const shift = shiftOf(window) / stepMs;
  const last = Math.floor(window.untilMs / stepMs);
  const oldest =
    periods[0] === undefined
      ? last
      : Math.floor(Date.parse(chars === 13 ? `${periods[0].start}:00Z` : periods[0].start) / stepMs);
  // Years without events before the first one would press everything else into a corner.
  const first = Math.max(
    Math.floor(window.sinceMs / stepMs),
    last - MAX_PERIODS + 1,
    window.untilMs - window.sinceMs > 90 * DAY_MS ? oldest : 0,
  );
  const startOf = (at: number) => new Date(Math.max(0, at * stepMs)).toISOString().slice(0, chars);
  return Array.from({ length: last - first + 1 }, (_, n) => {
    const start = startOf(first + n);
    return {
      ...(known.get(start) ?? nothingIn(start)),
      part: partOf((first + n) * stepMs, stepMs, window),
      before: earlier?.get(startOf(first + n - shift)) ?? (earlier && nothingIn(start)),
    };
  });
}

function nothingIn(start: string): PeriodFacts {
  return { start, calls: 0, failures: 0, commits: 0, refusals: 0, failed: 0 };
}

function partOf(startMs: number, stepMs: number, { sinceMs, untilMs }: TimeWindow): string | undefined {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16);
  if (startMs < sinceMs) return `from ${clock(sinceMs)}`;
  return startMs + stepMs - 1 > untilMs ? `until ${clock(untilMs)}` : undefined;
}
