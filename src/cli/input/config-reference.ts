import { StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import {
  isLabel,
  parseVersionReference as parseVersionWord,
  type VersionReference,
} from '../../core/version-reference.ts';

/** A config, or one version of it, as it is typed: `NAME` or `NAME@VERSION`. */
export interface ConfigReference {
  readonly name: string;
  /** Absent: the newest. */
  readonly version: VersionReference | undefined;
}

/**
 * Reads `NAME` or `NAME@VERSION` (`@` cannot occur in names).
 *
 * @throws StoreError `NAME_INVALID`, or `ARGUMENT_INVALID` for what means no version
 */
export function parseReference(text: string): ConfigReference {
  const at = text.indexOf('@');
  if (at === -1) return { name: checkName(text), version: undefined };
  const name = checkName(text.slice(0, at));
  const word = text.slice(at + 1);
  const version = word.includes('@')
    ? undefined
    : (parseVersionWord(word) ?? (isLabel(word) ? (`label:${word}` as const) : undefined));
  if (version !== undefined) return { name, version };
  throw new StoreError('ARGUMENT_INVALID', `the version in ${JSON.stringify(text.slice(0, 300))} is none`, {
    hint: `Give ${name}@7 for version 7, ${name}@latest, ${name}@-1 for the one before the newest, ${name}@commit:42 for the one after commit 42, or a label, such as ${name}@stable.`,
  });
}

/**
 * As `parseReference`, where the version must be given.
 *
 * @throws StoreError `ARGUMENT_INVALID` when it is not
 */
export function parseVersionReference(text: string): { name: string; version: VersionReference } {
  const { name, version } = parseReference(text);
  if (version !== undefined) return { name, version };
  throw new StoreError('ARGUMENT_INVALID', `${name} names no version`, {
    hint: `Say which one, such as ${name}@1; "config-store log ${name}" lists them.`,
  });
}

/** The value of `--expected-version`: 0 (no live config) or a version. @throws StoreError `ARGUMENT_INVALID` */
export function parseExpectedVersion(text: string): number {
  return text === '0' ? 0 : parsePositive(text, '--expected-version', 'a version number, such as 7');
}

/** The value of an option that counts things, from 1 up. @throws StoreError `ARGUMENT_INVALID` */
export function parseCount(option: string): (text: string) => number {
  return (text) => parsePositive(text, option, 'a whole number from 1 up, such as 20');
}

function parsePositive(text: string, what: string, wanted: string): number {
  const number = Number(text);
  if (/^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new StoreError('ARGUMENT_INVALID', `${what} is ${JSON.stringify(text.slice(0, 40))}`, {
    hint: `Give ${wanted}.`,
  });
}
