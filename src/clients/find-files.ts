import { existsSync, readdirSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { Dialect, FilePlace, Paths, PersonFolders } from './dialects/dialect.ts';

/** One of a client's files on this machine. */
export interface FoundFile {
  readonly path: string;
  readonly place: FilePlace;
  readonly exists: boolean;
  /** Why this path and no other, as a sentence. */
  readonly why: string;
  /** Others of the same place that exist as well, so that a person knows there is a choice. */
  readonly others: readonly string[];
}

/** The paths one place can have, and whether a variable says which. */
interface Candidates {
  readonly paths: readonly string[];
  readonly variable: string | undefined;
}

/**
 * Finds the files of a client on this machine: of each place the first that exists. Where none of all does, the first place is
 * returned with the path that would be made: the one whose folder is there (the client was started once), else the likeliest.
 */
export function findFiles({ files }: Pick<Dialect, 'files'>, folders: PersonFolders): FoundFile[] {
  const found = files.flatMap((place) => findPlace(place, folders));
  const present = found.filter(({ exists }) => exists);
  // A variable leads to the one file that counts, and that one may be made.
  const [led] = found.filter(({ exists, why }) => !exists && why.startsWith('$'));
  if (present.length > 0) return led === undefined ? present : [led, ...present];
  return found.slice(0, 1);
}

function findPlace(place: FilePlace, folders: PersonFolders): FoundFile[] {
  const { dirname } = flavour(folders);
  const { paths, variable } = candidatesOf(place.paths, folders);
  const expanded = paths.flatMap((path) => (path.includes('*') ? matches(path, folders) : [path]));
  const present = expanded.filter((path) => existsSync(path));
  if (paths.some((path) => path.includes('*')))
    return present.map((path) => ({ path, place, exists: true, why: 'it is there', others: [] }));
  const [led, ...rest] = expanded;
  if (led === undefined) return [];
  if (variable !== undefined) {
    const first: FoundFile = { path: led, place, exists: existsSync(led), why: `$${variable} leads to it`, others: [] };
    // The file of another account is a target of its own.
    const other = rest.find((path) => existsSync(path));
    return other === undefined || other === led
      ? [first]
      : [first, { path: other, place, exists: true, why: 'it is there, of another account', others: [] }];
  }
  const chosen = place.prefers === 'newest' ? newest(present) : present[0];
  if (chosen !== undefined) {
    const others = present.filter((path) => path !== chosen);
    return [
      {
        path: chosen,
        place,
        exists: true,
        why: others.length === 0 ? 'it is there' : 'it is the likeliest of those that are there',
        others,
      },
    ];
  }
  const started = expanded.find((path) => existsSync(dirname(path)));
  const why = started === undefined ? 'its usual place; the client was not found' : 'its folder is there';
  return [{ path: started ?? led, place, exists: false, why, others: [] }];
}

/** Returns the paths of a place on this machine, likeliest first; those of a variable that is not set are left out. */
export function pathsOf(paths: Paths, folders: PersonFolders): readonly string[] {
  return candidatesOf(paths, folders).paths;
}

function candidatesOf(paths: Paths, folders: PersonFolders): Candidates {
  const { platform } = folders;
  const system = platform === 'win32' ? 'windows' : platform === 'darwin' ? 'mac' : 'linux';
  const specs = 'linux' in paths ? paths[system] : paths;
  let variable: string | undefined;
  const expanded = specs.flatMap((spec) => {
    const path = expand(spec, folders);
    if (path !== undefined && spec.startsWith('$')) variable ??= /^\$(\w+)/.exec(spec)?.[1];
    return path === undefined ? [] : [path];
  });
  return { paths: expanded, variable };
}

/** The form of paths on a platform, also of one that this is not. */
function flavour({ platform }: PersonFolders): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function expand(spec: string, folders: PersonFolders): string | undefined {
  const [first = '', ...rest] = spec.split('/');
  const base = baseOf(first, folders);
  return base === undefined ? undefined : flavour(folders).join(base, ...rest);
}

function baseOf(token: string, folders: PersonFolders): string | undefined {
  const { platform, home, appData, localAppData, configHome, variables } = folders;
  const { join } = flavour(folders);
  switch (token) {
    case '~':
      return home;
    case 'AS':
      return join(home, 'Library', 'Application Support');
    case 'XDG':
      return configHome ?? join(home, '.config');
    case 'RO':
      return appData ?? join(home, 'AppData', 'Roaming');
    case 'LO':
      return localAppData ?? join(home, 'AppData', 'Local');
    default:
      return token.startsWith('$')
        ? variables?.[token.slice(1)] || undefined
        : platform === 'win32'
          ? token
          : `/${token}`;
  }
}

/** The paths that a pattern with one `*` in it matches. */
function matches(pattern: string, folders: PersonFolders): string[] {
  const { dirname, basename, join, sep } = flavour(folders);
  const [before = '', after = ''] = pattern.split('*');
  const folder = before.endsWith(sep) ? before : dirname(before);
  const start = before.endsWith(sep) ? '' : basename(before);
  const isInside = after.startsWith(sep);
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(start) && (isInside || name.endsWith(after)))
      .sort()
      .map((name) => join(folder, isInside ? `${name}${after}` : name));
  } catch {
    return []; // no such folder: nothing matches
  }
}

function newest(paths: readonly string[]): string | undefined {
  return [...paths].sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
}
