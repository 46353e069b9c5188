/** Characters that take two columns of a terminal: East Asian wide and full-width characters, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Characters that take none: marks that go onto the character before. */
const MARK = /\p{M}/u;

/** Returns how many columns of a terminal a text takes that holds nothing but printable characters. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** Returns the text, cut with an ellipsis where it takes more columns than there are. */
export function cutToWidth(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 1) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

/** Returns text as lines broken between words, all of them indented. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || displayWidth(last) + 1 + displayWidth(word) > columns) lines.push(`${indent}${word}`);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function widthOf(character: string): number {
  return WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1;
}
