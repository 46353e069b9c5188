import { join } from 'node:path';
import type { Digest } from '../../core/digest.ts';

/** Commits per folder of the log. */
export const COMMITS_PER_FOLDER = 1_000;
/** The highest index that has a place in the log: nine digits. */
export const MAX_INDEX = 999_999_999;

/** Where everything below `storage/` lives; absolute paths. The one place that spells them. */
export interface StorageLayout {
  readonly root: string;
  /** One line, see format.ts. */
  readonly format: string;
  /** Says where the store was moved to; there only then. */
  readonly moved: string;
  readonly objects: string;
  readonly log: string;
  readonly drafts: string;
  readonly quarantine: string;
  /** Unfinished files, on the same file system as the rest, so that they can be linked and renamed. */
  readonly tmp: string;
}

/** The layout below one storage folder. */
export function storageLayout(storage: string): StorageLayout {
  return {
    root: storage,
    format: join(storage, 'format'),
    moved: join(storage, 'moved'),
    objects: join(storage, 'objects'),
    log: join(storage, 'log'),
    drafts: join(storage, 'drafts'),
    quarantine: join(storage, 'quarantine'),
    tmp: join(storage, 'tmp'),
  };
}

/** The 256 names of the folders below `objects/`: `00` to `ff`. */
export const FAN_OUT: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** `ab/abcdef…`, below `objects/`. */
export function objectPath(digest: Digest): string {
  return `${digest.slice(0, 2)}/${digest}`;
}

/** `000/042`, below `log/`: the folder that holds commit `index`. */
export function commitFolder(index: number): string {
  return `${pad(Math.floor(index / 1_000_000), 3)}/${pad(Math.floor(index / COMMITS_PER_FOLDER) % 1_000, 3)}`;
}

/** `000/042/000042007.json`, below `log/`. */
export function commitPath(index: number): string {
  return `${commitFolder(index)}/${pad(index, 9)}.json`;
}

/** The index a file in the log's folders is named after; `undefined` for any other file name. */
export function parseCommitFile(fileName: string): number | undefined {
  return /^\d{9}\.json$/.test(fileName) ? Number(fileName.slice(0, 9)) : undefined;
}

/** The highest revision that has a file name: 15 digits. */
export const MAX_REVISION = 999_999_999_999_999;

/** How a revision is named in its folder below `drafts/`: `12.json`. */
export function draftFile(revision: number): string {
  return `${revision}.json`;
}

/** The revision a file in a draft's folder is named after; `undefined` for any other file name. */
export function parseDraftFile(fileName: string): number | undefined {
  const match = /^([1-9]\d{0,14})\.json$/.exec(fileName);
  return match === null ? undefined : Number(match[1]);
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
