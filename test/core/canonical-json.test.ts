import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, isUnsafeInteger, MAX_DEPTH, toCanonicalBytes } from '../../src/core/json/canonical-json.ts';
import { parseStrictJson } from '../../src/core/json/strict-json.ts';
import { propertyRuns } from '../property-runs.ts';
import vectors from '../vectors/rfc8785.json' with { type: 'json' };
import { jsonValues } from './json-values.ts';

/** RFC 8785 once more, written out: what the library's answer is held against. */
function independent(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(independent).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${independent(inner)}`).join(',')}}`;
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe('canonicalJson', () => {
  test.each(vectors.documents)('RFC 8785, $where', ({ input, output }) => {
    expect(canonicalJson(parseStrictJson(input))).toBe(output);
  });

  test.each(vectors.numbers)('RFC 8785, appendix B: %s', (bits, text) => {
    const number = Buffer.from(bits as string, 'hex').readDoubleBE();
    // Deviation: integers in digits beyond 2^53-1 are refused, where the RFC only advises against them.
    if (text === null || isUnsafeInteger(number))
      expect(() => canonicalJson(number)).toThrow(/number is not finite|integer is beyond/);
    else expect(canonicalJson(number)).toBe(text);
  });

  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  test.each([
    ['undefined', undefined],
    ['an undefined member', { a: undefined }],
    ['a hole', new Array(1)],
    ['NaN', [Number.NaN]],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['2^53', 2 ** 53],
    ['a bigint', 1n],
    ['a symbol', Symbol('x')],
    ['a function', { toJSON: () => 1 }],
    ['a date', new Date(0)],
    ['a map', new Map()],
    ['a lone surrogate', 'a\uD800'],
    ['a lone surrogate in a name', { '\uDC00': 1 }],
    ['too deep', nested(MAX_DEPTH + 1)],
    ['a cycle', cyclic],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: 'CONTENT_INVALID' }));
  });

  test('takes the deepest nesting and the largest integers', () => {
    expect(canonicalJson(nested(MAX_DEPTH))).toHaveLength(2 * MAX_DEPTH + 1);
    expect(canonicalJson([2 ** 53 - 1, -(2 ** 53 - 1), 1e21, -0])).toBe('[9007199254740991,-9007199254740991,1e+21,0]');
  });

  test('names the place with a JSON Pointer', () => {
    expect(() => canonicalJson({ a: [0, { 'b/c': Number.NaN }] })).toThrow(
      expect.objectContaining({ details: { path: '/a/1/b~1c' } }),
    );
  });

  test('is one text for equal values, and the text is its own canonical form', () => {
    fc.assert(
      fc.property(jsonValues, (value) => {
        const text = canonicalJson(value);
        expect(text).toBe(independent(value));
        expect(canonicalJson(parseStrictJson(text))).toBe(text);
        expect(Buffer.from(toCanonicalBytes(value)).toString('utf8')).toBe(text);
      }),
      propertyRuns,
    );
  });
});
