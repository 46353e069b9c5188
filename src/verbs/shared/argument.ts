import type { Advice } from '../../core/advice.ts';
import { StoreError } from '../../core/errors.ts';

/** Returns `ARGUMENT_INVALID`: what was wrong with which part of a request, and what to give instead. */
export function argumentInvalid(message: string, hint: string, ...advice: readonly Advice[]): StoreError {
  return new StoreError('ARGUMENT_INVALID', message, { hint, advice });
}

/** Returns the number itself when it is a whole one within bounds. @throws StoreError ARGUMENT_INVALID saying what it is */
export function checkWhole(
  what: string,
  value: number,
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw argumentInvalid(
      `${what} is not a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`,
      'Give such a number, or leave it out.',
    );
  }
  return value;
}

/** Checks the number of items on a page: 50 unless asked, at most 200. @throws StoreError ARGUMENT_INVALID */
export function checkLimit(limit: number | undefined): number {
  return checkWhole('the number of entries on a page', limit ?? 50, { min: 1, max: 200 });
}

/**
 * Checks an expected version where one is given: 0 means that there must be no live config.
 *
 * @throws StoreError ARGUMENT_INVALID
 */
export function checkExpectedVersion(version: number | undefined): number | undefined {
  return version === undefined ? undefined : checkWhole('the expected version', version, { min: 0 });
}
