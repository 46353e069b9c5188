import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError } from '../core/errors.ts';

/**
 * Writes a file whole or not at all: a reader of the path sees the old bytes or the new. A file that is there keeps
 * its mode, and a link to it stays a link.
 *
 * @throws StoreError `ARGUMENT_INVALID` for a folder or a path that cannot be written
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<string> {
  const target = await realpath(path).catch(() => resolve(path));
  const before = await stat(target).catch(() => undefined);
  if (before?.isDirectory())
    throw new StoreError('ARGUMENT_INVALID', `${path} is a folder`, {
      hint: `Name a file in it, such as ${join(path, 'config.json')}.`,
    });
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await writeFile(temporary, bytes, { flag: 'wx', mode: before?.mode ?? 0o666 });
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw notWritable(path, cause);
  }
  return target;
}

/**
 * Makes a folder with these files, whole or not at all. It may exist only if it is empty.
 *
 * @returns the folder's absolute path
 * @throws StoreError `ARGUMENT_INVALID` when the folder has something in it or cannot be made
 */
export async function createFolder(
  path: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<string> {
  const target = resolve(path);
  const inside = await readdir(target).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? [] : undefined,
  );
  if (inside === undefined || inside.length > 0) {
    throw new StoreError(
      'ARGUMENT_INVALID',
      `${path} is ${inside === undefined ? 'not a folder' : 'a folder with something in it'}`,
      {
        hint: 'Name a folder that does not exist yet, or an empty one.',
      },
    );
  }
  let temporary: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    temporary = await mkdtemp(`${target}.`);
    for (const [name, content] of Object.entries(files))
      await writeFile(join(temporary, name), content, { flag: 'wx' });
    await rename(temporary, target);
  } catch (cause) {
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    throw notWritable(path, cause);
  }
  return target;
}

function notWritable(path: string, cause: unknown): StoreError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StoreError('STORE_FULL', `there is no room to write ${path}`, {
      hint: 'Free some space, or name another disk.',
      cause,
    });
  return new StoreError('ARGUMENT_INVALID', `${path} cannot be written (${code})`, {
    hint: 'Name a path in a folder that exists and that this user can write.',
    cause,
  });
}
