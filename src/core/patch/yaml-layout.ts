import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseAllDocuments,
  stringify,
  type YAMLMap,
} from 'yaml';
import type { Path } from '../json/pointer.ts';
import { applySplices, type Edit, lineBreak, lineEnd, lineStart, type Splice, wholeLines } from './edits.ts';

/** Makes edits in the text of a YAML document; every line they do not concern stays. */
export function editYaml(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editOnce, text);
}

function editOnce(text: string, edit: Edit): string {
  const [document, ...others] = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
  }) as Document.Parsed[];
  if (document === undefined || others.length > 0) throw new SyntaxError('the text has several documents');
  return applySplices(text, [
    edit.op === 'set' ? set(text, document, edit.path, edit.value) : remove(text, document, edit.path),
  ]);
}

function set(text: string, document: Document.Parsed, path: Path, value: unknown): Splice {
  const key = path.at(-1);
  const container = find(document.contents, path.slice(0, -1));
  if (isSeq(container) && typeof key === 'number') return replace(text, container.items[key] as Node, value);
  if (!isMap(container) || key === undefined) throw new SyntaxError('the place is not in a map');
  const pair = pairOf(container, key);
  if (pair === undefined)
    return container.flow === true
      ? addToFlow(text, container, String(key), value)
      : add(text, container, String(key), value);
  const node = pair.value as Node | null;
  if (container.flow === true || (isScalar(node) && !isCollection(value) && isPlainRange(text, node)))
    return replace(text, node, value);
  const [keyStart] = rangeOf(pair.key as Node);
  return {
    start: keyStart,
    end: contentEnd(text, pair),
    text: print(text, keyText(text, pair), value, columnOf(text, keyStart)).trimStart(),
  };
}

function replace(text: string, node: Node | null, value: unknown): Splice {
  if (node === null) throw new SyntaxError('the place has no value');
  const [start, end] = rangeOf(node);
  const printed = isCollection(value) ? flow(value) : stringify(value, { lineWidth: 0 }).trimEnd();
  if (start === end || printed.includes('\n')) throw new SyntaxError('the value does not fit on the line');
  return { start, end: start + text.slice(start, end).trimEnd().length, text: printed };
}

function add(text: string, map: YAMLMap, key: string, value: unknown): Splice {
  const last = map.items.at(-1);
  if (last === undefined) throw new SyntaxError('the map has no line of its own');
  const column = columnOf(text, rangeOf(last.key as Node)[0]);
  const at = lineEnd(text, contentEnd(text, last));
  return {
    start: at,
    end: at,
    text: lineBreak(text) + print(text, stringify(key, { lineWidth: 0 }).trimEnd(), value, column),
  };
}

function addToFlow(text: string, map: YAMLMap, key: string, value: unknown): Splice {
  const last = map.items.at(-1);
  const member = `${stringify(key).trimEnd()}: ${flow(value)}`;
  if (last === undefined) {
    const [start, end] = rangeOf(map);
    return { start, end, text: `{${member}}` };
  }
  const at = contentEnd(text, last);
  return { start: at, end: at, text: `, ${member}` };
}

function remove(text: string, document: Document.Parsed, path: Path): Splice {
  const map = find(document.contents, path.slice(0, -1));
  const key = path.at(-1);
  const pair = isMap(map) && key !== undefined ? pairOf(map, key) : undefined;
  if (!isMap(map) || pair === undefined || map.flow === true || map.items.length === 1)
    throw new SyntaxError('the pair has no lines of its own');
  const [start] = rangeOf(pair.key as Node);
  const before = text.slice(lineStart(text, start), start);
  if (before.trim() !== '') {
    // The first pair of a list's item shares its line with the dash, which the next pair gets.
    const next = map.items[map.items.indexOf(pair) + 1];
    if (next === undefined) throw new SyntaxError('the pair shares its line');
    return { start, end: rangeOf(next.key as Node)[0], text: '' };
  }
  return { ...wholeLines(text, start, lineEnd(text, contentEnd(text, pair))), text: '' };
}

function find(root: Node | null, path: Path): unknown {
  let node: unknown = root;
  for (const step of path) {
    if (isMap(node)) node = pairOf(node, step)?.value;
    else if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else return undefined;
  }
  return node;
}

function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find(
    (pair) => isScalar(pair.key) && (pair.key.value === null ? '' : String(pair.key.value)) === String(key),
  );
}

/** Returns where the text of a pair ends: behind its value, without the comments and blank lines that follow. */
function contentEnd(text: string, pair: Pair): number {
  const node = (pair.value ?? pair.key) as Node;
  let end = lastContent(node);
  const start = rangeOf(pair.key as Node)[0];
  end = start + text.slice(start, end).trimEnd().length;
  return pair.value === null || rangeOf(node)[0] === rangeOf(node)[1] ? lineEnd(text, end) : end;
}

function lastContent(node: Node): number {
  if ((isMap(node) || isSeq(node)) && node.flow !== true) {
    const last = node.items.at(-1);
    const inner = isMap(node) ? ((last as Pair | undefined)?.value ?? (last as Pair | undefined)?.key) : last;
    if (inner !== undefined && inner !== null) return lastContent(inner as Node);
  }
  return rangeOf(node)[1];
}

function print(text: string, key: string, value: unknown, column: number): string {
  const eol = lineBreak(text);
  const indent = ' '.repeat(column);
  if (!isCollection(value) || isEmpty(value)) return `${indent}${key}: ${stringify(value, { lineWidth: 0 }).trimEnd()}`;
  const unit = /\n( +)[^\s#-]/.exec(text)?.[1]?.length ?? 2;
  const lines = stringify(value, { lineWidth: 0, indent: Math.min(unit, 8) })
    .trimEnd()
    .split('\n');
  return [`${indent}${key}:`, ...lines.map((line) => (line === '' ? '' : `${indent}${' '.repeat(unit)}${line}`))].join(
    eol,
  );
}

function flow(value: unknown): string {
  return isCollection(value) ? JSON.stringify(value) : stringify(value, { lineWidth: 0 }).trimEnd();
}

function keyText(text: string, { key }: Pair): string {
  const [start, end] = rangeOf(key as Node);
  return text.slice(start, end);
}

function isPlainRange(text: string, node: Node): boolean {
  const [start, end] = rangeOf(node);
  return start < end && !/^[|>&!]/.test(text.slice(start, end));
}

function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

function rangeOf(node: Node): readonly [start: number, end: number] {
  if (node.range == null) throw new SyntaxError('the place is not known');
  return [node.range[0], node.range[1]];
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
