import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from './errors.ts';

/**
 * Turns a file system error into what a person can act on: the path, whose it is, and the command that mends it.
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
        hint: 'Mount the volume writable, or run with --read-only.',
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
        { hint: 'Look at that path; run "config-store verify" to see what else is missing.', cause: error },
      );
    case 'EIO':
      return new StoreError('STATE_UNKNOWN', `the disk failed to ${verb} ${path} (EIO)`, {
        hint: 'Check the disk and its log, restart, and run "config-store verify".',
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
 * Looks at a file without reading it; `undefined` when there is none. About 1 µs.
 *
 * @throws StoreError STORE_UNREADABLE where a folder on the way cannot be searched, STATE_UNKNOWN for an I/O error
 */
export function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw fileFault(error, path, 'look at');
  }
}

function unreadable(path: string, code: string, cause: unknown): StoreError {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  const { at, owner } = nearest(path);
  const mend =
    uid === undefined ? 'Give this user access to that folder.' : `Mend it with: chown -R ${uid}:${gid ?? uid} ${at}`;
  return new StoreError(
    'STORE_UNREADABLE',
    `no permission at ${path} (${code}): this process runs as uid ${uid ?? 'unknown'}, ${at} belongs to uid ${owner ?? 'unknown'}`,
    {
      hint: mend,
      details: { path: at, uid: uid ?? -1, owner: owner ?? -1 },
      cause,
    },
  );
}

/** The path, or the nearest folder above it that can be looked at, with its owner. */
function nearest(path: string): { at: string; owner: number | undefined } {
  for (let at = path; ; at = dirname(at)) {
    try {
      return { at, owner: statSync(at).uid };
    } catch {
      // not there, or hidden from us: ask the folder above
    }
    if (at === dirname(at)) return { at: path, owner: undefined };
  }
}

function noHardLinks(path: string, cause: unknown): StoreError {
  return new StoreError('STORE_UNSUPPORTED', `the volume of ${path} has no hard links, which a commit needs`, {
    hint: 'Keep the store on a local file system; with Docker use a named volume: -v mcp-config-store:/app/var',
    cause,
  });
}
