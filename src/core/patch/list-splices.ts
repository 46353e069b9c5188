import { lineBreak, lineEnd, lineStart, type Splice, wholeLines } from './edits.ts';

/** Where something stands in a text. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** White space and comments of YAML and TOML. */
const BLANK = /^(?:\s|#[^\n]*)*/;
const SAME_LINE_COMMENT = /^[ \t]*#[^\r\n]*/;

/** Puts an item into a list of items with commas between them, on its own line where its neighbour has one. */
export function insertItem(text: string, items: readonly Place[], index: number, printed: string): Splice[] {
  const [first, before] = [items[0], items[index - 1]];
  if (first === undefined) throw new SyntaxError('the list has no item to stand by');
  const like = before ?? first;
  const indent = text.slice(lineStart(text, like.start), like.start);
  const isOnOwnLine = indent.trim() === '';
  const gap = isOnOwnLine ? `${lineBreak(text)}${indent}` : ' ';
  if (before === undefined) return [{ start: first.start, end: first.start, text: `${printed},${gap}` }];
  const comma = commaBehind(text, before.end);
  const after = comma ?? before.end;
  const behind = after + (isOnOwnLine ? (SAME_LINE_COMMENT.exec(text.slice(after))?.[0].length ?? 0) : 0);
  if (comma !== undefined) return [{ start: behind, end: behind, text: `${gap}${printed},` }];
  if (behind === after) return [{ start: after, end: after, text: `,${gap}${printed}` }];
  return [
    { start: after, end: after, text: ',' },
    { start: behind, end: behind, text: `${gap}${printed}` },
  ];
}

/** Takes an item out of such a list, with its comma and the comment on its line. */
export function removeItem(text: string, items: readonly Place[], index: number): Splice[] {
  const [item, before, next] = [items[index], items[index - 1], items[index + 1]];
  if (item === undefined || items.length === 1) throw new SyntaxError('the list has no other item');
  const after = commaBehind(text, item.end) ?? item.end;
  const tail = after + (SAME_LINE_COMMENT.exec(text.slice(after))?.[0].length ?? 0);
  const isAlone =
    text.slice(lineStart(text, item.start), item.start).trim() === '' &&
    text.slice(tail, lineEnd(text, tail)).trim() === '';
  if (isAlone) {
    const cut: Splice = { ...wholeLines(text, item.start, tail), text: '' };
    const comma = next === undefined && before !== undefined ? commaBehind(text, before.end) : undefined;
    return comma === undefined || comma !== commaOf(text, item.end, comma)
      ? [cut]
      : [{ start: comma - 1, end: comma, text: '' }, cut];
  }
  if (next !== undefined) return [{ start: item.start, end: next.start, text: '' }];
  return [{ start: (before as Place).end, end: item.end, text: '' }];
}

/** The comma before the last item goes with it, unless the list ends in a comma anyway. */
function commaOf(text: string, end: number, comma: number): number | undefined {
  return commaBehind(text, end) === undefined ? comma : undefined;
}

/** Returns where the comma behind a place ends; `undefined` when there is none. */
function commaBehind(text: string, end: number): number | undefined {
  const at = end + (BLANK.exec(text.slice(end))?.[0].length ?? 0);
  return text[at] === ',' ? at + 1 : undefined;
}
