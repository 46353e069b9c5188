import { diffWordsWithSpace } from 'diff';
import { spellApart } from '../spell-apart.ts';
import { cutFrom, isLowSurrogate } from './brief-change.ts';

/** How much of what both sides share is left around a difference, in characters. */
const CONTEXT_CHARS = 24;
/** The most of a removed or added stretch that is shown, in characters. */
const STRETCH_CHARS = 300;
/** The exact algorithm's bounds: its cost grows with the square of the edits. */
const MAX_EDITS = 400;
const TIMEOUT_MS = 40;
/** Longer texts together are compared from both ends only: to part them into words takes long. */
const MAX_CHARS = 40_000;

/**
 * Returns the differences between two texts, word by word: `… before [-Never-]{+Always+} push …`, with what they share left out beyond a few
 * words around each difference, and within one long word too. What differs never looks alike.
 *
 * @param rough all between the first and the last difference is one, which takes linear time
 */
export function wordDiff(before: string, after: string, rough = false): string {
  const words = (rough ? undefined : exactDiff(before, after)) ?? roughDiff(before, after);
  const parts = joined(words.flatMap((part, i) => pairOf(words, i) ?? (isAddedOfPair(words, i) ? [] : [part])));
  return parts
    .map((part, i) => {
      const { value, added, removed } = part;
      if (!removed && !added) return shared(value, i === 0, i === parts.length - 1);
      const partner = parts[removed ? i + 1 : i - 1];
      const [gone, come] = removed
        ? spellApart(value, partner?.added ? partner.value : '')
        : spellApart(partner?.removed ? partner.value : '', value);
      return removed ? `[-${cutFrom(gone, 0, STRETCH_CHARS)}-]` : `{+${cutFrom(come, 0, STRETCH_CHARS)}+}`;
    })
    .join('');
}

/** A removed stretch and the added one behind it, without a long beginning and end that they share. */
function pairOf(parts: readonly Part[], i: number): Part[] | undefined {
  const [gone, come] = [parts[i], parts[i + 1]];
  if (gone?.removed !== true || come?.added !== true) return undefined;
  const inner = roughDiff(gone.value, come.value);
  const sharesMuch = inner.some(({ value, added, removed }) => !added && !removed && value.length > CONTEXT_CHARS);
  return sharesMuch ? inner : [gone, come];
}

function isAddedOfPair(parts: readonly Part[], i: number): boolean {
  return parts[i]?.added === true && parts[i - 1]?.removed === true;
}

/** Neighbours that both sides share become one. */
function joined(parts: readonly Part[]): Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (last !== undefined && !last.added && !last.removed && !part.added && !part.removed)
      all[all.length - 1] = { value: last.value + part.value };
    else all.push(part);
  }
  return all;
}

function exactDiff(before: string, after: string): readonly Part[] | undefined {
  if (before.length + after.length > MAX_CHARS) return undefined;
  return diffWordsWithSpace(before, after, { maxEditLength: MAX_EDITS, timeout: TIMEOUT_MS });
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
  if (isLowSurrogate(before, start) || isLowSurrogate(after, start)) start--;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  if (isLowSurrogate(before, before.length - end) || isLowSurrogate(after, after.length - end)) end--;
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
