/** Milliseconds of one UTC day. */
export const DAY_MS = 86_400_000;

const FORM = /^events-(\d{4}-\d\d-\d\d)\.jsonl$/;

/** The UTC date of a time, as `YYYY-MM-DD`. */
export function utcDate(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
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

/** True for a day file that is past keeping: older than the last `days` days, today among them. */
export function isExpired(fileName: string, nowMs: number, days: number): boolean {
  const date = dayOf(fileName);
  return date !== undefined && date < utcDate(nowMs - (days - 1) * DAY_MS);
}
