import type { Stats } from 'node:fs';
import { StoreError } from '../core/errors.ts';

/** Names the kind of a file for people: `a link`, `a FIFO` … */
export function fileKind(stats: Stats): string {
  if (stats.isFile()) return 'a file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isSymbolicLink()) return 'a link';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/** `STORE_UNREADABLE`: something else lies where a folder, or a plain file, has to be. */
export function otherKind(path: string, found: string, needed: 'folder' | 'plain file'): StoreError {
  return new StoreError('STORE_UNREADABLE', `${path} is ${found}, where a ${needed} has to be`, {
    hint: `It is not followed or opened. Find out who put it there, and move it away${needed === 'folder' ? ' or put the folder back from a backup' : ''}.`,
    details: { path, found },
  });
}
