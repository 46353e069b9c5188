import { expect, test } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

test.each([
  ['includeDeleted', ['prefix', 'include_deleted', 'limit'], 'include_deleted'],
  ['maxChars', ['max_chars', 'offset'], 'max_chars'],
  ['versoin', ['version', 'name'], 'version'],
  ['PREFIX', ['prefix'], 'prefix'],
  ['zzz', ['name', 'version'], undefined],
  ['', ['name'], undefined],
])('the nearest to %s', (text, candidates, expected) => {
  expect(nearest(text, candidates)).toBe(expected);
});
