import { scanToml, type TomlPair, type TomlScan, type TomlTable } from '../content/toml-scan.ts';
import { isObject } from '../json/is-object.ts';
import type { Path } from '../json/pointer.ts';
import { applySplices, type Edit, lineBreak, lineEnd, lineStart, type Splice, wholeLines } from './edits.ts';
import { printTomlKey, printTomlValue } from './print-toml.ts';

/** Makes edits in the text of a TOML document; every line they do not concern stays. */
export function editToml(text: string, edits: readonly Edit[]): string {
  return edits.reduce((current, edit) => {
    const scan = scanToml(current);
    return applySplices(
      current,
      edit.op === 'set' ? [set(current, scan, edit.path, edit.value)] : remove(current, scan, edit.path),
    );
  }, text);
}

function set(text: string, scan: TomlScan, path: Path, value: unknown): Splice {
  const pair = findPair(scan, path);
  if (pair !== undefined) return { start: pair.value.start, end: pair.value.end, text: printTomlValue(value) };
  const table = scan.tables.find(({ key, isArray }) => !isArray && isSame(key, path.slice(0, -1)));
  if (isObject(value) && !hasPairsBelow(scan, path)) return addTable(text, path, value);
  if (table === undefined) {
    if (hasPairsBelow(scan, path.slice(0, -1))) throw new SyntaxError('the table has no lines of its own');
    return addTable(text, path.slice(0, -1), { [String(path.at(-1))]: value });
  }
  const line = `${printTomlKey([String(path.at(-1))])} = ${printTomlValue(value)}`;
  const last = table.pairs.at(-1);
  if (last === undefined && table.key.length === 0) return { start: 0, end: 0, text: `${line}${lineBreak(text)}` };
  const at = lineEnd(text, last?.end ?? table.end);
  const indent = last === undefined ? '' : (/^[ \t]*/.exec(text.slice(lineStart(text, last.start)))?.[0] ?? '');
  return { start: at, end: at, text: `${lineBreak(text)}${indent}${line}` };
}

function addTable(text: string, path: Path, value: Readonly<Record<string, unknown>>): Splice {
  const eol = lineBreak(text);
  const sections: string[] = [];
  const print = (key: readonly string[], table: Readonly<Record<string, unknown>>): void => {
    const members = Object.entries(table);
    const pairs = members.filter(([, member]) => !isObject(member));
    const tables = members.filter(([, member]) => isObject(member));
    if (pairs.length > 0 || tables.length === 0)
      sections.push(
        [
          `[${printTomlKey(key)}]`,
          ...pairs.map(([name, member]) => `${printTomlKey([name])} = ${printTomlValue(member)}`),
        ].join(eol),
      );
    for (const [name, member] of tables) print([...key, name], member as Record<string, unknown>);
  };
  print(path.map(String), value);
  const gap = text === '' ? '' : text.endsWith('\n') ? eol : `${eol}${eol}`;
  return { start: text.length, end: text.length, text: `${gap}${sections.join(eol + eol)}${eol}` };
}

function remove(text: string, scan: TomlScan, path: Path): Splice[] {
  const pair = findPair(scan, path);
  if (pair !== undefined) {
    if (scan.tables.every(({ pairs }) => !pairs.includes(pair)))
      throw new SyntaxError('the pair has no line of its own');
    return [{ ...wholeLines(text, pair.start, pair.end), text: '' }];
  }
  const tables = scan.tables.filter(({ key }) => key.length >= path.length && isSame(key.slice(0, path.length), path));
  if (tables.length === 0 || tables.some(({ isArray }) => isArray))
    throw new SyntaxError('the table has no lines of its own');
  return tables.map((table) => ({ ...sectionOf(text, scan, table), text: '' }));
}

/** A section ends where the comments above the next header begin. */
function sectionOf(text: string, scan: TomlScan, table: TomlTable): { start: number; end: number } {
  const start = lineStart(text, table.start);
  const next = scan.tables[scan.tables.indexOf(table) + 1];
  if (next === undefined) return { start, end: text.length };
  let end = lineStart(text, next.start);
  for (;;) {
    const above = lineStart(text, end - 1);
    if (above <= table.end || !text.slice(above, end).trim().startsWith('#')) break;
    end = above;
  }
  return { start, end };
}

function findPair({ tables }: TomlScan, path: Path): TomlPair | undefined {
  for (const { key, isArray, pairs } of tables) {
    if (isArray || !isSame(key, path.slice(0, key.length))) continue;
    const found = pairBelow(pairs, path.slice(key.length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function pairBelow(pairs: readonly TomlPair[], path: Path): TomlPair | undefined {
  for (const pair of pairs) {
    if (pair.key.length > path.length || !isSame(pair.key, path.slice(0, pair.key.length))) continue;
    if (pair.key.length === path.length) return pair;
    const inner = pairBelow(pair.value.members, path.slice(pair.key.length));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** True when something below a path is written already, in whatever form. */
function hasPairsBelow({ tables }: TomlScan, path: Path): boolean {
  return tables.some(
    ({ key, pairs }) =>
      (key.length >= path.length && path.length > 0 && isSame(key.slice(0, path.length), path)) ||
      pairs.some((pair) => {
        const full = [...key, ...pair.key];
        return isSame(full.slice(0, Math.min(full.length, path.length)), path.slice(0, full.length));
      }),
  );
}

function isSame(key: readonly string[], path: Path): boolean {
  return key.length === path.length && key.every((name, i) => name === path[i]);
}
