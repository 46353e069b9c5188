/**
 * JSON with comments, as plain JSON of the same length: comments and commas before a closing bracket become spaces, so
 * every line and column stays what it was. Everything else, errors among it, is left to the JSON parser. Takes linear time.
 */
export function blankComments(text: string): string {
  const parts: string[] = [];
  let kept = 0;
  let at = 0;
  /** Where a comma stands that may turn out to be a trailing one. */
  let comma = -1;
  const blank = (from: number, to: number): void => {
    parts.push(text.slice(kept, from), text.slice(from, to).replace(/\S/g, ' '));
    kept = to;
  };
  // A trailing comma is known only after the comments that follow it, so these wait until it is.
  let comments: Array<[from: number, to: number]> = [];
  const settle = (trailing: boolean): void => {
    if (trailing && comma !== -1) blank(comma, comma + 1);
    for (const [from, to] of comments) blank(from, to);
    comments = [];
    comma = -1;
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (char === ' ' || char === '\n' || char === '\r' || char === '\t') at++;
    else if (char === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const end = commentEnd(text, at);
      if (end === undefined) break;
      comments.push([at, end]);
      at = end;
    } else {
      settle(char === '}' || char === ']');
      if (char === ',') comma = at;
      at = char === '"' ? stringEnd(text, at) : at + 1;
    }
  }
  settle(false);
  return parts.join('') + text.slice(kept);
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
