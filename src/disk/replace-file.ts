import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { StoreError } from '../core/errors.ts';
import { isSpecial, notWritable, writeInto } from './write-into.ts';

/** Says where a file that is replaced is kept. */
export interface ReplaceOptions {
  /** Returns where the file that is there is kept, given its real path; nothing where it need not be. */
  readonly keepAt?: ((path: string) => Promise<string>) | undefined;
}

/** The file as it was written, and the copy of what was there. */
export interface ReplacedFile {
  /** Its real path. */
  readonly path: string;
  readonly kept?: string | undefined;
}

/**
 * Writes a file whole or not at all: a reader of the path sees the old bytes or the new. A file that is there keeps
 * its mode, and a link to it stays a link. What is there and is no regular file, such as a pipe, is written into.
 *
 * @throws StoreError `ARGUMENT_INVALID` for a folder or a path that cannot be written, `STORE_FULL`
 */
export async function replaceFile(
  path: string,
  bytes: Uint8Array,
  { keepAt }: ReplaceOptions = {},
): Promise<ReplacedFile> {
  if (await isSpecial(path)) {
    await writeInto(path, [bytes]);
    return { path };
  }
  const target = await realpath(path).catch(() => resolve(path));
  const before = await stat(target).catch(() => undefined);
  if (before?.isDirectory())
    throw new StoreError('ARGUMENT_INVALID', `${path} is a folder`, {
      hint: `Name a file in it, such as ${join(path, 'config.json')}.`,
    });
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
  try {
    await writeFile(temporary, bytes, { flag: 'wx', mode: before?.mode ?? 0o666 });
    const kept = before === undefined ? undefined : await keep(target, bytes, keepAt);
    await rename(temporary, target);
    return { path: target, kept };
  } catch (cause) {
    await rm(temporary, { force: true });
    throw notWritable(path, cause);
  }
}

/** Gives the file that is there a second name, before the first is taken from it. */
async function keep(target: string, bytes: Uint8Array, keepAt: ReplaceOptions['keepAt']): Promise<string | undefined> {
  if (keepAt === undefined || Buffer.compare(bytes, await readFile(target)) === 0) return undefined;
  const copy = await keepAt(target);
  // Not every file system has hard links.
  await link(target, copy).catch(() => copyFile(target, copy, constants.COPYFILE_EXCL));
  return copy;
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
