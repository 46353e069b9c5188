import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diffValues, sameValue, type ValueChange } from '../../src/core/content/diff.ts';
import { parsePointer, valueAt } from '../../src/core/json/pointer.ts';
import { propertyRuns } from '../property-runs.ts';
import { jsonValues } from './json-values.ts';

/** RFC 6902 for the three operations, checking the old value on the way. */
function apply(document: unknown, changes: readonly ValueChange[]): unknown {
  const root = [structuredCopy(document)];
  for (const { op, path, before, after } of changes) {
    if (op !== 'add') expect(valueAt(root[0], path)).toEqual(before);
    const tokens = parsePointer(path) as string[];
    const last = tokens.pop();
    const parent = (last === undefined ? root : valueAt(root[0], path.slice(0, path.lastIndexOf('/')))) as
      | Record<string, unknown>
      | unknown[];
    const key = last ?? '0';
    if (Array.isArray(parent) && last !== undefined && op !== 'replace') {
      if (op === 'add') parent.splice(Number(key), 0, after);
      else parent.splice(Number(key), 1);
    } else if (op === 'remove') delete (parent as Record<string, unknown>)[key];
    else Object.defineProperty(parent, key, { value: after, writable: true, enumerable: true, configurable: true });
  }
  return root[0];
}

function structuredCopy(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('diffValues', () => {
  test('names what was added, removed and replaced, in the order of names', () => {
    expect(diffValues({ b: 1, a: { x: 1 }, 'c/d': [] }, { a: { x: 2, y: 3 }, 'c/d': [], e: null })).toEqual([
      { op: 'replace', path: '/a/x', before: 1, after: 2 },
      { op: 'add', path: '/a/y', after: 3 },
      { op: 'remove', path: '/b', before: 1 },
      { op: 'add', path: '/e', after: null },
    ]);
  });

  test('an element put in front or in the middle is one addition', () => {
    expect(diffValues([1, 2, 3], [0, 1, 2, 3])).toEqual([{ op: 'add', path: '/0', after: 0 }]);
    expect(diffValues([1, 2, 3], [1, 3])).toEqual([{ op: 'remove', path: '/1', before: 2 }]);
    expect(diffValues(['a', { k: 1 }, 'z'], ['a', { k: 2 }, 'z'])).toEqual([
      { op: 'replace', path: '/1/k', before: 1, after: 2 },
    ]);
    expect(diffValues([1, 2, 3, 9], [9])).toEqual([
      { op: 'remove', path: '/2', before: 3 },
      { op: 'remove', path: '/1', before: 2 },
      { op: 'remove', path: '/0', before: 1 },
    ]);
  });

  test('another type replaces whole; the order of members is no difference', () => {
    expect(diffValues({ a: [] }, { a: {} })).toEqual([{ op: 'replace', path: '/a', before: [], after: {} }]);
    expect(diffValues(1, '1')).toEqual([{ op: 'replace', path: '', before: 1, after: '1' }]);
    expect(diffValues({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
    expect(sameValue([{ a: undefined }], [{ b: undefined }])).toBe(false);
  });

  test('applied to the first value gives the second; none when equal', () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (before, after) => {
        const target = structuredCopy(after);
        expect(apply(before, diffValues(structuredCopy(before), target))).toEqual(target);
        expect(diffValues(target, structuredCopy(target))).toEqual([]);
      }),
      { numRuns: propertyRuns.numRuns * 3 },
    );
  });
});
