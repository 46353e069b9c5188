import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../core/errors.ts';
import type { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import { ignoreInGit } from '../disk/git-ignore.ts';
import type { ArchiveFile } from './tar.ts';

/** Files that are not all there yet, or not checked yet. */
const UNFINISHED = '.restoring';
/** Files that are all there and checked, on their way to their place. */
const FINISHED = '.restored';

/**
 * Writes the files of a backup below a folder that is empty or not there: all of them, or none. They are kept aside until
 * `check` has found them sound; cut at any point, the same command begins again, or ends what was checked already.
 *
 * @param check gets the folder that holds `keys/` and `storage/`; throws what speaks against it
 * @throws StoreError ARGUMENT_INVALID when the target is not empty; CORRUPT, and what `files`, `check` and `Durable` throw
 */
export async function restoreFiles(
  files: AsyncIterable<ArchiveFile>,
  target: string,
  disk: Durable,
  check: (folder: string) => Promise<void>,
): Promise<void> {
  await disk.makeFolders(target);
  const finished = join(target, FINISHED);
  if (!existsSync(finished)) {
    const unfinished = join(target, UNFINISHED);
    refuseFull(target);
    rmSync(unfinished, { recursive: true, force: true });
    await extract(files, unfinished, disk);
    await check(unfinished);
    const keys = join(unfinished, 'keys');
    if (existsSync(keys)) await ignoreInGit(keys, disk);
    await disk.move(unfinished, finished);
  }
  for (const name of readdirSync(finished).sort().reverse()) await disk.move(join(finished, name), join(target, name));
  rmdirSync(finished);
}

/** Writes the files below a new folder; everything is durable once it returns. */
export async function extract(files: AsyncIterable<ArchiveFile>, folder: string, disk: Durable): Promise<void> {
  await disk.makeFolder(folder);
  const made = new Set([folder]);
  const make = async (path: string): Promise<void> => {
    if (made.has(path)) return;
    await make(dirname(path));
    await disk.makeFolder(path);
    made.add(path);
  };
  for await (const { path, mode, bytes } of files) {
    if (!/^(?:keys|storage)\//.test(path)) {
      throw new StoreError('CORRUPT', `the backup holds ${path}, which is no part of a store`, {
        hint: 'It is not a backup of this program: take another.',
      });
    }
    const place = join(folder, path);
    await make(dirname(place));
    await disk.writeFile(dirname(place), place, bytes, path.endsWith('.key.pem') ? 0o600 : mode & 0o644);
  }
}

function refuseFull(target: string): void {
  let names: string[];
  try {
    names = readdirSync(target);
  } catch (error) {
    throw fileFault(error, target, 'list');
  }
  const found = names.find((name) => name !== UNFINISHED && !isEmptyFolder(join(target, name)));
  if (found !== undefined) {
    throw new StoreError('ARGUMENT_INVALID', `${target} is not empty: it holds ${JSON.stringify(found)}`, {
      hint: 'A store is never restored over another. Restore into a new folder, look at it, and then use that folder.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_VAR' }],
    });
  }
}

/** Returns true for a folder that holds at most empty folders, as a new volume of the image does. */
function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}
