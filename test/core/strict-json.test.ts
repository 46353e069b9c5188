import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { parseStrictJson } from '../../src/core/json/strict-json.ts';
import { propertyRuns } from '../property-runs.ts';
import { jsonValues } from './json-values.ts';

function refusal(text: string): StoreError {
  try {
    parseStrictJson(text);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error(`not refused: ${text}`);
}

describe('parseStrictJson', () => {
  test.each([
    ['a duplicate key', '{"a":1,\n "a":2}', 2, 2, '/a', /occurs twice/],
    ['a duplicate key in another spelling', '{"a":{"b":1,"\\u0062":2}}', 1, 13, '/a/b', /occurs twice/],
    ['a duplicate __proto__', '{"__proto__":1,"__proto__":2}', 1, 16, '/__proto__', /occurs twice/],
    ['an escaped lone surrogate', '["\\ud83d"]', 1, 2, '/0', /lone surrogate/],
    ['a lone surrogate', '["\uDC00"]', 1, 2, '/0', /lone surrogate/],
    ['surrogates in the wrong order', '["\\ude00\\ud83d"]', 1, 2, '/0', /lone surrogate/],
    ['a number that is not finite', '{"a":-1e400}', 1, 6, '/a', /not finite/],
    ['2^53', '9007199254740992', 1, 1, '', /integer is beyond/],
    ['-2^53', '[-9007199254740992]', 1, 2, '/0', /integer is beyond/],
    ['an integer that reads as one in range', '9007199254740993', 1, 1, '', /integer is beyond/],
    ['1e20, which is written out in digits', '1e20', 1, 1, '', /integer is beyond/],
    ['22 digits', '1000000000000000000000', 1, 1, '', /integer is beyond/],
    ['a byte order mark', '\uFEFF{}', 1, 1, '', /byte order mark/],
    ['nothing', '', 1, 1, '', /ends where a value/],
    ['a trailing comma', '[1,\n]', 2, 1, '/1', /value is missing/],
    ['a trailing comma in an object', '{"a":1,}', 1, 8, '', /comma stands before the closing brace/],
    ['a comment', '{} // x', 1, 4, '', /follows the value/],
    ['single quotes', "{'a':1}", 1, 2, '', /member name/],
    ['a leading zero', '[01]', 1, 3, '', /comma or closing/],
    ['a bare minus', '-', 1, 1, '', /not JSON/],
    ['NaN', 'NaN', 1, 1, '', /not JSON/],
    ['a word cut short', 'tru', 1, 1, '', /not JSON/],
    ['an open string', '["abc', 1, 2, '/0', /no closing quote/],
    ['a line feed in a string', '"a\nb"', 1, 3, '', /control character/],
    ['an unknown escape', '"\\x41"', 1, 2, '', /unknown escape/],
    ['an open object', '{"a":1', 1, 7, '', /closing brace/],
    ['two values', '1 2', 1, 3, '', /follows the value/],
    ['another space', '\u00A01', 1, 1, '', /not JSON/],
  ])('refuses %s', (_, text, line, column, path, reason) => {
    const error = refusal(text);
    expect(error.code).toBe('CONTENT_INVALID');
    expect(error.message).toMatch(reason);
    expect(error.details).toEqual({ line, column, path });
  });

  test('limits nesting, by default at 256', () => {
    expect(parseStrictJson(`${'['.repeat(256)}${']'.repeat(256)}`)).toBeInstanceOf(Array);
    expect(refusal('['.repeat(257)).message).toMatch(/deeper than 256/);
    expect(refusal('['.repeat(1_000_000)).message).toMatch(/deeper than 256/);
    expect(() => parseStrictJson('[[1]]', { maxDepth: 1 })).toThrow(/deeper than 1/);
  });

  test('keeps a member named __proto__ as a member, and pollutes nothing', () => {
    const value = parseStrictJson('{"__proto__":{"polluted":true}}') as object;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('does not repeat a member name that could be a credential', () => {
    const error = refusal('{"ghp_0123456789abcdefghijABCDEFGHIJ012345":1e999}');
    expect(error.message + JSON.stringify(error.details)).not.toContain('ghp_');
    expect(error.details).toMatchObject({ path: '/…' });
  });

  test('reads what JSON.parse reads, in any layout', () => {
    fc.assert(
      fc.property(jsonValues, fc.constantFrom(undefined, 1, '\t', '\r\n'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
      propertyRuns,
    );
  });

  test('refuses whatever JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0123eE+-. \nabtrfnul'.split('')), maxLength: 12 }),
        (text) => {
          let value: unknown;
          try {
            value = JSON.parse(text);
          } catch {
            // Not JSON at all: the strict parser must say so too.
            expect(refusal(text).code).toBe('CONTENT_INVALID');
            return;
          }
          try {
            expect(parseStrictJson(text)).toEqual(value);
          } catch (error) {
            expect((error as StoreError).message).toMatch(/twice|surrogate|finite|beyond/);
          }
        },
      ),
      { numRuns: propertyRuns.numRuns * 10 },
    );
  });
});
