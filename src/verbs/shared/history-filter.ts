import { readTime } from '../../core/point-in-time.ts';
import { argumentInvalid } from './argument.ts';

/** The longest text to look for, in characters. */
const MAX_TEXT_CHARS = 200;

/** Where looking back ends: so many in a row that are too old. A clock that was wrong once ends nothing. */
export const OLDER_IN_A_ROW = 1_000;

/** Which part of a history is wanted. */
export interface HistoryFilterRequest {
  /** Only what was committed at this time or later: a time (RFC 3339, or a date for its start in UTC), or an age such as `7d`. */
  readonly since?: string | undefined;
  /** Only what has this text in its message, its author's name or a config's name; case makes no difference. */
  readonly grep?: string | undefined;
}

/** Decides what of a history is wanted. */
export interface HistoryFilter {
  /** True where everything is wanted. */
  readonly isOpen: boolean;
  /** True for what was committed before the time asked for. */
  isTooOld(time: string): boolean;
  /** True when one of the texts has what is looked for; always when nothing is. */
  matches(texts: Iterable<string>): boolean;
}

/** @throws StoreError ARGUMENT_INVALID for a time that is none, or a text that is empty or too long */
export function historyFilter({ since, grep }: HistoryFilterRequest): HistoryFilter {
  const sinceMs = since === undefined ? undefined : readTime('since', since, Date.now());
  const wanted = grep === undefined ? undefined : checkText(grep).toLowerCase();
  return {
    isOpen: sinceMs === undefined && wanted === undefined,
    isTooOld: (time) => sinceMs !== undefined && Date.parse(time) < sinceMs,
    matches(texts) {
      if (wanted === undefined) return true;
      for (const text of texts) if (text.toLowerCase().includes(wanted)) return true;
      return false;
    },
  };
}

function checkText(text: string): string {
  if (text.length > 0 && text.length <= MAX_TEXT_CHARS) return text;
  throw argumentInvalid(
    `the text to look for has ${text.length} characters`,
    `Give 1 to ${MAX_TEXT_CHARS} characters of a message, an author's name or a config's name.`,
  );
}
