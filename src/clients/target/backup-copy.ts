import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** How many copies of a file are kept next to it. */
export const COPIES_KEPT = 5;

/** Returns the path of a new copy next to `file`, named after the time (UTC) so that names sort by age. */
export function copyPath(file: string, time: Date): string {
  const stamp = time.toISOString().replaceAll(':', '').replaceAll('-', '');
  return join(dirname(file), `${basename(file)}.${stamp}.bak`);
}

/** Returns a time after the newest copy: a clock that stands still, or was set back, must not cost an older copy. */
export function freeCopyPath(path: string, time: Date): string {
  for (let at = time.getTime(); ; at++) {
    const copy = copyPath(path, new Date(at));
    if (!existsSync(copy)) return copy;
  }
}

/**
 * Returns the copies that are older than the newest {@link COPIES_KEPT}, and whose names only this program gives.
 *
 * @param names what lies in the folder of `file`
 */
export function copiesToDrop(file: string, names: readonly string[]): string[] {
  const folder = dirname(file);
  const copies = names.filter((name) => isCopyOf(name, basename(file))).sort();
  return copies.slice(0, -COPIES_KEPT).map((name) => join(folder, name));
}

/** Returns the newest copy that is next to `file`; undefined where there is none. */
export function newestCopy(file: string): string | undefined {
  try {
    const name = readdirSync(dirname(file))
      .filter((candidate) => isCopyOf(candidate, basename(file)))
      .sort()
      .at(-1);
    return name === undefined ? undefined : join(dirname(file), name);
  } catch {
    return undefined; // no such folder
  }
}

function isCopyOf(name: string, file: string): boolean {
  return name.startsWith(`${file}.`) && /^\.\d{8}T\d{6}\.\d{3}Z\.bak$/.test(name.slice(file.length));
}
