import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Line, LineSplitter } from '../../src/mcp/stdio/line-splitter.ts';

const RUNS = process.env['SLOW'] === '1' ? 5_000 : 200;

function split(chunks: readonly Buffer[], maxBytes: number): Line[] {
  const splitter = new LineSplitter(maxBytes);
  const lines = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  const last = splitter.end();
  return last === undefined ? lines : [...lines, last];
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

test('any chunking gives the same lines', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.uint8Array({ maxLength: 60 }).map((line) => Buffer.from(line).toString('latin1').replaceAll('\n', ' ')),
        { maxLength: 12 },
      ),
      fc.array(fc.nat(), { maxLength: 40 }),
      (texts, places) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''), 'latin1');
        const expected = texts.map(
          (text): Line =>
            text.length <= 20
              ? { kind: 'line', bytes: Buffer.from(text, 'latin1') }
              : {
                  kind: 'oversized',
                  sizeBytes: text.length,
                  head: Buffer.from(text, 'latin1'),
                  tail: Buffer.from(text, 'latin1'),
                },
        );
        expect(split(cutAt(bytes, places), 20)).toEqual(expected);
      },
    ),
    { numRuns: RUNS },
  );
});

test('of an oversized line the size and both ends are kept, and the next line is whole', () => {
  const long = Buffer.concat([Buffer.from('begin'), Buffer.alloc(100_000, 'x'), Buffer.from('end')]);
  const chunks = cutAt(Buffer.concat([long, Buffer.from('\nnext\n')]), [7, 5_000, 60_000, 60_001, 100_006]);
  const [first, second] = split(chunks, 1_000);
  expect(first).toMatchObject({ kind: 'oversized', sizeBytes: long.length });
  if (first?.kind !== 'oversized') throw new Error('not oversized');
  expect(first.head.toString().startsWith('beginxxx')).toBe(true);
  expect(first.tail.toString().endsWith('xxxend')).toBe(true);
  expect(first.head.length + first.tail.length).toBeLessThanOrEqual(8_192);
  expect(second).toEqual({ kind: 'line', bytes: Buffer.from('next') });
});

test('a last line without a line feed is a line', () => {
  expect(split([Buffer.from('a\nb')], 10)).toEqual([
    { kind: 'line', bytes: Buffer.from('a') },
    { kind: 'line', bytes: Buffer.from('b') },
  ]);
  expect(split([Buffer.from('a\n')], 10)).toHaveLength(1);
});
