import type { Node } from 'jsonc-parser';

/** A change of a text: what is cut out where (UTF-16 code units), and what is put there. */
export interface Splice {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/** A member of an object, as its two nodes. */
export interface Member {
  readonly name: Node;
  readonly value: Node;
}

/** White space at the end of a text that starts a line: its break, and the indentation. */
const NEW_LINE = /(\r\n|\n|\r)([ \t]*)$/;

/** Returns a new last member of `object`, written as its neighbours are. `root` is the whole text's. */
export function memberText(text: string, object: Node, key: string, value: unknown, root: Node): Splice {
  const last = object.children?.at(-1);
  const name = JSON.stringify(key);
  if (last !== undefined) {
    const gap = gapBefore(text, last.offset);
    const line = NEW_LINE.exec(gap);
    const [lastName, lastValue] = last.children ?? [last];
    const colon = lastValue === undefined ? ':' : text.slice(end(lastName ?? last), lastValue.offset);
    const at = end(lastValue ?? last);
    const inserted = line
      ? `,${line[1]}${line[2]}${name}: ${render(value, text, root, line[2])}`
      : `,${gap}${name}${/[\r\n]/.test(colon) ? ':' : colon}${JSON.stringify(value)}`;
    return { at, removed: 0, inserted };
  }
  const inside = text.slice(object.offset + 1, end(object) - 1);
  const isCompact = object !== root && !/[\r\n]/.test(text.trim());
  if (isCompact) return { at: object.offset + 1, removed: 0, inserted: `${name}:${JSON.stringify(value)}` };
  const lineStart = Math.max(text.lastIndexOf('\n', object.offset), text.lastIndexOf('\r', object.offset)) + 1;
  const outer = /^[ \t]*/.exec(text.slice(lineStart, object.offset))?.[0] ?? '';
  const inner = outer + indentUnit(text, root);
  const eol = lineBreak(text);
  const member = `${eol}${inner}${name}: ${render(value, text, root, inner)}`;
  return /[\r\n]/.test(inside)
    ? { at: object.offset + 1, removed: 0, inserted: member }
    : { at: end(object) - 1, removed: 0, inserted: `${member}${eol}${outer}` };
}

/** Replaces the value of a member. */
export function replacedText(text: string, { name, value }: Member, after: unknown, root: Node): Splice {
  const line = NEW_LINE.exec(gapBefore(text, name.offset));
  const inserted = line ? render(after, text, root, line[2]) : JSON.stringify(after);
  return { at: value.offset, removed: value.length, inserted };
}

function render(value: unknown, text: string, root: Node, indent = ''): string {
  return JSON.stringify(value, null, indentUnit(text, root)).replaceAll('\n', lineBreak(text) + indent);
}

function gapBefore(text: string, offset: number): string {
  const head = text.slice(0, offset);
  return head.slice(head.trimEnd().length);
}

/** Returns the indentation of one level: that of the root's first member, or two spaces where it has none. */
function indentUnit(text: string, root: Node): string {
  const first = root.children?.[0];
  const line = first && NEW_LINE.exec(gapBefore(text, first.offset));
  return line?.[2] || '  ';
}

function lineBreak(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}

function end({ offset, length }: Node): number {
  return offset + length;
}
