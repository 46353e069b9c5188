import canonicalize from 'canonicalize';
import { StoreError } from '../errors.ts';
import { type Path, showPointer } from './pointer.ts';

/** The deepest nesting of arrays and objects that is read or written. */
export const MAX_DEPTH = 256;

/**
 * Returns the one JSON text of a value (RFC 8785, JCS): keys sorted by UTF-16 code units, no white space, ECMAScript
 * numbers.
 *
 * @throws StoreError `CONTENT_INVALID` with a JSON Pointer, for what JSON cannot hold or no two readers agree on: lone
 * surrogates, numbers that are not finite, integers beyond ±(2^53−1), `undefined`, functions, symbols, bigints, objects
 * of a class, holes in arrays, nesting over {@link MAX_DEPTH} (cycles among it).
 */
export function canonicalJson(value: unknown): string {
  check(value, []);
  return canonicalize(value) as string;
}

/** Returns the UTF-8 bytes of {@link canonicalJson}: how a value given as JSON is stored. */
export function toCanonicalBytes(value: unknown): Uint8Array {
  return Buffer.from(canonicalJson(value), 'utf8');
}

/**
 * Returns true when a number is an integer that RFC 8785 would write out in digits although neighbours share that spelling:
 * beyond ±(2^53−1) and below the 1e21 where ECMAScript changes to exponents.
 */
export function isUnsafeInteger(number: number): boolean {
  return Number.isInteger(number) && !Number.isSafeInteger(number) && Math.abs(number) < 1e21;
}

function check(value: unknown, path: Array<string | number>): void {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused('a string has a lone surrogate', path);
      return;
    case 'number':
      if (!Number.isFinite(value)) throw refused('a number is not finite', path);
      if (isUnsafeInteger(value)) throw refused('an integer is beyond ±9007199254740991', path);
      return;
    case 'boolean':
      return;
    case 'object':
      break;
    default:
      throw refused(`${typeof value} is not a JSON value`, path);
  }
  if (value === null) return;
  if (path.length >= MAX_DEPTH) throw refused(`nested deeper than ${MAX_DEPTH}`, path);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i);
      check(value[i], path);
      path.pop();
    }
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw refused('an object of a class is not a JSON value', path);
  for (const key of Object.keys(value)) {
    path.push(key);
    if (!key.isWellFormed()) throw refused('a member name has a lone surrogate', path);
    check((value as Record<string, unknown>)[key], path);
    path.pop();
  }
}

function refused(what: string, path: Path): StoreError {
  const pointer = showPointer(path);
  return new StoreError(
    'CONTENT_INVALID',
    `the value cannot be stored as JSON: ${what}, at ${pointer === '' ? 'its root' : `"${pointer}"`}`,
    {
      hint: 'Change that value; a number that is too large or too exact can be given as a string, or in the text of the document, where its digits are kept.',
      details: { path: pointer },
    },
  );
}
