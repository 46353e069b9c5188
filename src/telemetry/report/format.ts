import { thousands } from '../../core/thousands.ts';
import { type Html, html } from './html.ts';

/** Returns `1,204`. */
export function formatCount(number: number): string {
  return thousands(number);
}

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });

/** Returns `20 Nov`, or `20 Nov 13:00` for an hour; UTC. */
export function formatPeriod(start: string): string {
  const hour = start.slice(11, 13);
  return `${DAY.format(new Date(`${start.slice(0, 10)}T00:00:00Z`))}${hour === '' ? '' : ` ${hour}:00`}`;
}

/** Returns `2026-11-20 13:05:09`; the text itself when it is no time. */
export function formatTime(time: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(time) ? time.slice(0, 19).replace('T', ' ') : time;
}

/** Returns `13 to 20 Nov 2026 UTC`, as days. */
export function formatSpan(sinceMs: number, untilMs: number): string {
  return `${YEAR.format(sinceMs)} to ${YEAR.format(untilMs)} UTC`;
}

/** Returns a name or path that may be broken after each `/` and `_`, and nowhere else. */
export function breakable(text: string): Html {
  return html`${text.split(/(?<=[/_])/).map((part, at) => (at === 0 ? html`${part}` : html`<wbr>${part}`))}`;
}
