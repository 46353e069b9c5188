import { StoreError } from '../../core/errors.ts';

/** `ARGUMENT_INVALID`: what was wrong with which argument, and what to send instead. */
export function argumentInvalid(message: string, hint: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', message, { hint });
}

/** The number itself, when it is a whole one within bounds. @throws StoreError ARGUMENT_INVALID naming the argument */
export function checkWhole(
  argument: string,
  value: number,
  { min, max = Number.MAX_SAFE_INTEGER }: { min: number; max?: number },
): number {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw argumentInvalid(
      `${argument} is not a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`,
      `Send ${argument} as such a number, or leave it out.`,
    );
  }
  return value;
}

/** The number of items on a page: 50 unless asked, at most 200. @throws StoreError ARGUMENT_INVALID */
export function checkLimit(limit: number | undefined): number {
  return checkWhole('limit', limit ?? 50, { min: 1, max: 200 });
}

/** A version number where one is given. @throws StoreError ARGUMENT_INVALID */
export function checkVersion(argument: string, version: number | undefined): number | undefined {
  return version === undefined ? undefined : checkWhole(argument, version, { min: 1 });
}

/** An expected version where one is given: 0 means that there must be no live config. @throws StoreError ARGUMENT_INVALID */
export function checkExpectedVersion(version: number | undefined): number | undefined {
  return version === undefined ? undefined : checkWhole('expected_version', version, { min: 0 });
}
