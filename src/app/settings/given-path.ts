import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Advice } from '../../core/advice.ts';
import { StoreError } from '../../core/errors.ts';

/** Matches parts that a shell would have replaced: `~` at the beginning, `$HOME`, `${HOME}`, `$(pwd)`, `%APPDATA%`. */
const UNEXPANDED = /^~[^/\\]*|\$(?:\w+|[{(][^})]*[})]?)|%[A-Za-z_][\w()]{2,}%/;

/** Matches what a shell takes away, and a file of variables for a container engine does not: quotes around a value. */
const QUOTED = /^(["'`]).*\1$/s;

/**
 * Refuses a path in which something was left that stands for another text, or belongs to none: taken as it is, it names another
 * folder than the person meant.
 *
 * @param name the variable or flag that was given
 * @throws StoreError `ARGUMENT_INVALID`
 */
export function refuseUnexpanded(name: string, path: string, advice: readonly Advice[] = []): void {
  const [found] = UNEXPANDED.exec(path) ?? [];
  if (found !== undefined)
    throw badSetting(name, `is ${quote(path)}, where nothing replaces ${quote(found)}`, 'the whole path', advice);
  if (QUOTED.test(path))
    throw badSetting(name, `is ${quote(path)}, whose quotes nothing takes away`, 'the path without quotes', advice);
}

/** The person's home folder, as the machine names it. */
export interface Home {
  readonly platform: NodeJS.Platform;
  /** Undefined for a user without one. */
  readonly home: string | undefined;
}

/**
 * Returns the absolute path of the home folder.
 *
 * @throws StoreError `ARGUMENT_INVALID` for a user without one, and when the variable that names it is empty or no absolute path
 */
export function absoluteHome({ platform, home }: Home): string {
  const advice = [{ do: 'set', setting: 'CONFIG_STORE_VAR' }] as const;
  if (home === undefined)
    throw new StoreError('ARGUMENT_INVALID', 'this user has no home folder', {
      hint: 'Name the folder or file that is meant.',
      advice,
    });
  const name = platform === 'win32' ? 'USERPROFILE' : 'HOME';
  refuseUnexpanded(name, home, advice);
  if ((platform === 'win32' ? win32 : posix).isAbsolute(home)) return home;
  throw badSetting(name, home === '' ? 'is empty' : `is ${quote(home)}`, 'the whole path of the home folder', advice);
}

/** Returns the home folder as the machine names it; undefined for a user without one. */
export function homeFolder(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // neither HOME nor an entry in passwd: an unknown uid in a container
  }
}

/** Returns the beginning of a value in quotes, for a message. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** Returns `ARGUMENT_INVALID` for a variable or flag: what it is, and what it should be. */
export function badSetting(name: string, is: string, wanted: string, advice: readonly Advice[] = []): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${name} ${is}`, {
    hint: `Set it to ${wanted}, or leave it unset.`,
    advice,
    details: { setting: name },
  });
}
