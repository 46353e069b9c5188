import { type Node, parseTree } from 'jsonc-parser';
import type { TextRange } from '../content/toml-scan.ts';
import type { Path } from '../json/pointer.ts';
import { applySplices, type Edit, lineBreak, lineEnd, lineStart, type Splice, wholeLines } from './edits.ts';
import { printJson } from './print-json.ts';

const OPTIONS = { allowTrailingComma: true, disallowComments: false };
const BLANK = /^(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/;
/** No member stands before the place on its line. */
const ONLY_COMMENTS = /^(?:\s|\/\*.*?\*\/)*$/;
/** A comment on the line of a member belongs to it. */
const SAME_LINE_COMMENT = /^[ \t]*(?:\/\/[^\r\n]*|(?:\/\*[^\r\n]*?\*\/[ \t]*(?=[\r\n]|$)))/;

/** Makes edits in the text of a JSON or JSONC document; comments, order and indentation stay. */
export function editJson(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editOnce, text);
}

/** Returns where the member or element at a path stands, with the comment on its line; empty when there is none. */
export function jsonRanges(text: string, path: Path): TextRange[] {
  const root = parseTree(text, [], OPTIONS);
  const value = root && find(root, path);
  if (value === undefined) return [];
  const { offset } = value.parent?.type === 'property' ? value.parent : value;
  const comma = endOf(value) + (BLANK.exec(text.slice(endOf(value)))?.[0].length ?? 0);
  const behind = text[comma] === ',' ? comma + 1 : endOf(value);
  return [{ start: offset, end: behind + (SAME_LINE_COMMENT.exec(text.slice(behind))?.[0].length ?? 0) }];
}

function editOnce(text: string, edit: Edit): string {
  const root = parseTree(text, [], OPTIONS);
  if (root === undefined) throw new SyntaxError('the text holds no value');
  return applySplices(text, splicesOf(text, root, edit));
}

function splicesOf(text: string, root: Node, edit: Edit): Splice[] {
  switch (edit.op) {
    case 'set':
      return set(text, root, edit.path, edit.value);
    case 'insert':
      return insert(text, root, edit.path, edit.value);
    case 'remove':
      return remove(text, root, edit.path);
  }
}

function set(text: string, root: Node, path: Path, value: unknown): Splice[] {
  const node = find(root, path);
  if (node !== undefined) {
    const printed = printJson(value, styleOf(text, root, node.offset, isOneLine(text, node)));
    return [{ start: node.offset, end: endOf(node), text: printed }];
  }
  const object = find(root, path.slice(0, -1));
  if (object?.type !== 'object') throw new SyntaxError('a member has no object to stand in');
  const key = String(path.at(-1));
  const last = object.children?.at(-1);
  if (last === undefined) return addFirst(text, root, object, key, value);
  return addBehind(text, root, object, last, value, `${JSON.stringify(key)}:${colonGap(text, last)}`);
}

/** Puts an element behind the one before its place, or in front of the first. */
function insert(text: string, root: Node, path: Path, value: unknown): Splice[] {
  const array = find(root, path.slice(0, -1));
  const index = path.at(-1) as number;
  const first = array?.children?.[0];
  if (array?.type !== 'array' || first === undefined) throw new SyntaxError('the array has no element to stand by');
  const before = array.children?.[index - 1];
  if (before !== undefined) return addBehind(text, root, array, before, value, '');
  const isOnOwnLine = text.slice(lineStart(text, first.offset), first.offset).trim() === '';
  const gap = isOnOwnLine ? `${lineBreak(text)}${indentAt(text, first.offset)}` : ' ';
  const printed = printJson(value, styleOf(text, root, first.offset, !isOnOwnLine || isOneLine(text, first), first));
  return [{ start: first.offset, end: first.offset, text: `${printed},${gap}` }];
}

/** Puts a member or an element behind another one of its object or array. */
function addBehind(text: string, root: Node, object: Node, last: Node, value: unknown, name: string): Splice[] {
  const end = endOf(last);
  const isOnOwnLine =
    lineStart(text, last.offset) > object.offset &&
    ONLY_COMMENTS.test(text.slice(lineStart(text, last.offset), last.offset));
  const sibling = object.type === 'array' ? last : last.children?.[1];
  const oneLine =
    !isOnOwnLine ||
    (sibling?.children?.length !== undefined && sibling.children.length > 0 && isOneLine(text, sibling));
  const member = `${name}${printJson(value, styleOf(text, root, last.offset, oneLine, sibling))}`;
  const comma = end + (BLANK.exec(text.slice(end))?.[0].length ?? 0);
  const hasComma = text[comma] === ',';
  const after = hasComma ? comma + 1 : end;
  if (!isOnOwnLine) {
    const gap =
      /,(\s*)$/.exec(text.slice(object.offset, last.offset))?.[1] ??
      (object.type === 'array' && !text.includes('\n') && !/,\s/.test(text) ? '' : undefined) ??
      (object.type === 'array' ? ' ' : /^\{(\s*)/.exec(text.slice(object.offset))?.[1]) ??
      '';
    return [{ start: after, end: after, text: hasComma ? `${gap}${member},` : `,${gap}${member}` }];
  }
  const behind = after + (SAME_LINE_COMMENT.exec(text.slice(after))?.[0].length ?? 0);
  const line = `${lineBreak(text)}${indentAt(text, last.offset)}${member}`;
  return hasComma
    ? [{ start: behind, end: behind, text: `${line},` }]
    : behind === end
      ? [{ start: end, end, text: `,${line}` }]
      : [
          { start: end, end, text: ',' },
          { start: behind, end: behind, text: line },
        ];
}

function addFirst(text: string, root: Node, object: Node, key: string, value: unknown): Splice[] {
  const inside = text.slice(object.offset + 1, endOf(object) - 1);
  const isCompact = inside.trim() === '' && !text.trim().includes('\n') && object !== root;
  if (isCompact) {
    const style = { ...styleOf(text, root, object.offset, true), gap: '' };
    const colon = style.tight ? ':' : ': ';
    const at = object.offset + 1;
    return [{ start: at, end: at, text: `${JSON.stringify(key)}${colon}${printJson(value, style)}` }];
  }
  const eol = lineBreak(text);
  const outer = indentAt(text, object.offset);
  const inner = outer + indentUnit(text, root);
  const printed = printJson(value, { unit: indentUnit(text, root), indent: inner, eol, oneLine: false, gap: ' ' });
  const member = `${eol}${inner}${JSON.stringify(key)}: ${printed}`;
  const behind = inside.trimEnd().length;
  // A line break that is there already is the one behind the member.
  if (inside.slice(behind).includes('\n')) {
    const at = object.offset + 1 + behind;
    return [{ start: at, end: at, text: member }];
  }
  const end = endOf(object) - 1;
  return [{ start: end, end, text: `${member}${eol}${outer}` }];
}

function remove(text: string, root: Node, path: Path): Splice[] {
  const object = find(root, path.slice(0, -1));
  const members = object?.children ?? [];
  const at = path.at(-1);
  const index = typeof at === 'number' ? at : members.findIndex(({ children }) => children?.[0]?.value === at);
  const member = members[index];
  if (object === undefined || member === undefined) return [];
  const end = endOf(member);
  const next = end + (BLANK.exec(text.slice(end))?.[0].length ?? 0);
  const hasComma = text[next] === ',';
  const behind = hasComma ? next + 1 : end;
  const before = members[index - 1];
  // The comma before the last member goes with it.
  const comma = before === undefined ? -1 : endOf(before) + (BLANK.exec(text.slice(endOf(before)))?.[0].length ?? 0);
  const cutComma: Splice[] = hasComma || comma === -1 ? [] : [{ start: comma, end: comma + 1, text: '' }];
  const tail = behind + (SAME_LINE_COMMENT.exec(text.slice(behind))?.[0].length ?? 0);
  const isAlone =
    text.slice(lineStart(text, member.offset), member.offset).trim() === '' &&
    text.slice(tail, lineEnd(text, tail)).trim() === '';
  const inside = text.slice(object.offset + 1, member.offset) + text.slice(behind, endOf(object) - 1);
  if (members.length === 1 && inside.trim() === '')
    return [{ start: object.offset + 1, end: endOf(object) - 1, text: '' }];
  if (isAlone) return [...cutComma, { ...wholeLines(text, member.offset, tail), text: '' }];
  if (members.length === 1) return [{ start: member.offset, end: behind, text: '' }];
  const gap = hasComma ? (/^[ \t]*/.exec(text.slice(behind))?.[0].length ?? 0) : 0;
  if (hasComma) return [{ start: member.offset, end: behind + gap, text: '' }];
  const between = text.slice(comma + 1, member.offset);
  return between.trim() === ''
    ? [{ start: comma, end, text: '' }]
    : [...cutComma, { start: member.offset, end, text: '' }];
}

function find(root: Node, path: Path): Node | undefined {
  let node: Node | undefined = root;
  for (const step of path) {
    node =
      typeof step === 'number'
        ? node?.children?.[step]
        : node?.children?.find(({ children }) => children?.[0]?.value === step)?.children?.[1];
  }
  return node;
}

function styleOf(text: string, root: Node, at: number, oneLine: boolean, sibling?: Node) {
  const like = sibling === undefined ? '' : text.slice(sibling.offset, sibling.offset + 2);
  const gap = oneLine && (like === '' ? !/[{[]["{[\w]/.test(text) : /^[{[] /.test(like)) ? ' ' : '';
  const tight = oneLine && /":\S/.test(text) && !/":\s/.test(text);
  return { unit: indentUnit(text, root), indent: indentAt(text, at), eol: lineBreak(text), oneLine, gap, tight };
}

function colonGap(text: string, member: Node): string {
  const [name, value] = member.children ?? [];
  const gap = name && value && /:([ \t]*)$/.exec(text.slice(endOf(name), value.offset))?.[1];
  return gap ?? ' ';
}

function isOneLine(text: string, node: Node): boolean {
  if (node.type !== 'object' && node.type !== 'array') return !text.trim().includes('\n');
  return node.children?.length !== 0
    ? !text.slice(node.offset, endOf(node)).includes('\n')
    : !text.trim().includes('\n');
}

function indentAt(text: string, at: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, at), at))?.[0] ?? '';
}

/** Returns the indentation of one level: that of the root's first member, or two spaces where it has none. */
function indentUnit(text: string, root: Node): string {
  const first = root.children?.[0];
  const indent = first === undefined ? '' : indentAt(text, first.offset);
  return indent === '' ? '  ' : indent;
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}
