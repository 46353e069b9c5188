/** Separates the segments of a value: `my-project-42` has three. */
const SEPARATORS = /[^A-Za-z0-9]+/;
const PLAIN_SEGMENT =
  /^(?:[a-z]{1,24}|[A-Z]{1,24}|\d{1,8}|[A-Za-z]?[a-z]{1,20}\d{1,4}|[A-Z]{2,20}\d{1,4}|[vV]?\d{1,4}[a-zA-Z]{0,2})$/;
/** No word of a language these configs are written in has so many consonants in a row. */
const CONSONANTS = /[bcdfghjklmnpqrstvwxz]{6}/i;

/** True for what people write: `server`, `Text`, `v2`, `7b`, `home2`, `titleText`, `20241022`. */
function isPlain(segment: string): boolean {
  if (CONSONANTS.test(segment)) return false;
  if (PLAIN_SEGMENT.test(segment)) return true;
  if (!/^[A-Za-z]{1,40}$/.test(segment)) return false;
  const humps = segment.split(/(?<=[a-z])(?=[A-Z])/);
  return humps.length * 3 <= segment.length && humps.every((hump) => /^[A-Z]?[a-z]{1,24}$|^[A-Z]{1,24}$/.test(hump));
}

/** How many characters of a value stand in segments that look random rather than written. */
export function randomChars(literal: string): number {
  let sum = 0;
  for (const segment of literal.split(SEPARATORS)) if (segment !== '' && !isPlain(segment)) sum += segment.length;
  return sum;
}

/** True when every segment is one that people write. */
export function isWordy(literal: string): boolean {
  return randomChars(literal) === 0;
}

/** True for a value that a generator made: long enough, varied enough, and mostly not words. */
export function isDense(literal: string): boolean {
  return literal.length >= 16 && randomChars(literal) >= 12 && entropyBits(literal) >= 3;
}

/** True for an unbroken run of letters of both cases, or letters and digits, without a word in it. */
export function isRandomRun(literal: string): boolean {
  return /^[A-Za-z0-9+/]{20,}={0,2}$/.test(literal) && isDense(literal);
}

/** True for what a person may have chosen as a password: letters and digits, three kinds of characters, or digits alone. */
export function isPassword(literal: string): boolean {
  if (/^\d{5,}$/.test(literal)) return true;
  if (literal.length < 6) return false;
  if (/\d/.test(literal) && /[A-Za-z]/.test(literal)) return true;
  // Letters that make no word.
  if (literal.length >= 8 && /^[A-Za-z]+$/.test(literal) && !isWordy(literal)) return true;
  return isDense(literal) || (characterClasses(literal) >= 3 && !/^[A-Za-z]+(?:[-_./:][A-Za-z]+)*$/.test(literal));
}

function characterClasses(text: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((form) => form.test(text)).length;
}

/** Shannon entropy in bits per character. */
export function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
