import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../core/errors.ts';
import { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import { ignoreInGit } from '../disk/git-ignore.ts';
import { clearedUnlessDone, uninterrupted } from '../disk/interruption.ts';
import { listNames } from '../disk/list-names.ts';
import { RealFolders } from '../disk/real-folders.ts';
import { StorageDisk } from '../disk/storage-disk.ts';
import type { ArchiveFile } from './tar.ts';

/** The folders of a store; each may be a volume of its own. Absolute paths. */
export interface StoreFolders {
  readonly storage: string;
  readonly state: string;
  readonly keys: string;
}

/** In the order in which they get what was restored; the keys, which say that it is not all there yet, last. */
const PARTS = ['storage', 'state', 'keys'] as const satisfies ReadonlyArray<keyof StoreFolders>;
/** Files that are not all there yet, or not checked yet. */
const UNFINISHED = '.restoring';
/**
 * Files that are all there and checked, on their way to their place. That they are is said by the folder of the keys alone:
 * the storage is written by others too.
 */
const FINISHED = '.restored';
/** Names that an empty folder may hold: what this program and ext4 put into an empty one. */
const NOTHING: readonly string[] = [UNFINISHED, '.gitignore', 'lost+found'];

/** Returns the folders of a store below one folder. */
export function foldersBelow(root: string): StoreFolders {
  return { storage: join(root, 'storage'), state: join(root, 'state'), keys: join(root, 'keys') };
}

/**
 * Writes the files of a backup into folders that are empty or not there: all of them, or none. They are kept aside, each in
 * the folder it is for, until `check` has found them sound. When that fails, or a signal ends this process, they are removed
 * again; killed in the last step, the same call ends what was checked already. No link in the storage is followed.
 *
 * @param check gets the folders in which the files are aside; throws what speaks against them
 * @throws StoreError ARGUMENT_INVALID when a folder is not empty; CORRUPT, and what `files`, `check` and `Durable` throw
 */
export async function restoreFiles(
  files: AsyncIterable<ArchiveFile>,
  folders: StoreFolders,
  check: (aside: StoreFolders, disk: Durable) => Promise<void>,
): Promise<void> {
  const real = new RealFolders(folders.storage);
  try {
    await restoreThrough(files, folders, new Durable(new StorageDisk(real)), check);
  } finally {
    real.close();
  }
}

async function restoreThrough(
  files: AsyncIterable<ArchiveFile>,
  folders: StoreFolders,
  disk: Durable,
  check: (aside: StoreFolders, disk: Durable) => Promise<void>,
): Promise<void> {
  if (!existsSync(join(folders.keys, FINISHED))) {
    for (const part of PARTS) refuseFull(folders[part]);
    const aside = below(folders, UNFINISHED);
    const made = PARTS.flatMap((part) => missing(folders[part]));
    const clear = () => {
      for (const part of PARTS) rmSync(aside[part], { recursive: true, force: true });
      for (const folder of made) removeEmpty(folder);
    };
    await clearedUnlessDone(clear, async () => {
      clear();
      await extract(files, aside, disk);
      await check(aside, disk);
    });
  }
  await uninterrupted(async () => {
    for (const part of PARTS.toReversed())
      await disk.move(join(folders[part], UNFINISHED), join(folders[part], FINISHED));
    for (const part of PARTS) await settle(folders[part], disk);
  });
}

async function settle(folder: string, disk: Durable): Promise<void> {
  const finished = join(folder, FINISHED);
  if (!existsSync(finished)) return;
  const real = new RealFolders(folder);
  try {
    for (const name of [...listNames(real.folder(finished))]) await disk.move(join(finished, name), join(folder, name));
  } finally {
    real.close();
  }
  rmdirSync(finished);
  await disk.syncFolder(folder);
}

/** Writes the files below new folders; everything is durable once it returns. */
export async function extract(files: AsyncIterable<ArchiveFile>, folders: StoreFolders, disk: Durable): Promise<void> {
  const made = new Set<string>();
  const make = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    const isRoot = path === folders.keys || path === folders.storage;
    if (!isRoot) await make(dirname(path));
    await (isRoot ? disk.makeFolders(path) : disk.makeFolder(path));
    made.add(path);
    if (path === folders.keys) await ignoreInGit(path, disk);
  };
  for await (const { path, mode, bytes } of files) {
    const [room, rest = ''] = path.split(/\/(.*)/, 2);
    if (room !== 'keys' && room !== 'storage')
      throw new StoreError('CORRUPT', `the backup holds ${path}, which is no part of a store`, {
        hint: 'It is not a backup of this program: take another.',
      });
    const place = join(folders[room], rest);
    await make(dirname(place));
    await disk.writeFile(dirname(place), place, bytes, path.endsWith('.key.pem') ? 0o600 : mode & 0o644);
  }
}

function below(folders: StoreFolders, name: string): StoreFolders {
  return {
    storage: join(folders.storage, name),
    state: join(folders.state, name),
    keys: join(folders.keys, name),
  };
}

/**
 * Refuses a folder that holds anything but empty folders, as a new volume of the image does.
 *
 * @param known names of what is looked at by itself, or may be there
 * @throws StoreError ARGUMENT_INVALID, STORE_UNREADABLE
 */
export function refuseFull(folder: string, known: readonly string[] = []): void {
  let found: string | undefined;
  try {
    found = [...listNames(folder)].find(
      (name) => !NOTHING.includes(name) && !known.includes(name) && !isEmptyFolder(join(folder, name)),
    );
  } catch (error) {
    throw fileFault(error, folder, 'list');
  }
  if (found !== undefined)
    throw new StoreError('ARGUMENT_INVALID', `${folder} is not empty: it holds ${JSON.stringify(found)}`, {
      hint: 'A store is never restored over another. Restore into a new folder, look at it, and then use that folder.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
    });
}

/** A folder and those above it that are not there yet, the innermost first. */
function missing(folder: string): string[] {
  return existsSync(folder) ? [] : [folder, ...missing(dirname(folder))];
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // never made, or another process put something into it
  }
}

function isEmptyFolder(path: string): boolean {
  return lstatSync(path).isDirectory() && readdirSync(path).length === 0;
}
