/** Milliseconds of one UTC day. */
export const DAY_MS = 86_400_000;

const FORM = /^events-(\d{4}-\d\d-\d\d)\.jsonl$/;

/** The UTC date of a time, as `YYYY-MM-DD`. */
export function utcDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** The number of the UTC day that a time belongs to. */
export function dayNumber(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

/** The file one UTC day's events are in: `events-YYYY-MM-DD.jsonl`. */
export function dayFileName(date: string): string {
  return `events-${date}.jsonl`;
}

/** The UTC date in the name of a day file; `undefined` for any other file. */
export function dayOf(fileName: string): string | undefined {
  const date = FORM.exec(fileName)?.[1];
  return date === undefined || Number.isNaN(Date.parse(date)) ? undefined : date;
}

/** A gap of more days than these between two files may be a clock that jumped. */
const GAP_DAYS = 7;
/** After a gap, so many files are needed before what lies before it ages by them. */
const FILES_AFTER_GAP = 3;

/**
 * Returns which days are past keeping when the file of `today` is begun. The age of a file is counted by the days that other
 * files have, never by the clock alone: one process whose clock runs ahead removes nothing. More than `days` other files
 * are not kept, however far apart they are.
 *
 * @param dates UTC dates of the files there are
 * @param today UTC date by this process's clock
 * @param days how many days are kept, today among them
 */
export function expiredDates(dates: readonly string[], today: string, days: number): string[] {
  const older = dates.filter((date) => date < today).sort();
  older.reverse();
  const newest = believable(older);
  // The day after the newest file is an ordinary today; anything later may be a wrong clock.
  const from = newest !== undefined && daysBetween(newest, today) > 1 ? newest : today;
  const oldestKept = newest === undefined ? '' : utcDate(Date.parse(from) - (days - 1) * DAY_MS);
  return older.filter((date, rank) => date < oldestKept || rank >= days);
}

/** Returns the newest date that is not alone, or nearly, after a gap. */
function believable(newestFirst: readonly string[]): string | undefined {
  let first = 0;
  for (const [at, date] of newestFirst.entries()) {
    const before = newestFirst[at + 1];
    if (at + 1 - first >= FILES_AFTER_GAP || before === undefined) return newestFirst[first];
    if (daysBetween(before, date) > GAP_DAYS) first = at + 1;
  }
  return undefined;
}

function daysBetween(earlier: string, later: string): number {
  return Math.round((Date.parse(later) - Date.parse(earlier)) / DAY_MS);
}
