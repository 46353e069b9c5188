import { existsSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { Dialect, PersonFolders } from './dialects/dialect.ts';

/** Which of a client's files is meant. */
export interface FoundFile {
  readonly path: string;
  /** Others that exist as well, so that a person knows there is a choice. */
  readonly others: readonly string[];
}

/**
 * Finds the file of a client on this machine: the first that exists, else the first whose folder does (the client was
 * started once), else the first there can be.
 */
export function findFile({ files }: Dialect, folders: PersonFolders): FoundFile {
  const candidates = files(folders);
  const { dirname } = folders.platform === 'win32' ? win32 : posix;
  const present = candidates.filter((path) => existsSync(path));
  const path = present[0] ?? candidates.find((candidate) => existsSync(dirname(candidate))) ?? candidates[0];
  return { path, others: present.filter((other) => other !== path) };
}
