/** The longest line there is, in bytes, written or read: a commit of 1,000 configs with the longest names is a quarter of it. */
export const MAX_LINE_BYTES = 1_048_576;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LEVELS: ReadonlySet<unknown> = new Set<Severity>(['info', 'warn', 'error']);

/** A value of an event's field: names, digests, codes, sizes; never content. */
export type FieldValue = string | number | boolean | readonly string[] | readonly number[];

/** The fields of one event; those that are `undefined` are not written. */
export type EventFields = Readonly<Record<string, FieldValue | undefined>>;

/** How much an event matters: `error` is what health calls critical. */
export type Severity = 'info' | 'warn' | 'error';

/** One event as it is read back. Fields of newer versions may be there too. */
export interface EventRecord {
  readonly level: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly 'event.name': string;
  readonly [field: string]: unknown;
}

/**
 * How every line begins. A quotation mark inside a JSON string is written `\"`, and no event nests objects, so these
 * characters occur at the start of an event and nowhere else.
 */
const LINE_START = '{"level":"';

/**
 * The event in one line of a day file; `undefined` when there is none. A line that a full disk or a crash tore may have a
 * whole event of another process glued to its end: that event is still found.
 */
export function parseEventLine(line: string): EventRecord | undefined {
  return parseEvent(line) ?? parseEvent(line.slice(Math.max(0, line.lastIndexOf(LINE_START))));
}

/**
 * The events in a block of whole lines, in order. Parsing the block as one JSON array takes a quarter less time than line by
 * line, and works unless a line is torn.
 */
export function parseEventLines(block: string): EventRecord[] {
  const end = block.endsWith('\n') ? block.length - 1 : block.length;
  try {
    const events: unknown[] = JSON.parse(`[${block.slice(0, end).replaceAll('\n', ',')}]`);
    return events.filter(isEvent);
  } catch {
    // Some line is torn: it alone is lost, not its block.
    return block.split('\n').flatMap((line) => parseEventLine(line) ?? []);
  }
}

function parseEvent(text: string): EventRecord | undefined {
  try {
    const event: unknown = JSON.parse(text);
    return isEvent(event) ? event : undefined;
  } catch {
    // Torn: the rest of it was never written, so there is nothing to tell.
    return undefined;
  }
}

function isEvent(value: unknown): value is EventRecord {
  const event = value as Partial<EventRecord> | null;
  return (
    LEVELS.has(event?.level) &&
    typeof event?.['event.name'] === 'string' &&
    typeof event.time === 'string' &&
    TIME.test(event.time) &&
    !Number.isNaN(Date.parse(event.time))
  );
}
