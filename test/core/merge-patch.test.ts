import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergePatch } from '../../src/core/json/merge-patch.ts';
import { propertyRuns } from '../property-runs.ts';
import vectors from '../vectors/rfc7386.json' with { type: 'json' };
import { jsonValues } from './json-values.ts';

describe('mergePatch', () => {
  test.each(vectors)('RFC 7386, appendix A: $target with $patch', ({ target, patch, result }) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  test('a patch without null applied twice is the patch applied once; an empty patch keeps an object', () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (target, patch) => {
        const once = mergePatch(target, patch);
        expect(mergePatch(once, patch)).toEqual(once);
        if (typeof target === 'object' && target !== null && !Array.isArray(target))
          expect(mergePatch(target, {})).toEqual(target);
      }),
      propertyRuns,
    );
  });

  test('the result has no null that came with the patch, and the arguments stay as they were', () => {
    fc.assert(
      fc.property(jsonValues, jsonValues, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const merged = mergePatch(target, patch);
        expect(JSON.stringify([target, patch])).toBe(before);
        if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return;
        for (const [key, value] of Object.entries(patch))
          expect(Object.hasOwn(merged as object, key)).toBe(value !== null);
      }),
      propertyRuns,
    );
  });

  test('__proto__ is a member like any other', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":1}}'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":1}}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(mergePatch({}, JSON.parse('{"toString":{"a":null}}'))).toEqual(JSON.parse('{"toString":{}}'));
  });

  test('refuses a bottomless patch', () => {
    let patch: unknown = 1;
    for (let i = 0; i < 100_000; i++) patch = { a: patch };
    expect(() => mergePatch({}, patch)).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }));
  });
});
