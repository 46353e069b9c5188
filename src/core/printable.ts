/**
 * Characters that do something to a terminal, or hide what stands there: controls, directions, zero-width and tag characters,
 * separators, selectors, fillers and halves of a surrogate pair. Line breaks and tabs are text; so is a selector behind a
 * symbol, which only chooses how that one looks.
 */
const HIDDEN =
  /[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u2800]|(?!(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f])\p{Default_Ignorable_Code_Point}/gu;

/** Returns text that is safe on a terminal: what could steer it or hide something is spelled out, `\u{1b}`. Line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replace(HIDDEN, spell);
}

/** As `printable`, for one line: line breaks and tabs are spelled out too. */
export function printableLine(text: string): string {
  return printable(text).replace(/[\n\t]/g, spell);
}

/** Returns JSON of the same value in which no such character stands as itself. */
export function printableJson(json: string): string {
  return json.replace(HIDDEN, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
