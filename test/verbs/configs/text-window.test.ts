import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutWindow } from '../../../src/verbs/shared/text-window.ts';
import { propertyRuns } from '../../property-runs.ts';

describe('windows over a text', () => {
  it('gives the whole of a short text', () => {
    expect(cutWindow('abc', 0, 10)).toEqual({ content: 'abc', offset: 0, truncated: false, totalChars: 3 });
  });

  it('never ends inside a surrogate pair', () => {
    expect(cutWindow('a😀b', 0, 2)).toMatchObject({ content: 'a', offset: 0, truncated: true });
  });

  it('gives a pair whole where it alone is too long, and begins before one it was asked to split', () => {
    expect(cutWindow('😀b', 0, 1).content).toBe('😀');
    expect(cutWindow('a😀b', 2, 5)).toMatchObject({ content: '😀b', offset: 1 });
  });

  it('is empty beyond the end', () => {
    expect(cutWindow('abc', 9, 5)).toEqual({ content: '', offset: 3, truncated: false, totalChars: 3 });
  });

  it('gets through any text, window by window, losing and repeating nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (text, size) => {
        let whole = '';
        for (let at = 0; at < text.length; ) {
          const window = cutWindow(text, at, size);
          expect(window.content).not.toBe('');
          expect(window.content.isWellFormed()).toBe(true);
          expect(window.truncated).toBe(window.offset + window.content.length < text.length);
          whole += window.content;
          at = window.offset + window.content.length;
        }
        expect(whole).toBe(text);
      }),
      propertyRuns,
    );
  });
});
