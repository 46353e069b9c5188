import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatPointer, isShowable, parsePointer, showPointer, valueAt } from '../../src/core/json/pointer.ts';
import { propertyRuns } from '../property-runs.ts';

describe('JSON Pointer', () => {
  // RFC 6901, section 5.
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'e^f': 3,
    'g|h': 4,
    'i\\j': 5,
    'k"l': 6,
    ' ': 7,
    'm~n': 8,
  };
  test.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('RFC 6901: %j', (pointer, value) => {
    expect(valueAt(document, pointer)).toEqual(value);
  });

  test.each(['/foo/00', '/foo/-', '/foo/2', '/foo/length', '/toString', '/foo/0/0', 'foo', '/m~n', '/m~2'])(
    '%j names nothing',
    (pointer) => {
      expect(valueAt(document, pointer)).toBeUndefined();
    },
  );

  test('format and parse are inverse', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a') })), (path) => {
        expect(parsePointer(formatPointer(path))).toEqual(path);
      }),
      propertyRuns,
    );
    expect(parsePointer('/~01')).toEqual(['~1']);
  });

  test('an error shows plain names only', () => {
    expect(showPointer(['mcpServers', 'github', 'env', 'GITHUB_TOKEN', 0])).toBe(
      '/mcpServers/github/env/GITHUB_TOKEN/0',
    );
    expect(showPointer(['a', 'ghp_0123456789abcdefghij', 'x'.repeat(65), 'a\nb'])).toBe('/a/…/…/…');
    expect(showPointer([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBe('/1/2/3/4/5/6/7/8/…');
    expect(isShowable('server-github')).toBe(true);
    expect(isShowable('')).toBe(false);
  });
});
