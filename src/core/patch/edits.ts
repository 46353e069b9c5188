import { sameValue } from '../content/diff.ts';
import { Exact } from '../content/exact.ts';
import { isObject } from '../json/is-object.ts';
import type { Path } from '../json/pointer.ts';

/** One change of a document's text: the value at a path is set, an element is put in before it, or it is removed. */
export type Edit =
  | { readonly op: 'set' | 'insert'; readonly path: Path; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: Path };

/** Returns the fewest edits of members that turn one value into another; with `wholeArrays`, arrays of another length are set whole. */
export function listEdits(before: unknown, after: unknown, wholeArrays: boolean, path: Path = []): Edit[] {
  if (sameValue(before, after)) return [];
  if (before instanceof Exact || after instanceof Exact) {
    return before instanceof Exact && after instanceof Exact && before.type === after.type && isObject(before.value)
      ? listEdits(before.value, after.value, wholeArrays, path)
      : [{ op: 'set', path, value: after }];
  }
  if (Array.isArray(before) && Array.isArray(after) && (before.length === after.length || !wholeArrays))
    return listElementEdits(before, after, wholeArrays, path);
  if (!isObject(before) || !isObject(after)) return [{ op: 'set', path, value: after }];
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  // Members are added first: their neighbours show how, and the last of them may be one that goes.
  return [
    ...Object.entries(after).flatMap(([key, value]) =>
      Object.hasOwn(before, key)
        ? listEdits(before[key], value, wholeArrays, [...path, key])
        : [{ op: 'set', path: [...path, key], value } satisfies Edit],
    ),
    ...removed.map((key): Edit => ({ op: 'remove', path: [...path, key] })),
  ];
}

/** Elements at the shared start and end stay; those between are paired, and the rest put in or removed. */
function listElementEdits(
  before: readonly unknown[],
  after: readonly unknown[],
  wholeArrays: boolean,
  path: Path,
): Edit[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && sameValue(before[start], after[start])) start++;
  let shared = 0;
  while (shared < shorter - start && sameValue(before[before.length - 1 - shared], after[after.length - 1 - shared]))
    shared++;
  const paired = shorter - shared;
  const edits: Edit[] = [];
  for (let i = start; i < paired; i++) edits.push(...listEdits(before[i], after[i], wholeArrays, [...path, i]));
  for (let i = before.length - shared - 1; i >= paired; i--) edits.push({ op: 'remove', path: [...path, i] });
  for (let i = paired; i < after.length - shared; i++)
    edits.push({ op: 'insert', path: [...path, i], value: after[i] });
  return edits;
}

/** A stretch of a text that is replaced. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Returns the text with all splices made; they must not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const splice of [...splices].sort((a, b) => b.start - a.start || b.end - a.end))
    result = result.slice(0, splice.start) + splice.text + result.slice(splice.end);
  return result;
}

/** Returns where the line begins that holds a place. */
export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Returns where the line ends that holds a place, before its line break. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' && end > at ? end - 1 : end;
}

/** Returns the stretch of whole lines, the last one's break included, or the first one's at the end of the text. */
export function wholeLines(text: string, from: number, to: number): { start: number; end: number } {
  const start = lineStart(text, from);
  const end = text.indexOf('\n', to);
  return end === -1 ? { start: start === 0 ? 0 : start - 1, end: text.length } : { start, end: end + 1 };
}

/** Returns the line break a text uses. */
export function lineBreak(text: string): string {
  return /\r\n|\n/.exec(text)?.[0] ?? '\n';
}
