import { join } from 'node:path';
import { COMMITS_PER_FOLDER, commitFolder, MAX_INDEX, parseCommitFile } from './layout.ts';
import { lookBelow, namesIn, type Storage } from './storage.ts';

/** Something in the log that takes an index: a file of its name, or whatever is in the place of the folder for it. */
export interface Taken {
  /** Where a whole folder's place is taken, its first index. */
  readonly index: number;
  /** Below `log/`. */
  readonly path: string;
}

/** Indexes in an outer folder: 1,000 folders of 1,000. */
const COMMITS_PER_OUTER = 1_000 * COMMITS_PER_FOLDER;

/**
 * Lists what takes an index at `first` or above, a folder of at most 1,000 entries at a time. By the folders' listings and
 * never by counting: a file far ahead costs no more than one that follows.
 *
 * @throws StoreError STORE_UNREADABLE when a folder that holds indexes below `first` too is none
 */
export function* takenFrom(storage: Storage, first: number, order: 'up' | 'down'): Generator<readonly Taken[]> {
  const sorted = (folder: string) => {
    const names = [...namesIn(storage, join(storage.layout.log, folder), isFolderName)].sort();
    return order === 'up' ? names : names.reverse();
  };
  for (const outer of sorted('')) {
    const outerFirst = Number(outer) * COMMITS_PER_OUTER;
    if (outerFirst + COMMITS_PER_OUTER <= first) continue;
    if (outerFirst >= first && !isFolder(storage, outer)) {
      yield [{ index: outerFirst, path: outer }];
      continue;
    }
    for (const inner of sorted(outer)) {
      const folder = `${outer}/${inner}`;
      const innerFirst = outerFirst + Number(inner) * COMMITS_PER_FOLDER;
      if (innerFirst + COMMITS_PER_FOLDER <= first) continue;
      if (innerFirst >= first && !isFolder(storage, folder)) yield [{ index: innerFirst, path: folder }];
      else yield taken(storage, folder, first, order);
    }
  }
}

function taken(storage: Storage, folder: string, first: number, order: 'up' | 'down'): Taken[] {
  const files: Taken[] = [];
  const fits = (name: string) => {
    const index = parseCommitFile(name);
    return index !== undefined && index >= first && index <= MAX_INDEX && commitFolder(index) === folder;
  };
  for (const name of namesIn(storage, join(storage.layout.log, folder), fits))
    files.push({ index: parseCommitFile(name) as number, path: `${folder}/${name}` });
  return files.sort((a, b) => (order === 'up' ? a.index - b.index : b.index - a.index));
}

function isFolder(storage: Storage, folder: string): boolean {
  return lookBelow(storage, join(storage.layout.log, folder))?.isDirectory() === true;
}

function isFolderName(name: string): boolean {
  return /^\d{3}$/.test(name);
}
