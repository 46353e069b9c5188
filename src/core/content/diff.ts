import { isObject as isJsonObject } from '../json/is-object.ts';
import { formatPointer } from '../json/pointer.ts';
import { describeExact, describePair, Exact } from './exact.ts';

/** One difference between two JSON-like values; `path` is a JSON Pointer (RFC 6901). */
export interface ValueChange {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  /** The value before; absent with `add`. */
  readonly before?: unknown;
  /** The value after; absent with `remove`. */
  readonly after?: unknown;
}

/**
 * Returns the operations that turn `before` into `after`, in order (JSON Patch operations, RFC 6902, with the old value
 * added). Object members come in the order of their names. Arrays are compared index by index once the start and
 * the end they share are set aside; elements are removed from the last to the first. Empty when the values are equal. What JSON has no
 * form for ({@link Exact}) is described in `before` and `after`, which are never alike.
 */
export function diffValues(before: unknown, after: unknown): ValueChange[] {
  const changes: ValueChange[] = [];
  compare(before, after, [], changes);
  return changes;
}

/** Returns true when two JSON-like values are the same; the order of object members does not matter. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (a instanceof Exact || b instanceof Exact)
    return a instanceof Exact && b instanceof Exact && a.type === b.type && sameValue(a.value, b.value);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}

function compare(before: unknown, after: unknown, path: Array<string | number>, changes: ValueChange[]): void {
  if (
    before instanceof Exact &&
    after instanceof Exact &&
    before.type === after.type &&
    typeof before.value === 'object'
  )
    compare(before.value, after.value, path, changes);
  else if (Array.isArray(before) && Array.isArray(after)) compareArrays(before, after, path, changes);
  else if (isObject(before) && isObject(after)) compareObjects(before, after, path, changes);
  else if (!sameValue(before, after))
    changes.push({ op: 'replace', path: formatPointer(path), ...describePair(before, after) });
}

function compareObjects(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  path: Array<string | number>,
  changes: ValueChange[],
): void {
  for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()) {
    path.push(key);
    if (!Object.hasOwn(after, key))
      changes.push({ op: 'remove', path: formatPointer(path), before: describeExact(before[key]) });
    else if (!Object.hasOwn(before, key))
      changes.push({ op: 'add', path: formatPointer(path), after: describeExact(after[key]) });
    else compare(before[key], after[key], path, changes);
    path.pop();
  }
}

function compareArrays(
  before: readonly unknown[],
  after: readonly unknown[],
  path: Array<string | number>,
  changes: ValueChange[],
): void {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && sameValue(before[start], after[start])) start++;
  let shared = 0;
  while (shared < shorter - start && sameValue(before[before.length - 1 - shared], after[after.length - 1 - shared]))
    shared++;
  const pairedEnd = shorter - shared;
  for (let i = start; i < pairedEnd; i++) compare(before[i], after[i], [...path, i], changes);
  for (let i = before.length - shared - 1; i >= pairedEnd; i--)
    changes.push({ op: 'remove', path: formatPointer([...path, i]), before: describeExact(before[i]) });
  for (let i = pairedEnd; i < after.length - shared; i++)
    changes.push({ op: 'add', path: formatPointer([...path, i]), after: describeExact(after[i]) });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return isJsonObject(value) && !(value instanceof Exact);
}
