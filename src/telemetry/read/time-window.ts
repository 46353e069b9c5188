import { StoreError } from '../../core/errors.ts';
import { DAY_MS } from '../events/day-file.ts';
import type { TimeWindow } from './read-events.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

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

function readTime(name: string, text: string, nowMs: number): number {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const age = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  const timeMs = Number.isNaN(age) ? readDate(text) : nowMs - age;
  if (timeMs >= 0 && timeMs <= 8.64e15) return timeMs;
  throw new StoreError('ARGUMENT_INVALID', `${name} is ${JSON.stringify(text.slice(0, 40))}, which is not a time`, {
    hint: `Give an age such as 90m, 24h, 7d or 2w, or a time such as ${new Date(nowMs).toISOString().slice(0, 19)}Z.`,
  });
}

function readDate(text: string): number {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return Date.parse(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}
