import { closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, type Stats } from 'node:fs';
import { fileKind } from './file-kind.ts';

/** Modes and owners mean nothing on Windows. */
const onWindows = process.platform === 'win32';

/** Why a folder does not belong to this user alone, and the command that repairs it, where one does. */
export interface FolderFlaw {
  /** A clause that names the path: `… is a link`. */
  readonly message: string;
  readonly command?: string;
}

/**
 * Looks whether a folder is a real one of this user's that is closed to others; undefined when it is, or is not there.
 *
 * @param open the bits of the mode that others must not have: 0o022 to write, 0o077 for all
 * @throws the file system's own error when it cannot be looked at
 */
export function folderFlaw(path: string, open: 0o022 | 0o077): FolderFlaw | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined
    ? undefined
    : (kindFlaw(path, stats) ?? ownerFlaw(path, stats) ?? modeFlaw(path, stats, open));
}

/**
 * Closes a folder of this user's to all others (0700); one that is a link, or another user's, is left alone.
 *
 * @throws the file system's own error
 */
export function closeFolder(path: string): void {
  if (onWindows) return;
  const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;
  const stats = lstatSync(path);
  if (!stats.isDirectory() || stats.uid !== process.geteuid?.() || (stats.mode & 0o077) === 0) return;
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    if (fstatSync(fd).uid === stats.uid) fchmodSync(fd, 0o700);
  } finally {
    closeSync(fd);
  }
}

function kindFlaw(path: string, stats: Stats): FolderFlaw | undefined {
  return stats.isDirectory() ? undefined : { message: `${path} is ${fileKind(stats)}, where a folder has to be` };
}

function ownerFlaw(path: string, { uid }: Stats): FolderFlaw | undefined {
  const own = process.geteuid?.();
  if (own === undefined || uid === own) return undefined;
  return {
    message: `the folder ${path} belongs to uid ${uid}, and this process runs as uid ${own}`,
    command: `chown -R ${own} ${path}`,
  };
}

function modeFlaw(path: string, { mode }: Stats, open: number): FolderFlaw | undefined {
  if (onWindows || (mode & open) === 0) return undefined;
  return {
    message: `the folder ${path} is open to others (mode ${octal(mode)})`,
    command: `chmod 700 ${path}`,
  };
}

/** The permissions of a mode, as chmod takes them. */
export function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}
