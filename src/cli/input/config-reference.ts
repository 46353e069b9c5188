import { StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';

/** A config, or one version of it, as it is typed: `NAME` or `NAME@VERSION`. */
export interface ConfigReference {
  readonly name: string;
  /** Absent: the newest. */
  readonly version: number | undefined;
}

/**
 * Reads `NAME` or `NAME@VERSION` (`@` cannot occur in names).
 *
 * @throws StoreError `NAME_INVALID`, or `ARGUMENT_INVALID` for a version that is no positive integer
 */
export function parseReference(text: string): ConfigReference {
  const at = text.indexOf('@');
  if (at === -1) return { name: checkName(text), version: undefined };
  const name = checkName(text.slice(0, at));
  return { name, version: parseVersion(text.slice(at + 1), `the version in ${JSON.stringify(text.slice(0, 300))}`) };
}

/**
 * As `parseReference`, where the version must be given.
 *
 * @throws StoreError `ARGUMENT_INVALID` when it is not
 */
export function parseVersionReference(text: string): { name: string; version: number } {
  const { name, version } = parseReference(text);
  if (version !== undefined) return { name, version };
  throw new StoreError('ARGUMENT_INVALID', `${name} names no version`, {
    hint: `Say which one, such as ${name}@1; "config-store log ${name}" lists them.`,
  });
}

/** The value of `--expected-version`: 0 (no live config) or a version. @throws StoreError `ARGUMENT_INVALID` */
export function parseExpectedVersion(text: string): number {
  return text === '0' ? 0 : parseVersion(text, '--expected-version');
}

/** The value of an option that counts things, from 1 up. @throws StoreError `ARGUMENT_INVALID` */
export function parseCount(option: string): (text: string) => number {
  return (text) => parsePositive(text, option, 'a whole number from 1 up, such as 20');
}

function parseVersion(text: string, what: string): number {
  return parsePositive(text, what, 'a version number, such as 7');
}

function parsePositive(text: string, what: string, wanted: string): number {
  const number = Number(text);
  if (/^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new StoreError('ARGUMENT_INVALID', `${what} is ${JSON.stringify(text.slice(0, 40))}`, {
    hint: `Give ${wanted}.`,
  });
}
