import { spellInvisible } from './visible.ts';

/** Letters and signs that a reader takes for those of ASCII come from other scripts. */
const LATIN = /^[\p{ASCII}\p{Script=Latin}]$/u;
const GREEK = /^\p{Script=Greek}$/u;
const CYRILLIC = /^\p{Script=Cyrillic}$/u;
/** The most pairs of names that are compared. */
const MAX_PAIRS = 10_000;

/**
 * Two different texts as a reader can tell them apart: invisible characters are written out, and so are those that look like the
 * character in their place (`а` of Cyrillic and `a`, `é` in one and in two characters), where nothing else differs.
 */
export function spellApart(before: string, after: string): readonly [before: string, after: string] {
  const [a, b] = [spellInvisible(before), spellInvisible(after)];
  if (before === after) return [a, b];
  // One side has the character, the other has the letters it is written out with.
  if (a === b) return [spellInvisible(spellBackslashes(before)), spellInvisible(spellBackslashes(after))];
  if (a.normalize('NFKC') === b.normalize('NFKC')) return [spellForeign(a), spellForeign(b)];
  const [left, right] = [Array.from(a), Array.from(b)];
  const differing = left.length === right.length ? left.flatMap((char, i) => (char === right[i] ? [] : [i])) : [];
  if (differing.length === 0 || !differing.every((i) => isAlike(left[i] as string, right[i] as string))) return [a, b];
  for (const i of differing) [left[i], right[i]] = [spellForeign(left[i] as string), spellForeign(right[i] as string)];
  return [left.join(''), right.join('')];
}

/**
 * Names of places as a reader can tell them apart: one that was added and looks like one that was removed (`cоmmand`, with a letter
 * of another script, and `command`) is spelled out, and so is the other.
 */
export function spellNamesApart(removed: readonly string[], added: readonly string[]): ReadonlyMap<string, string> {
  const spelled = new Map<string, string>();
  if (removed.length * added.length > MAX_PAIRS) return spelled;
  for (const before of removed) {
    for (const after of added) {
      if (before.normalize('NFKC').length !== after.normalize('NFKC').length) continue;
      const [a, b] = spellApart(before, after);
      if (a !== spellInvisible(before)) spelled.set(before, a);
      if (b !== spellInvisible(after)) spelled.set(after, b);
    }
  }
  return spelled;
}

/** As {@link spellApart}, for whole lines: white space at their ends, and tabs, are written out where nothing else differs. */
function spellLinesApart(before: string, after: string): readonly [before: string, after: string] {
  const [a, b] = spellApart(before, after);
  return a.replace(/\s+/g, ' ').trimEnd() === b.replace(/\s+/g, ' ').trimEnd()
    ? [spellSpace(a), spellSpace(b)]
    : [a, b];
}

function spellSpace(line: string): string {
  return line.replace(/\t| +$/g, (space) => space.replace(/[\t ]/g, (one) => (one === '\t' ? '\\u{9}' : '\\u{20}')));
}

/** A unified diff as {@link spellApart} shows each removed line and the line that replaces it. */
export function spellUnified(unified: string): string {
  const shown: string[] = [];
  let removed: number[] = [];
  for (const line of unified.split('\n')) {
    const partner = line.startsWith('+') ? removed.shift() : undefined;
    if (partner !== undefined) {
      const [before, after] = spellLinesApart(shown[partner]?.slice(1) ?? '', line.slice(1));
      shown[partner] = `-${before}`;
      shown.push(`+${after}`);
    } else {
      if (line.startsWith('-')) removed.push(shown.length);
      else if (!line.startsWith('\\')) removed = [];
      shown.push(line);
    }
  }
  return spellInvisible(shown.join('\n'));
}

function isAlike(a: string, b: string): boolean {
  return LATIN.test(a) !== LATIN.test(b) || (GREEK.test(a) && CYRILLIC.test(b)) || (CYRILLIC.test(a) && GREEK.test(b));
}

function spellForeign(text: string): string {
  return text.replace(/\P{ASCII}/gu, (char) => `\\u{${(char.codePointAt(0) as number).toString(16)}}`);
}

function spellBackslashes(text: string): string {
  return text.replace(/\\(?=u\{)/g, '\\u{5c}');
}
