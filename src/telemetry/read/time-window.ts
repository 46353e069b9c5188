import { StoreError } from '../../core/errors.ts';
import { readTime } from '../../core/point-in-time.ts';
import type { TimeWindow } from './read-events.ts';

/** The window when no beginning is given: the last seven days. */
export const DEFAULT_SINCE = '7d';

/**
 * Returns the window that `since` and `until` name: a time (RFC 3339, or a date for its start in UTC) or an age such as
 * `90m`, `24h`, `7d`, `2w`. Without them: the last seven days.
 *
 * @throws StoreError `ARGUMENT_INVALID` naming the argument.
 */
export function timeWindow(since: string | undefined, until: string | undefined, nowMs: number): TimeWindow {
  const sinceMs = readTime('since', since ?? DEFAULT_SINCE, nowMs);
  const untilMs = until === undefined ? nowMs : readTime('until', until, nowMs);
  if (sinceMs <= untilMs) return { sinceMs, untilMs };
  throw new StoreError(
    'ARGUMENT_INVALID',
    `since (${new Date(sinceMs).toISOString()}) is later than until (${new Date(untilMs).toISOString()})`,
    {
      hint: 'Swap the two, or leave the end out to review until now.',
    },
  );
}
