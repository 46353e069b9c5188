import { type Hex, isHexDigest } from '../digest.ts';
import { StoreError } from '../errors.ts';
import { isObject } from '../json/is-object.ts';

// The checks a statement's members go through; each throws `CORRUPT` naming the member and what it should be.

/** Parses a time in the one form the store writes (RFC 3339, UTC, milliseconds). */
export function parseTime(value: unknown): string {
  const time =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) ? new Date(value) : undefined;
  // Date rolls February 30th over into March: only a time that prints as itself exists.
  rule(
    time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString() === value,
    'time is not RFC 3339 in UTC with milliseconds',
  );
  return value as string;
}

/** Checks for an object with exactly these members. */
export function record(value: unknown, what: string, fields: readonly string[]): Record<string, unknown> {
  rule(isObject(value), `${what} is not an object`);
  const own = value as Record<string, unknown>;
  if (Object.keys(own).length !== fields.length || !fields.every((field) => Object.hasOwn(own, field)))
    throw broken(`${what} has other members than ${fields.join(', ')}`);
  return own;
}

/** Checks for an array. */
export function list(value: unknown, what: string): unknown[] {
  rule(Array.isArray(value), `${what} is not a list`);
  return value;
}

/** Checks for a safe integer, zero or more. */
export function natural(value: unknown, what: string): number {
  rule(typeof value === 'number' && Number.isSafeInteger(value) && value >= 0, `${what} is not a natural number`);
  return value;
}

/** Checks for a safe integer, one or more. */
export function positive(value: unknown, what: string): number {
  const number = natural(value, what);
  rule(number > 0, `${what} is zero`);
  return number;
}

/** Checks for a SHA-256 in lower-case hex. */
export function hex(value: unknown, what: string): Hex {
  rule(isHexDigest(value), `${what} is not a SHA-256 in lower-case hex`);
  return value;
}

/** Checks for well-formed text of at most `maxChars` UTF-16 code units. */
export function text(value: unknown, what: string, maxChars: number): string {
  rule(
    typeof value === 'string' && value.length <= maxChars && value.isWellFormed(),
    `${what} is not well-formed text of at most ${maxChars} characters`,
  );
  return value;
}

/** Throws the `CORRUPT` that names the rule when it does not hold. */
export function rule(holds: boolean, broke: string): asserts holds {
  if (!holds) throw broken(broke);
}

/** Returns `CORRUPT`: a statement that is not well formed. */
export function broken(why: string, cause?: unknown): StoreError {
  return new StoreError('CORRUPT', `a commit's statement is not well formed: ${why}`, {
    hint: 'Restore the log from a backup.',
    advice: [{ do: 'verify' }],
    cause,
  });
}

/** Returns `STORE_NEWER`: a statement that only a newer release can read. */
export function newer(why: string): StoreError {
  return new StoreError('STORE_NEWER', `this store was written by a newer release: ${why}`, {
    hint: 'Nothing was changed.',
    advice: [{ do: 'upgrade' }],
  });
}
