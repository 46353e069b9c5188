import { type Document, isMap, isScalar, isSeq, type Node, parseAllDocuments, type YAMLMap, type YAMLSeq } from 'yaml';
import type { TextRange } from '../content/toml-scan.ts';
import type { Path } from '../json/pointer.ts';
import { applySplices, type Edit, lineBreak, lineEnd, lineStart, type Splice, wholeLines } from './edits.ts';
import { insertItem, removeItem } from './list-splices.ts';
import { printYaml } from './print-yaml.ts';
import {
  columnOf,
  dashColumn,
  endOf,
  find,
  isPlain,
  itemPlace,
  keyText,
  pairEnd,
  pairOf,
  placeOf,
  rangeOf,
} from './yaml-places.ts';

/** A list whose dashes stand below the first letter of its name. */
const DASH_BELOW_NAME = /^([ ]*)[^\s#-][^\n]*:[ \t]*\r?\n\1- /m;

/** Makes edits in the text of a YAML document; every line they do not concern stays. */
export function editYaml(text: string, edits: readonly Edit[]): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  return mark + edits.reduce(editOnce, text.slice(mark.length));
}

/** Returns where the pair or item at a path stands, with the comment on its last line; empty when there is none. */
export function yamlRanges(text: string, path: Path): TextRange[] {
  const [document] = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
  }) as Document.Parsed[];
  const container = find(document?.contents ?? null, path.slice(0, -1));
  const key = path.at(-1);
  const pair = isMap(container) && key !== undefined ? pairOf(container, key) : undefined;
  const item = isSeq(container) && typeof key === 'number' ? (container.items[key] as Node | undefined) : undefined;
  const place = pair !== undefined ? placeOf(text, pair) : item && itemPlace(text, item);
  if (place === undefined) return [];
  return [
    { start: item === undefined ? place.start : text.lastIndexOf('-', place.start), end: lineEnd(text, place.end) },
  ];
}

function editOnce(text: string, edit: Edit): string {
  const [document, ...others] = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: false,
  }) as Document.Parsed[];
  if (others.length > 0) throw new SyntaxError('the text has several documents');
  return applySplices(text, splicesOf(text, document?.contents ?? null, edit));
}

function splicesOf(text: string, root: Node | null, edit: Edit): Splice[] {
  const container = find(root, edit.path.slice(0, -1));
  const key = edit.path.at(-1);
  switch (edit.op) {
    case 'set':
      return set(text, container, key, edit.value);
    case 'insert':
      if (!isSeq(container) || typeof key !== 'number') throw new SyntaxError('the place is not in a list');
      return insert(text, container, key, edit.value);
    case 'remove':
      return isSeq(container) ? removeElement(text, container, key) : removePair(text, container, key);
  }
}

function set(text: string, container: unknown, key: Path[number] | undefined, value: unknown): Splice[] {
  if (isSeq(container) && typeof key === 'number') {
    const node = container.items[key] as Node;
    if (container.flow === true || staysOnLine(text, node, value)) return [replace(text, node, value)];
    const [start] = rangeOf(node);
    return [{ start, end: endOf(text, node), text: block(text, value, columnOf(text, start)) }];
  }
  if (container === null && key !== undefined) return [addFirst(text, String(key), value)];
  if (!isMap(container) || key === undefined) throw new SyntaxError('the place is not in a map');
  const pair = pairOf(container, key);
  if (pair === undefined) return add(text, container, String(key), value);
  const node = pair.value as Node | null;
  if (container.flow === true || staysOnLine(text, node, value)) return [replace(text, node, value)];
  const [start] = rangeOf(pair.key as Node);
  return [
    { start, end: pairEnd(text, pair), text: printPair(text, keyText(text, pair), value, columnOf(text, start)) },
  ];
}

/** Replaces what stands on one line. */
function replace(text: string, node: Node | null, value: unknown): Splice {
  if (node === null) throw new SyntaxError('the place has no value');
  const [start, end] = rangeOf(node);
  const printed = printYaml(value, { flow: true });
  if (start === end || printed.includes('\n')) throw new SyntaxError('the value does not fit on the line');
  return { start, end: start + text.slice(start, end).trimEnd().length, text: printed };
}

/** The first pair of a text that holds comments only, or nothing. */
function addFirst(text: string, key: string, value: unknown): Splice {
  const eol = lineBreak(text);
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  const end = text.length;
  return { start: end, end, text: `${gap}${printPair(text, printYaml(key), value, 0)}${eol}` };
}

function add(text: string, map: YAMLMap, key: string, value: unknown): Splice[] {
  const last = map.items.at(-1);
  if (map.flow === true) {
    const member = `${printYaml(key, { flow: true })}: ${printYaml(value, { flow: true })}`;
    if (last !== undefined)
      return insertItem(
        text,
        map.items.map((pair) => placeOf(text, pair)),
        map.items.length,
        member,
      );
    const [start, end] = rangeOf(map);
    return [{ start, end, text: `{${member}}` }];
  }
  if (last === undefined) throw new SyntaxError('the map has no line of its own');
  const column = columnOf(text, rangeOf(last.key as Node)[0]);
  const at = lineEnd(text, pairEnd(text, last));
  const indent = ' '.repeat(column);
  return [{ start: at, end: at, text: `${lineBreak(text)}${indent}${printPair(text, printYaml(key), value, column)}` }];
}

function insert(text: string, list: YAMLSeq, index: number, value: unknown): Splice[] {
  if (list.flow === true)
    return insertItem(
      text,
      list.items.map((item) => itemPlace(text, item as Node)),
      index,
      printYaml(value, { flow: true }),
    );
  const [first, before] = [list.items[0] as Node | undefined, list.items[index - 1] as Node | undefined];
  if (first === undefined) throw new SyntaxError('the list has no item to stand by');
  const column = dashColumn(text, before ?? first);
  const line = `${' '.repeat(column)}- ${block(text, value, column + 2)}`;
  if (before !== undefined) {
    const at = lineEnd(text, endOf(text, before));
    return [{ start: at, end: at, text: lineBreak(text) + line }];
  }
  const at = lineStart(text, rangeOf(first)[0]);
  return [{ start: at, end: at, text: line + lineBreak(text) }];
}

function removeElement(text: string, list: YAMLSeq, key: Path[number] | undefined): Splice[] {
  const node = list.items[Number(key)] as Node | undefined;
  if (node === undefined || list.items.length === 1) throw new SyntaxError('the list would be empty');
  if (list.flow === true)
    return removeItem(
      text,
      list.items.map((item) => itemPlace(text, item as Node)),
      Number(key),
    );
  dashColumn(text, node);
  return [{ ...wholeLines(text, rangeOf(node)[0], lineEnd(text, endOf(text, node))), text: '' }];
}

function removePair(text: string, map: unknown, key: Path[number] | undefined): Splice[] {
  const pair = isMap(map) && key !== undefined ? pairOf(map, key) : undefined;
  if (!isMap(map) || pair === undefined) throw new SyntaxError('the pair has no place');
  const [start] = rangeOf(pair.key as Node);
  if (map.items.length === 1) {
    if (map.flow === true) return [{ start: rangeOf(map)[0], end: rangeOf(map)[1], text: '{}' }];
    // Nothing but white space parts the name above from the map: the braces go up to it.
    const gap = /(?<=[^\s:#]:)[ \t]*\r?\n[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
    return [{ start: start - gap, end: pairEnd(text, pair), text: gap === 0 ? '{}' : ' {}' }];
  }
  if (map.flow === true)
    return removeItem(
      text,
      map.items.map((item) => placeOf(text, item)),
      map.items.indexOf(pair),
    );
  if (text.slice(lineStart(text, start), start).trim() !== '') {
    // The first pair of a list's item shares its line with the dash, which the next pair gets.
    const next = map.items[map.items.indexOf(pair) + 1];
    if (next === undefined) throw new SyntaxError('the pair shares its line');
    return [{ start, end: rangeOf(next.key as Node)[0], text: '' }];
  }
  return [{ ...wholeLines(text, start, lineEnd(text, pairEnd(text, pair))), text: '' }];
}

/** The text of a pair from its key on; further lines are indented below it. */
function printPair(text: string, key: string, value: unknown, column: number): string {
  return key + indented(text, printYaml({ k: value }, styleOf(text)).slice(1), column);
}

/** The text of a list's item from its dash on. */
function block(text: string, value: unknown, column: number): string {
  return indented(text, printYaml(value, styleOf(text)), column);
}

function indented(text: string, printed: string, column: number): string {
  return printed.replace(/\n(?=[^\n])/g, `\n${' '.repeat(column)}`).replaceAll('\n', lineBreak(text));
}

function styleOf(text: string): { indent: number; indentSeq: boolean } {
  const indent = Math.min(/\n( +)[^\s#-]/.exec(text)?.[1]?.length ?? 2, 8);
  return { indent, indentSeq: !DASH_BELOW_NAME.test(text) };
}

/** A text of several lines takes the place of one line only where a comment behind it would become part of the text. */
function staysOnLine(text: string, node: Node | null, value: unknown): boolean {
  if (!isScalar(node) || !isPlain(text, node) || isList(value)) return false;
  const [, end] = rangeOf(node);
  return typeof value !== 'string' || !value.includes('\n') || text.slice(end, lineEnd(text, end)).trim() !== '';
}

function isList(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
