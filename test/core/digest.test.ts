import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  type CommitId,
  type Digest,
  formatDigest,
  isHexDigest,
  type KeyId,
  parseDigestPrefix,
  type StoreId,
  sha256Hex,
} from '../../src/core/digest.ts';

// FIPS 180-4, example "abc".
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('digests', () => {
  test('are SHA-256 in lower-case hex', () => {
    expect(sha256Hex('abc')).toBe(abc);
    expect(sha256Hex(Buffer.from('abc'))).toBe(abc);
    expect(sha256Hex('ä')).toBe(sha256Hex(Buffer.from('ä', 'utf8')));
    expect(formatDigest(abc)).toBe(`sha256:${abc}`);
  });

  test('are of kinds that cannot be exchanged; the id of a store is that of its first key', () => {
    expectTypeOf<string>().toExtend<Digest>();
    expectTypeOf<StoreId>().toExtend<KeyId>();
    expectTypeOf<KeyId>().not.toExtend<StoreId>();
    expectTypeOf<CommitId>().not.toExtend<Digest>();
    expectTypeOf<Digest>().not.toExtend<KeyId>();
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
