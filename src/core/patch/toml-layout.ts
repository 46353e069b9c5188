import { Exact } from '../content/exact.ts';
import {
  scanToml,
  type TextRange,
  type TomlNode,
  type TomlPair,
  type TomlScan,
  type TomlTable,
} from '../content/toml-scan.ts';
import { isObject } from '../json/is-object.ts';
import type { Path } from '../json/pointer.ts';
import { applySplices, type Edit, lineBreak, lineEnd, lineStart, type Splice, wholeLines } from './edits.ts';
import { insertItem, removeItem } from './list-splices.ts';
import { printTomlKey, printTomlTable, printTomlValue } from './print-toml.ts';

/** Makes edits in the text of a TOML document; every line they do not concern stays. */
export function editToml(text: string, edits: readonly Edit[]): string {
  return edits.reduce((current, edit) => new TomlText(current).edit(edit), text);
}

/** Returns where everything stands that belongs to a table: its sections, near and far, and its dotted lines. */
export function tomlRanges(text: string, path: Path): TextRange[] {
  return new TomlText(text).rangesOf(path);
}

/** A table with its path, in which the elements of arrays of tables have their index. */
interface Section {
  readonly table: TomlTable;
  readonly path: Path;
}

/** A value and what it stands in. */
interface Found {
  readonly node: TomlNode;
  /** The pair, where the value is that of a key. */
  readonly pair?: TomlPair;
  /** The brackets or braces around it; none for a pair on its own line. */
  readonly inside?: TomlNode;
}

class TomlText {
  readonly #text: string;
  readonly #scan: TomlScan;
  readonly #sections: readonly Section[];

  constructor(text: string) {
    this.#text = text;
    this.#scan = scanToml(text);
    this.#sections = sectionsOf(this.#scan);
  }

  edit(edit: Edit): string {
    switch (edit.op) {
      case 'set':
        return applySplices(this.#text, this.#set(edit.path, edit.value));
      case 'insert':
        return applySplices(this.#text, this.#insert(edit.path, edit.value));
      case 'remove':
        return applySplices(this.#text, this.#remove(edit.path));
    }
  }

  rangesOf(path: Path): TextRange[] {
    const found = this.#find(path);
    if (found !== undefined) return [found.pair ?? found.node];
    const below = this.#below(path);
    return [
      ...below.map(({ table }) => this.#linesOf(table)),
      ...this.#pairsBelow(path, below).map(({ start, end }) => wholeLines(this.#text, start, end)),
    ];
  }

  #set(path: Path, value: unknown): Splice[] {
    const found = this.#find(path);
    if (found !== undefined) return [{ start: found.node.start, end: found.node.end, text: printTomlValue(value) }];
    const [parent, name] = [path.slice(0, -1), String(path.at(-1))];
    const braces = this.#find(parent)?.node;
    if (braces?.type === 'table') return this.#addMember(braces, name, value);
    if (isTable(value) && isNamed(path) && !this.#holds(path)) return [this.#addTable(path, value)];
    const section = this.#sections.find((candidate) => isSame(candidate.path, parent));
    if (section !== undefined) return [this.#addLine(section.table, section.table.pairs.at(-1), [name], value)];
    const dotted = this.#dottedBelow(parent);
    if (dotted !== undefined)
      return [this.#addLine(dotted.table, dotted.pair, [...parent.slice(dotted.depth).map(String), name], value)];
    if (!isNamed(parent)) throw new SyntaxError('the element has no lines of its own');
    return [this.#addTable(parent, { [name]: value })];
  }

  #insert(path: Path, value: unknown): Splice[] {
    const [list, index] = [path.slice(0, -1), path.at(-1) as number];
    const node = this.#find(list)?.node;
    if (node?.type === 'array') return insertItem(this.#text, node.items, index, printTomlValue(value));
    const below = this.#below(list);
    const last = below.at(-1);
    const count = new Set(below.map((section) => section.path[list.length])).size;
    if (last === undefined || index !== count || !isTable(value) || !isNamed(list))
      throw new SyntaxError('the list has no place for another table');
    const { end } = this.#rangeOf(last.table);
    const eol = lineBreak(this.#text);
    const text = printTomlTable(list, value, eol, true);
    const before = this.#text.slice(0, end).endsWith('\n') ? eol : `${eol}${eol}`;
    return [{ start: end, end, text: end === this.#text.length ? before + text : `${text}${eol}` }];
  }

  #remove(path: Path): Splice[] {
    const found = this.#find(path);
    if (found?.inside !== undefined) {
      const items = found.inside.type === 'array' ? found.inside.items : found.inside.members;
      return removeItem(this.#text, items, items.indexOf((found.pair ?? found.node) as TomlPair & TomlNode));
    }
    if (found?.pair !== undefined) return [{ ...wholeLines(this.#text, found.pair.start, found.pair.end), text: '' }];
    const below = this.#below(path);
    const pairs = this.#pairsBelow(path, below);
    if (below.length + pairs.length === 0) throw new SyntaxError('the table has no lines of its own');
    return [
      ...below.map(({ table }) => ({ ...this.#linesOf(table), text: '' })),
      ...pairs.map((pair) => ({ ...wholeLines(this.#text, pair.start, pair.end), text: '' })),
    ];
  }

  #addMember(braces: TomlNode, name: string, value: unknown): Splice[] {
    const member = `${printTomlKey([name])} = ${printTomlValue(value)}`;
    if (braces.members.length === 0) return [{ start: braces.start, end: braces.end, text: `{ ${member} }` }];
    return insertItem(this.#text, braces.members, braces.members.length, member);
  }

  #addLine(table: TomlTable, last: TomlPair | undefined, key: readonly string[], value: unknown): Splice {
    const line = `${printTomlKey(key)} = ${printTomlValue(value)}`;
    if (last === undefined && table.key.length === 0)
      return { start: 0, end: 0, text: `${line}${lineBreak(this.#text)}` };
    const at = lineEnd(this.#text, last?.end ?? table.end);
    const indent = last === undefined ? '' : /^[ \t]*/.exec(this.#text.slice(lineStart(this.#text, last.start)))?.[0];
    return { start: at, end: at, text: `${lineBreak(this.#text)}${indent}${line}` };
  }

  #addTable(path: Path, value: Readonly<Record<string, unknown>>): Splice {
    const { length } = this.#text;
    const eol = lineBreak(this.#text);
    const gap = length === 0 ? '' : this.#text.endsWith('\n') ? eol : `${eol}${eol}`;
    return { start: length, end: length, text: `${gap}${printTomlTable(path.map(String), value, eol)}` };
  }

  #find(path: Path): Found | undefined {
    for (const { table, path: at } of this.#sections) {
      const found = startsWith(path, at) ? pairBelow(table.pairs, path.slice(at.length)) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #below(path: Path): readonly Section[] {
    return this.#sections.filter(({ table, path: at }) => table.key.length > 0 && startsWith(at, path));
  }

  /** True when something at or below a path is written already, in whatever form. */
  #holds(path: Path): boolean {
    return this.#below(path).length > 0 || this.#dottedBelow(path) !== undefined;
  }

  /** The last pair whose dotted key goes through a path, and how much of the path its table has. */
  #dottedBelow(path: Path): { table: TomlTable; pair: TomlPair; depth: number } | undefined {
    for (const { table, path: at } of this.#sections) {
      const pair = table.pairs.findLast(({ key }) => key.length > 1 && startsWith([...at, ...key], path));
      if (pair !== undefined && at.length < path.length) return { table, pair, depth: at.length };
    }
    return undefined;
  }

  /** The dotted lines that belong to a table and stand in others. */
  #pairsBelow(path: Path, below: readonly Section[]): TomlPair[] {
    return this.#sections
      .flatMap(({ table, path: at }) => table.pairs.filter(({ key }) => startsWith([...at, ...key], path)))
      .filter((pair) => !below.some(({ table }) => table.pairs.includes(pair)));
  }

  /** From the header to the last pair, with the blank lines behind it; comments after a blank line may be about anything. */
  #linesOf(table: TomlTable): { start: number; end: number } {
    const { start } = this.#rangeOf(table);
    const end = this.#text.indexOf('\n', table.end);
    if (end === -1) return wholeLines(this.#text, start, table.end);
    const blank = /^(?:[ \t]*\r?\n)*/.exec(this.#text.slice(end + 1))?.[0].length ?? 0;
    return { start, end: end + 1 + blank };
  }

  /** A section ends where the comments above the next header begin. */
  #rangeOf(table: TomlTable): { start: number; end: number } {
    const start = lineStart(this.#text, table.start);
    const next = this.#scan.tables[this.#scan.tables.indexOf(table) + 1];
    if (next === undefined) return { start, end: this.#text.length };
    let end = lineStart(this.#text, next.start);
    for (;;) {
      const above = lineStart(this.#text, end - 1);
      if (above <= table.end || !this.#text.slice(above, end).trim().startsWith('#')) break;
      end = above;
    }
    return { start, end };
  }
}

function sectionsOf({ tables }: TomlScan): Section[] {
  const newest = new Map<string, number>();
  return tables.map((table) => {
    const path: Array<string | number> = [];
    for (const [i, part] of table.key.entries()) {
      path.push(part);
      const id = JSON.stringify(path);
      if (table.isArray && i === table.key.length - 1) newest.set(id, (newest.get(id) ?? -1) + 1);
      const index = newest.get(id);
      if (index !== undefined) path.push(index);
    }
    return { table, path };
  });
}

function pairBelow(pairs: readonly TomlPair[], path: Path, inside?: TomlNode): Found | undefined {
  for (const pair of pairs) {
    if (!startsWith(path, pair.key)) continue;
    const rest = path.slice(pair.key.length);
    const found: Found = { node: pair.value, pair, ...(inside && { inside }) };
    const inner = rest.length === 0 ? found : valueBelow(pair.value, rest);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function valueBelow(node: TomlNode, path: Path): Found | undefined {
  const [step, ...rest] = path;
  if (typeof step !== 'number') return pairBelow(node.members, path, node);
  const item = node.items[step];
  if (item === undefined) return undefined;
  return rest.length === 0 ? { node: item, inside: node } : valueBelow(item, rest);
}

function isTable(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !(value instanceof Exact);
}

function isNamed(path: Path): path is readonly string[] {
  return path.every((step) => typeof step === 'string');
}

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.length <= path.length && beginning.every((step, i) => step === path[i]);
}

function isSame(a: Path, b: Path): boolean {
  return a.length === b.length && startsWith(a, b);
}
