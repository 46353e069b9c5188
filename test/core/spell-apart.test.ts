import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unifiedDiff } from '../../src/core/content/unified-diff.ts';
import { wordDiff } from '../../src/core/content/word-diff.ts';
import { spellApart, spellNamesApart, spellUnified } from '../../src/core/spell-apart.ts';
import { propertyRuns } from '../property-runs.ts';

describe('spellApart', () => {
  test.each([
    ['zero width', 'np\u200bx', 'npx', 'np\\u{200b}x', 'npx'],
    ['a letter of another script', 'p\u0430ypal', 'paypal', 'p\\u{430}ypal', 'paypal'],
    ['two scripts, neither Latin', '\u043e', '\u03bf', '\\u{43e}', '\\u{3bf}'],
    ['composed and decomposed', '\u00e9', 'e\u0301', '\\u{e9}', 'e\\u{301}'],
    ['full width', '\uff21b', 'Ab', '\\u{ff21}b', 'Ab'],
    ['another dash', 'a\u2013b', 'a-b', 'a\\u{2013}b', 'a-b'],
    ['what is written out already', 'x\u200b', 'x\\u{200b}', 'x\\u{200b}', 'x\\u{5c}u{200b}'],
    ['what looks different', 'Gr\u00fc\u00dfe', 'Gr\u00fcnde', 'Gr\u00fc\u00dfe', 'Gr\u00fcnde'],
    ['an accent', 'na\u00efve', 'naive', 'na\u00efve', 'naive'],
    ['the same', '\u0430', '\u0430', '\u0430', '\u0430'],
  ])('%s', (_, before, after, shownBefore, shownAfter) => {
    expect(spellApart(before, after)).toEqual([shownBefore, shownAfter]);
  });

  test('different texts are never shown alike', () => {
    const unit = fc.constantFrom(
      'a',
      'e',
      '\u0430',
      '\u0301',
      '\u00e9',
      '\u200b',
      '\\u{200b}',
      '\u00a0',
      ' ',
      '\uff41',
    );
    const texts = fc.string({ unit, maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const [a, b] = spellApart(before, after);
        expect(a.normalize('NFKC') === b.normalize('NFKC')).toBe(before === after);
      }),
      { numRuns: propertyRuns.numRuns * 5 },
    );
  });
});

test('a unified diff shows a line and the one in its place apart', async () => {
  const unified = await unifiedDiff('a', 'x\nurl: p\u0430ypal\ny\n', 'b', 'x\nurl: paypal\r\ny\n');
  expect(spellUnified(unified)).toContain('\n-url: p\u0430ypal\n+url: paypal\\u{d}\n');
  const letters = await unifiedDiff('a', 'url: p\u0430ypal\n', 'b', 'url: paypal\n');
  expect(spellUnified(letters)).toContain('\n-url: p\\u{430}ypal\n+url: paypal\n');
});

test.each([
  ['spaces at the end', 'a', 'a  ', 'a', 'a\\u{20}\\u{20}'],
  ['a tab for a space', 'a b', 'a\tb', 'a b', 'a\\u{9}b'],
  ['a tab at the end', 'a: 1', 'a: 1\t', 'a: 1', 'a: 1\\u{9}'],
  ['a tab, and something else', 'a\tb', 'a\tc', 'a\tb', 'a\tc'],
])('a unified diff shows %s', async (_, before, after, shownBefore, shownAfter) => {
  const shown = spellUnified(await unifiedDiff('a', `${before}\n`, 'b', `${after}\n`));
  expect(shown).toContain(`\n-${shownBefore}\n+${shownAfter}\n`);
});

test('a name that was added is shown apart from a removed one that looks alike', () => {
  expect([...spellNamesApart(['/x', '/command'], ['/c\u043emmand', '/y'])]).toEqual([
    ['/c\u043emmand', '/c\\u{43e}mmand'],
  ]);
  expect([...spellNamesApart(['/caf\u00e9'], ['/cafe\u0301'])]).toEqual([
    ['/caf\u00e9', '/caf\\u{e9}'],
    ['/cafe\u0301', '/cafe\\u{301}'],
  ]);
  expect(spellNamesApart(['/a'], ['/b']).size).toBe(0);
});

describe('word by word', () => {
  const long = 'a'.repeat(900);

  test('a long word is cut around what differs in it', () => {
    expect(wordDiff(`${long}b`, `${long}c`)).toBe(`\u2026${'a'.repeat(24)}[-b-]{+c+}`);
    expect(wordDiff(long, `${long}a`)).toBe(`\u2026${'a'.repeat(24)}{+a+}`);
    expect(wordDiff(`${long}\u{1f600}`, `${long}\u{1f601}`)).toBe(`\u2026${'a'.repeat(24)}[-\u{1f600}-]{+\u{1f601}+}`);
  });

  test('what is gone and what came are never alike, however long', () => {
    expect(wordDiff(`x${long}`, `y${long}z`)).toContain('{+y');
    expect(wordDiff(`pay p\u0430ypal ${long}`, `pay paypal ${long}`)).toContain('[-p\\u{430}ypal-]{+paypal+}');
  });
});
