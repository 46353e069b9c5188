import { diffWordsWithSpace } from 'diff';
import { isLowSurrogate } from './brief-change.ts';

/** How much of what both sides share is left around a difference, in characters. */
const CONTEXT_CHARS = 24;
/** The exact algorithm's bounds: its cost grows with the square of the edits. */
const MAX_EDITS = 400;
const TIMEOUT_MS = 50;

/**
 * Returns the differences between two texts, word by word: `… before [-Never-]{+Always+} push …`, with what they share left out beyond a few
 * words around each difference.
 */
export function wordDiff(before: string, after: string): string {
  const parts =
    diffWordsWithSpace(before, after, { maxEditLength: MAX_EDITS, timeout: TIMEOUT_MS }) ?? roughDiff(before, after);
  return parts
    .map(({ value, added, removed }, i) => {
      if (removed) return `[-${value}-]`;
      if (added) return `{+${value}+}`;
      return shared(value, i === 0, i === parts.length - 1);
    })
    .join('');
}

interface Part {
  readonly value: string;
  readonly added?: boolean;
  readonly removed?: boolean;
}

function roughDiff(before: string, after: string): Part[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return [
    { value: before.slice(0, start) },
    { value: before.slice(start, before.length - end), removed: true },
    { value: after.slice(start, after.length - end), added: true },
    { value: before.slice(before.length - end) },
  ].filter(({ value }) => value !== '');
}

function shared(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= 2 * CONTEXT_CHARS + 3) return text;
  const head = isFirst ? '' : text.slice(0, isLowSurrogate(text, CONTEXT_CHARS) ? CONTEXT_CHARS + 1 : CONTEXT_CHARS);
  const from = text.length - CONTEXT_CHARS;
  const tail = isLast ? '' : text.slice(isLowSurrogate(text, from) ? from + 1 : from);
  return `${head} … ${tail}`.trim() === '…' ? '…' : `${head}…${tail}`;
}
