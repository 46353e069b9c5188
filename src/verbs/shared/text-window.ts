/** A part of a text; offsets and lengths are UTF-16 code units. */
export interface TextWindow {
  readonly content: string;
  /** Where it begins: one earlier than asked when that was inside a surrogate pair. */
  readonly offset: number;
  /** True while there is more text after it. */
  readonly truncated: boolean;
  readonly totalChars: number;
}

/**
 * Returns the part of a text that begins at `offset` and has at most `maxChars` characters, and never half of a
 * surrogate pair; a pair that alone is longer than `maxChars` is given whole, so that windows always get on.
 */
export function cutWindow(text: string, offset: number, maxChars: number): TextWindow {
  const begin = insidePair(text, Math.min(offset, text.length)) ? offset - 1 : Math.min(offset, text.length);
  let end = Math.min(begin + maxChars, text.length);
  if (insidePair(text, end)) end += end - 1 > begin ? -1 : 1;
  const content = text.slice(begin, end);
  return { content, offset: begin, truncated: end < text.length, totalChars: text.length };
}

function insidePair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before <= 0xdbff && after >= 0xdc00 && after <= 0xdfff;
}
