/**
 * Characters that show nothing, or move what is shown: controls but line feed and tab, formats (directions, joiners, tags, the
 * byte order mark), whatever else Unicode lets a reader leave out, and spaces that look like the usual one.
 */
const INVISIBLE =
  /[^\P{Cc}\n\t]|\p{Cf}|\p{Default_Ignorable_Code_Point}|[\u2028\u2029\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800]|[\p{Co}\p{Cs}]/gu;
/** The pattern of these characters, for a regular expression with the flag u. */
export const INVISIBLE_CHARACTERS = INVISIBLE.source;
/** In texts of several lines: the joiner of emoji and the selector behind them are seen by what they do. */
const BETWEEN_EMOJI =
  /(?<=\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier})[\u200d\ufe0f](?=\p{Extended_Pictographic}|\P{Emoji}|$)/gu;

/** The text with every invisible character written out as `\u{200b}`; line feeds and tabs stay. */
export function spellInvisible(text: string): string {
  return text.replace(INVISIBLE, spell);
}

/** As `spellInvisible`, for what has to stay one line: line feeds and tabs are written out too. */
export function spellLine(text: string): string {
  return spellInvisible(text).replace(/[\n\t]/g, spell);
}

/** JSON of the same value in which no invisible character stands as itself. */
export function spellJson(json: string): string {
  return json.replace(INVISIBLE, (character) =>
    character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}

/** True when a text has a character that could hide something from a reader; parts of emoji are none. */
export function hasInvisible(text: string): boolean {
  return /[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[^\P{Cc}\r\n\t]|\p{Cf}|\p{Default_Ignorable_Code_Point}/u.test(
    text.replace(BETWEEN_EMOJI, ''),
  );
}

function spell(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
