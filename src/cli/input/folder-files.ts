import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { STATEMENT_LIMITS } from '../../core/commit/statement.ts';
import { StoreError } from '../../core/errors.ts';
import { readInput } from './input.ts';

/** All files of one folder together, in bytes. */
const MAX_BYTES = 268_435_456;

/** The files of a folder, and what was left out of it. */
export interface FolderFiles {
  /** `path` from the folder on, with slashes; sorted. */
  readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: Uint8Array }>;
  /** Names that begin with a dot, links, and what is neither a file nor a folder. */
  readonly leftOut: readonly string[];
}

/** True for the path of a folder. */
export async function isFolder(path: string): Promise<boolean> {
  if (path === '-') return false;
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Reads the files of a folder and of those below it; follows no link. @throws StoreError CONTENT_TOO_LARGE, ARGUMENT_INVALID */
export async function readFolder(folder: string, maxBytesEach: number): Promise<FolderFiles> {
  const leftOut: string[] = [];
  const paths = await list(folder, '', leftOut);
  const files: Array<{ path: string; bytes: Uint8Array }> = [];
  let room = MAX_BYTES;
  for (const path of paths.sort()) {
    const bytes = await readInput(join(folder, path), Math.min(room, maxBytesEach));
    room -= bytes.length;
    files.push({ path, bytes });
  }
  return { files, leftOut: leftOut.sort() };
}

async function list(folder: string, below: string, leftOut: string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await entries(join(folder, below))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.') || !(entry.isFile() || entry.isDirectory())) leftOut.push(path);
    else if (entry.isDirectory()) paths.push(...(await list(folder, path, leftOut)));
    else paths.push(path);
    if (paths.length > STATEMENT_LIMITS.changes)
      throw new StoreError('ARGUMENT_INVALID', `${folder} has more than ${STATEMENT_LIMITS.changes} files`, {
        hint: 'One commit changes no more: give its folders one by one.',
      });
  }
  return paths;
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function unreadable(folder: string, cause: unknown): StoreError {
  return new StoreError('ARGUMENT_INVALID', `the folder ${folder} cannot be read`, {
    hint: 'Give a folder that this user can read.',
    cause,
  });
}
