import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../../core/errors.ts';
import { fileFault, look } from '../../disk/file-fault.ts';
import { fileKind } from '../../disk/file-kind.ts';
import { isInGroup, octal } from '../../disk/private-folder.ts';

/** No key file is larger, in bytes. */
const MAX_BYTES = 8_192;

/**
 * Reads a private key file the way ssh does: a plain file, ours, closed to group and others, in a folder that is closed
 * too. What was checked is what is read: both go through one descriptor. The caller clears the bytes.
 *
 * @param shared true where platforms open it to a group, of which this process is one
 * @throws StoreError KEY_MISSING, KEY_PERMISSIONS with the command that repairs it, CORRUPT, STORE_UNREADABLE
 */
export function readPrivateFile(path: string, shared = false): Buffer {
  const source = sourceOf(path, shared);
  checkFolder(dirname(path), source);
  const fd = openFile(path);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw notPlain(path);
    checkOwner(path, stat, source);
    if (!onWindows && (stat.mode & CLOSED[source]) !== 0)
      throw refused(
        `the key file ${path} can be ${source === 'secret' ? 'written' : 'read'} by others (mode ${octal(stat.mode)})`,
        `chmod ${source === 'shared' ? 'o-rwx' : source === 'secret' ? 'go-w' : '600'} ${path}`,
      );
    if (stat.size > MAX_BYTES) {
      throw new StoreError('CORRUPT', `${path} has ${stat.size} bytes, too many for a key file`, {
        hint: 'Bring the file back from a key backup.',
      });
    }
    const bytes = Buffer.alloc(stat.size);
    const length = readSync(fd, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, length);
  } catch (error) {
    throw fileFault(error, path, 'read');
  } finally {
    closeSync(fd);
  }
}

/** Where a key file comes from, which decides what others may do with it. */
type Source = 'own' | 'shared' | 'secret';

/** The bits of a mode that must not be set. */
const CLOSED: Readonly<Record<Source, number>> = { own: 0o077, shared: 0o007, secret: 0o022 };

/** Where engines and hosting platforms mount secrets: root's, and often readable by all, for what runs in the container is one user's. */
const SECRETS = /^\/(?:(?:var\/)?run|etc)\/secrets\//;

function sourceOf(path: string, shared: boolean): Source {
  if (SECRETS.test(path)) return 'secret';
  return shared ? 'shared' : 'own';
}

/** Modes and owners mean nothing there. */
const onWindows = process.platform === 'win32';

function openFile(path: string): number {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants; // Windows has neither of the latter
  try {
    return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw missing(path, cause);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isFile()) throw notPlain(path, cause);
    if (stat !== undefined) checkOwner(path, stat, 'own');
    throw fileFault(cause, path, 'read');
  }
}

/**
 * Looks at the keys folder, or one in it, which must be a folder itself; undefined when it is not there.
 *
 * @throws StoreError KEY_PERMISSIONS, STORE_UNREADABLE
 */
export function checkRealFolder(folder: string): Stats | undefined {
  const stat = look(folder);
  if (stat === undefined || stat.isDirectory()) return stat;
  throw new StoreError('KEY_PERMISSIONS', `the keys folder ${folder} is ${fileKind(stat)}, where a folder has to be`, {
    hint: 'A link is not followed there: name the folder itself, or move away what is in its place.',
    advice: [{ do: 'set', setting: 'CONFIG_STORE_KEYS_DIR' }],
  });
}

function checkFolder(folder: string, source: Source): void {
  const stat = checkRealFolder(folder);
  if (stat === undefined || onWindows) return;
  if ((stat.mode & CLOSED[source]) !== 0)
    throw refused(
      `the folder ${folder} is open to others (mode ${octal(stat.mode)})`,
      `chmod ${source === 'shared' ? 'o-rwx' : source === 'secret' ? 'go-w' : '700'} ${folder}`,
    );
}

/** Root reads the files of every user; another user only its own. */
function checkOwner(path: string, stat: Stats, source: Source): void {
  const uid = process.geteuid?.();
  if (uid === undefined || uid === 0 || stat.uid === uid) return;
  if (source === 'secret' ? stat.uid === 0 : source === 'shared' && isInGroup(stat)) return;
  throw refused(
    `the key file ${path} belongs to uid ${stat.uid}, and this process runs as uid ${uid}`,
    `chown ${uid} ${path}`,
  );
}

function missing(path: string, cause: unknown): StoreError {
  return new StoreError('KEY_MISSING', `there is no private key file ${path}`, {
    hint: 'Bring it back from a key backup, or mount the folder it is in.',
    cause,
  });
}

function notPlain(path: string, cause?: unknown): StoreError {
  return new StoreError('KEY_PERMISSIONS', `${path} is not a plain file`, {
    hint: 'Put the key file itself in the place of the link, folder or device.',
    cause,
  });
}

function refused(message: string, command: string): StoreError {
  return new StoreError('KEY_PERMISSIONS', message, { hint: `Repair it with: ${command}` });
}
