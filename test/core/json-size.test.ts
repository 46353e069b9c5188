import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSize } from '../../src/core/json/json-size.ts';

const written = (value: unknown) => Buffer.byteLength(JSON.stringify(value) ?? '');

describe('the size of a value as JSON', () => {
  it('is what JSON.stringify writes, for any value and any text', () => {
    fc.assert(fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => jsonSize(value) === written(value)));
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(units, (text) => jsonSize({ [text]: [text] }) === written({ [text]: [text] })));
  });

  it.each([
    ['members without a value', { a: undefined, b: () => 1, c: Symbol('c'), d: 1 }],
    ['items without a value', [undefined, () => 1, Symbol('c'), 1]],
    ['what writes itself', { at: new Date(0), bytes: Buffer.from('ab') }],
    ['numbers that are none', [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e21]],
    ['every control character', String.fromCharCode(...Array.from({ length: 0x22 }, (_, code) => code))],
    ['halves of pairs', '\ud83d\ude00 \ud83d \ude00'],
    ['nothing', undefined],
  ])('counts %s', (_, value) => {
    expect(jsonSize(value)).toBe(written(value));
  });
});
