import { expect, test } from 'vitest';
import { hasInvisible, spellInvisible } from '../../src/core/visible.ts';

test.each([0x200b, 0x200c, 0x2060, 0xfeff, 0xad, 0x202e, 0x2066, 0xe0041, 0x180e, 0x115f, 0x3164, 0x1b, 0x9b, 0x7f])(
  'U+%s is written out',
  (code) => {
    const text = `np${String.fromCodePoint(code)}x`;
    expect(spellInvisible(text)).toBe(`np\\u{${code.toString(16)}}x`);
    expect(hasInvisible(text)).toBe(true);
  },
);

test('what is seen stays', () => {
  const text = 'plain, ünïcode, 日本語\n\ttabs';
  expect(spellInvisible(text)).toBe(text);
  expect(hasInvisible(`${text} 👩‍💻 ❤️\r\n`)).toBe(false);
});
