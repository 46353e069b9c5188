import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError, type StoreErrorOptions } from '../core/errors.ts';

/**
 * Turns a file system error into what a person can act on: the path, whose it is, and what repairs it.
 *
 * @returns STORE_FULL, STORE_READONLY, STORE_UNREADABLE, STORE_UNSUPPORTED, or STATE_UNKNOWN for an I/O error.
 */
export function fileFault(error: unknown, path: string, verb: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'unknown error';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StoreError('STORE_FULL', `no space left to ${verb} ${path} (${code})`, {
        hint: 'Nothing was committed. Free space on that volume, then try again.',
        cause: error,
      });
    case 'EROFS':
      return new StoreError('STORE_READONLY', `the file system of ${path} is read-only`, {
        hint: 'Mount the volume writable, or declare that nothing is to be written.',
        advice: [{ do: 'set', setting: 'CONFIG_STORE_READ_ONLY', to: '1' }],
        cause: error,
      });
    case 'EACCES':
      return unreadable(path, code, error);
    case 'EPERM':
    case 'EMLINK':
    case 'ENOTSUP':
    case 'EOPNOTSUPP':
    case 'ENOSYS':
    case 'EXDEV':
      if (verb === 'link') return noHardLinks(path, error);
      return unreadable(path, code, error);
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'ELOOP':
      return new StoreError(
        'STORE_UNREADABLE',
        `cannot ${verb} ${path}: ${code === 'ENOENT' ? 'its folder is missing' : `something else is in its place (${code})`}`,
        { hint: 'Look at that path; more may be missing.', advice: [{ do: 'verify' }], cause: error },
      );
    case 'EIO':
      return new StoreError('STATE_UNKNOWN', `the disk failed to ${verb} ${path} (EIO)`, {
        hint: 'Check the disk and its log, restart, and look what is there.',
        advice: [{ do: 'verify' }],
        cause: error,
      });
    default:
      return new StoreError('STORE_UNREADABLE', `cannot ${verb} ${path} (${code})`, {
        hint: 'Look at that path and its volume.',
        cause: error,
      });
  }
}

/**
 * Looks at a file without reading it or following a link; `undefined` when there is none. About 1 µs.
 *
 * @throws StoreError STORE_UNREADABLE where a folder on the way cannot be searched, STATE_UNKNOWN for an I/O error
 */
export function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileFault(error, path, 'look at');
  }
}

function unreadable(path: string, code: string, cause: unknown): StoreError {
  const uid = process.getuid?.();
  const { at, stats } = nearest(path);
  const owner = stats?.uid;
  if (stats?.isFile() === true && owner === uid && (stats.mode & 0o600) === 0o600)
    return new StoreError('STORE_UNREADABLE', `${at} is a file, where a folder is needed (${code})`, {
      hint: 'Name a folder, or move that file away.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
      details: { path: at },
      cause,
    });
  return new StoreError(
    'STORE_UNREADABLE',
    `no permission at ${path} (${code}): this process runs as uid ${uid ?? 'unknown'}, ${at} belongs to uid ${owner ?? 'unknown'}`,
    { ...repairOf(at, uid, owner), details: { path: at, uid: uid ?? -1, owner: owner ?? -1 }, cause },
  );
}

/** Folders of the system and of all users: changing their owner would break more than it repairs. */
const SYSTEM_FOLDER =
  /^\/(?:(?:bin|boot|dev|etc|lib\w*|media|mnt|opt|proc|run|sbin|srv|sys|tmp|Applications|Library|System|Volumes)|(?:home|private|root|usr|var|Users)(?:\/[^/]+)?|usr\/local\/[^/]+)?$/;

function repairOf(
  at: string,
  uid: number | undefined,
  owner: number | undefined,
): Pick<StoreErrorOptions, 'hint' | 'advice'> {
  if (uid === undefined) return { hint: 'Give this user access to that folder.' };
  if (uid === owner) return { hint: `Repair it with: chmod -R u+rwX ${at}` };
  if (SYSTEM_FOLDER.test(at))
    return {
      hint: "That folder is the system's: name one that this user can write.",
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
    };
  return { hint: `Repair it with: chown -R ${uid}:${process.getgid?.() ?? uid} ${at}` };
}

/** The path, or the nearest folder above it that can be looked at. */
function nearest(path: string): { at: string; stats: Stats | undefined } {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { at, stats: statSync(at) };
    } catch {
      // not there, or hidden from us: look at the folder above
    }
    if (at === dirname(at)) return { at: path, stats: undefined };
  }
}

function noHardLinks(path: string, cause: unknown): StoreError {
  return new StoreError('STORE_UNSUPPORTED', `the volume of ${path} has no hard links, which a commit needs`, {
    hint: 'Keep the store on a local file system; with Docker use a named volume: -v mcp-config-store:/app/var',
    cause,
  });
}
