import type { TextRange } from '../content/toml-scan.ts';

/**
 * Returns JSON with comments as plain JSON of the same length: comments and commas before a closing bracket become
 * spaces, so every line and column stays what it was. Everything else, errors included, is left to the JSON parser.
 * Takes linear time.
 */
export function blankComments(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  for (const { start, end } of extras(text).sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(kept, start), text.slice(start, end).replace(/\S/g, ' '));
    kept = end;
  }
  return parts.join('') + text.slice(kept);
}

/** Returns the comments of JSONC, their marks included. */
export function jsonCommentRanges(text: string): TextRange[] {
  return extras(text).filter(({ start }) => text[start] === '/');
}

/** Lists the parts of JSONC that JSON does not have: comments, and commas before a closing bracket. */
function extras(text: string): TextRange[] {
  const found: TextRange[] = [];
  let at = 0;
  /** Where a comma stands that may turn out to be a trailing one. */
  let comma = -1;
  while (at < text.length) {
    const char = text[at] as string;
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') at++;
    else if (char === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const end = commentEnd(text, at);
      if (end === undefined) break;
      found.push({ start: at, end });
      at = end;
    } else {
      if ((char === '}' || char === ']') && comma !== -1) found.push({ start: comma, end: comma + 1 });
      comma = char === ',' ? at : -1;
      at = char === '"' ? stringEnd(text, at) : at + 1;
    }
  }
  return found;
}

function commentEnd(text: string, start: number): number | undefined {
  if (text[start + 1] === '/') {
    const end = text.indexOf('\n', start);
    return end === -1 ? text.length : end;
  }
  const end = text.indexOf('*/', start + 2);
  return end === -1 ? undefined : end + 2;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"' && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
