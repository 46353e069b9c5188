import { describe, expect, test } from 'vitest';
import { formatDigest, isHexDigest, parseDigestPrefix, sha256Hex } from '../../src/core/digest.ts';

// FIPS 180-4, example "abc".
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('digests', () => {
  test('are SHA-256 in lower-case hex', () => {
    expect(sha256Hex('abc')).toBe(abc);
    expect(sha256Hex(Buffer.from('abc'))).toBe(abc);
    expect(sha256Hex('ä')).toBe(sha256Hex(Buffer.from('ä', 'utf8')));
    expect(formatDigest(abc)).toBe(`sha256:${abc}`);
  });

  test.each([abc, 'f'.repeat(64)])('%s is one', (text) => {
    expect(isHexDigest(text)).toBe(true);
  });
  test.each([abc.toUpperCase(), abc.slice(1), `${abc}0`, `${abc}\n`, formatDigest(abc), undefined, 1])(
    '%s is none',
    (text) => {
      expect(isHexDigest(text)).toBe(false);
    },
  );

  test.each([
    ['ba7816bf', 'ba7816bf'],
    ['sha256:BA7816BF', 'ba7816bf'],
    ['SHA256:ba7816bf', 'ba7816bf'],
    [formatDigest(abc), abc],
    ['ba7816b', undefined],
    ['sha256:', undefined],
    [`${abc}0`, undefined],
    ['xyz81234', undefined],
    ['', undefined],
  ])('the prefix %j is %s', (text, hex) => {
    expect(parseDigestPrefix(text)).toBe(hex);
  });
});
