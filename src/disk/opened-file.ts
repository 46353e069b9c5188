import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

/** A pipe somebody put in a file's place must not keep the process waiting. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Opens a file once, hands over its descriptor and what it is, and closes it: one system call less than looking first, and
 * nothing can change in between. Undefined when there is no such file.
 *
 * @throws the file system's own error when it cannot be opened.
 */
export function withFile<T>(path: string, use: (fd: number, stat: Stats) => T): T | undefined {
  let fd: number;
  try {
    fd = openSync(path, FLAGS);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
  try {
    return use(fd, fstatSync(fd));
  } finally {
    closeSync(fd);
  }
}

/** The first bytes of an open file, at most `length`. */
export function readStart(fd: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (let read = 1; at < length && read > 0; at += read) read = readSync(fd, bytes, at, length - at, at);
  return bytes.subarray(0, at);
}
