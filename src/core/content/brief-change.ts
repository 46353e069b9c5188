/** How much of what both sides share is shown before their difference, in characters. */
const CONTEXT_CHARS = 24;

/** Two texts cut around their first difference, so that what is shown differs; short ones stay as they are. */
export function cutPair(before: string, after: string, maxChars: number): { before: string; after: string } {
  if (before.length <= maxChars && after.length <= maxChars) return { before, after };
  let same = 0;
  const shorter = Math.min(before.length, after.length);
  while (same < shorter && before[same] === after[same]) same++;
  const from = Math.max(0, same - Math.min(CONTEXT_CHARS, Math.floor(maxChars / 3)));
  return { before: cutFrom(before, from, maxChars), after: cutFrom(after, from, maxChars) };
}

/** At most `maxChars` of a text from `from` on, with an ellipsis where something is left out; never half of a surrogate pair. */
export function cutFrom(text: string, from: number, maxChars: number): string {
  const begin = isLowSurrogate(text, from) ? from - 1 : from;
  const head = begin > 0 ? '…' : '';
  if (text.length - begin <= maxChars) return head + text.slice(begin);
  const end = isLowSurrogate(text, begin + maxChars) ? begin + maxChars - 1 : begin + maxChars;
  return `${head}${text.slice(begin, end)}…`;
}

/** True when a cut there would part a surrogate pair. */
export function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at > 0 && code >= 0xdc00 && code <= 0xdfff;
}
