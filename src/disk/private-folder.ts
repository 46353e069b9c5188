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

/** Returns true where this process reaches a file as a member of its group, and not as its owner. */
export function isInGroup({ gid }: Stats): boolean {
  return process.getegid?.() === gid || process.getgroups?.().includes(gid) === true;
}

/**
 * Looks whether a folder is a real one of this user's that is closed to others; undefined when it is, or is not there.
 *
 * @param open the bits of the mode that others must not have: 0o022 to write, 0o077 for all
 * @param shared true where it may belong to another user, and be open to a group that this process is in
 * @throws the file system's own error when it cannot be looked at
 */
export function folderFlaw(path: string, open: 0o022 | 0o077, shared = false): FolderFlaw | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const byGroup = shared && isInGroup(stats);
  return (
    kindFlaw(path, stats) ??
    (byGroup ? undefined : ownerFlaw(path, stats)) ??
    modeFlaw(path, stats, byGroup ? open & 0o007 : open)
  );
}

/**
 * Closes a folder of this user's to all others (0700); one that is a link, or another user's, is left alone.
 *
 * @param shared true where a group that can write it keeps its access
 * @throws the file system's own error
 */
export function closeFolder(path: string, shared = false): void {
  if (onWindows) return;
  const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;
  const stats = lstatSync(path);
  const closed = shared && (stats.mode & 0o020) !== 0 ? 0o770 : 0o700;
  if (!stats.isDirectory() || stats.uid !== process.geteuid?.() || (stats.mode & 0o077 & ~closed) === 0) return;
  const fd = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    if (fstatSync(fd).uid === stats.uid) fchmodSync(fd, stats.mode & closed);
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
