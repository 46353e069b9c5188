import { StoreError } from './errors.ts';

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/**
 * Returns the time, in milliseconds since 1970, that a text names: a time (RFC 3339, or a date for its start in UTC) or an age
 * such as `90m`, `24h`, `7d`, `2w`.
 *
 * @param name what the time is called in the message of a refusal
 * @throws StoreError `ARGUMENT_INVALID`
 */
export function readTime(name: string, text: string, nowMs: number): number {
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
