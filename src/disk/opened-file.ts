import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import { StoreError } from '../core/errors.ts';
import { fileFault } from './file-fault.ts';
import { fileKind, otherKind } from './file-kind.ts';

// Windows has none of the last three.
const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants;
/** How a file is opened to be read without following a link or waiting for the other end of a FIFO. */
export const READ_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

/**
 * Opens a regular file once, hands over its descriptor and what it is, and closes it. A link is not followed, and a FIFO
 * or device keeps no process waiting: `otherwise` gets what it is. Undefined when there is no such file.
 *
 * @throws the file system's own error when it cannot be opened
 */
export function withRegularFile<T>(
  path: string,
  use: (fd: number, stats: Stats) => T,
  otherwise: (found: string) => T,
): T | undefined {
  const opened = openRegularFile(path);
  if (opened === undefined) return undefined;
  if ('found' in opened) return otherwise(opened.found);
  try {
    return use(opened.fd, opened.stats);
  } finally {
    closeSync(opened.fd);
  }
}

/**
 * As `withRegularFile`, and the caller closes the descriptor.
 *
 * @throws the file system's own error when it cannot be opened
 */
export function openRegularFile(path: string): { fd: number; stats: Stats } | { found: string } | undefined {
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (!stats.isFile()) return { found: fileKind(stats) };
    throw error;
  }
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, stats };
  closeSync(fd);
  return { found: fileKind(stats) };
}

/**
 * Opens a file for appending, and makes it when there is none. It has to be a regular file that is no link and has no other
 * name, so that what is appended lands in no file of another place.
 *
 * @param name the path in messages, where it is another than the one that is opened
 * @throws StoreError STORE_UNREADABLE when something else is there; the file system's own error when it cannot be opened
 */
export function openToAppend(path: string, mode: number, name = path): { fd: number; stats: Stats } {
  let fd: number;
  try {
    fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, mode);
  } catch (error) {
    const there = lstatSync(path, { throwIfNoEntry: false });
    throw there === undefined || there.isFile() ? error : otherKind(name, fileKind(there), 'plain file');
  }
  const stats = fstatSync(fd);
  if (stats.isFile() && stats.nlink === 1) return { fd, stats };
  closeSync(fd);
  if (!stats.isFile()) throw otherKind(name, fileKind(stats), 'plain file');
  throw otherKind(name, 'a file that has another name too', 'plain file');
}

/** Reads the first bytes of an open file, at most `length`; fewer when it has become shorter. */
export function readStart(fd: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (let read = 1; at < length && read > 0; at += read) read = readSync(fd, bytes, at, length - at, at);
  return bytes.subarray(0, at);
}

/**
 * Reads a whole regular file of at most `maxBytes` bytes; undefined when there is none. At most one byte more is read.
 *
 * @param name the path in messages, where it is another than the one that is opened
 * @throws StoreError STORE_UNREADABLE for what is larger, a link, FIFO, device or folder, or cannot be read
 */
export function readRegularFile(path: string, maxBytes: number, name = path): Uint8Array | undefined {
  try {
    return withRegularFile(
      path,
      (fd, { size }) => {
        const bytes = readStart(fd, Math.min(size, maxBytes) + 1);
        if (size > maxBytes || bytes.length > maxBytes) throw tooLarge(name, Math.max(size, bytes.length), maxBytes);
        return bytes;
      },
      (found) => {
        throw otherKind(name, found, 'plain file');
      },
    );
  } catch (error) {
    throw fileFault(error, name, 'read');
  }
}

function tooLarge(path: string, size: number, maxBytes: number): StoreError {
  return new StoreError('STORE_UNREADABLE', `${path} has ${size} bytes, and at most ${maxBytes} are expected there`, {
    hint: 'Look at that file: it is not one that belongs there.',
    details: { path, size },
  });
}
