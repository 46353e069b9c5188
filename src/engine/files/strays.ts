import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import { isHexDigest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import { readStart, withRegularFile } from '../../disk/opened-file.ts';
import type { Stray, StrayReach } from '../port.ts';
import { commitFolder, FAN_OUT, parseCommitFile, parseDraftFile } from './layout.ts';
import { isOlderCache } from './left-overs.ts';
import { isProbe } from './probe-writes.ts';
import { lookBelow, namesIn, type Storage } from './storage.ts';

const MAX_STRAYS = 1_000;
/** How deep a folder that is none of ours is looked into, and how many of its names. */
const MAX_DEPTH = 4;
const MAX_NAMES = 1_000;
/** Folders of the log in which another machine may have written lately. */
const NEWEST_FOLDERS = 2;
/** Names at the top that are the store's, or the file system's. */
const OURS: ReadonlySet<string> = new Set([
  'format',
  'moved',
  'objects',
  'log',
  'drafts',
  'quarantine',
  'tmp',
  'lost+found',
]);

/** Yields files and folders in storage that are none of the store's: copies that a tool made where two wrote at once. */
export async function* straysIn(storage: Storage, reach: StrayReach): AsyncGenerator<Stray> {
  let found = 0;
  for (const path of reach === 'quarantine' ? below(storage, 'quarantine', 1) : strayPaths(storage, reach)) {
    if (path === undefined) {
      await turnOfOthers();
      continue;
    }
    if (++found > MAX_STRAYS) return;
    yield { where: path, bytes: bytesOf(storage, path) };
  }
}

/** Yields the paths, and undefined after each folder, where other work may have its turn. */
function* strayPaths(storage: Storage, reach: 'all' | 'newest'): Generator<string | undefined> {
  // Hidden files at the top are the system's.
  yield* others(storage, '', (name) => OURS.has(name) || name.startsWith('.') || isOlderCache(name));
  yield* others(storage, 'log', isLogFolder);
  const inner: string[] = [];
  for (const outer of newest(storage, 'log', reach === 'all' ? Number.POSITIVE_INFINITY : 1)) {
    yield* others(storage, outer, isLogFolder);
    inner.push(...newest(storage, outer, reach === 'all' ? Number.POSITIVE_INFINITY : NEWEST_FOLDERS));
  }
  for (const folder of inner)
    yield* others(storage, folder, (name) => {
      const index = parseCommitFile(name);
      return index !== undefined && `log/${commitFolder(index)}` === folder;
    });
  yield* others(storage, 'drafts', isHexDigest);
  if (reach === 'newest') return;
  for (const key of namesBelow(storage, 'drafts', isHexDigest))
    yield* others(storage, `drafts/${key}`, (name) => parseDraftFile(name) !== undefined);
  yield* others(storage, 'objects', (name) => FAN_OUT.includes(name));
  for (const folder of FAN_OUT)
    yield* others(storage, `objects/${folder}`, (name) => isHexDigest(name) && name.startsWith(folder));
}

/** Yields what is in a folder and is none of ours: each file, and the files in each folder. */
function* others(storage: Storage, folder: string, isOurs: (name: string) => boolean): Generator<string | undefined> {
  for (const name of namesBelow(storage, folder, (one) => !isOurs(one) && !isProbe(one)))
    yield* below(storage, folder === '' ? name : `${folder}/${name}`, MAX_DEPTH);
  yield undefined;
}

function* below(storage: Storage, path: string, depth: number): Generator<string> {
  if (depth === 0 || !isFolder(storage, path)) {
    if (look(storage, path) !== undefined) yield path;
    return;
  }
  let looked = 0;
  for (const name of namesBelow(storage, path, () => true)) {
    if (++looked > MAX_NAMES) return;
    yield* below(storage, `${path}/${name}`, depth - 1);
  }
}

function newest(storage: Storage, folder: string, count: number): string[] {
  const names = [...namesBelow(storage, folder, isLogFolder)].sort().reverse();
  return names.slice(0, count).flatMap((name) => (isFolder(storage, `${folder}/${name}`) ? [`${folder}/${name}`] : []));
}

function bytesOf(storage: Storage, path: string): Uint8Array | undefined {
  try {
    return withRegularFile<Uint8Array | undefined>(
      storage.folders.toRead(at(storage, path)),
      (fd, { size }) => (size > MAX_ENVELOPE_BYTES ? undefined : readStart(fd, size)),
      () => undefined,
    );
  } catch {
    return undefined; // closed to this user: named all the same
  }
}

function isFolder(storage: Storage, path: string): boolean {
  return look(storage, path)?.isDirectory() === true;
}

/** Nothing is found below a path that cannot be looked at; what needs it reports that. */
function look(storage: Storage, path: string): Stats | undefined {
  try {
    return lookBelow(storage, at(storage, path));
  } catch (error) {
    if (isStoreError(error)) return undefined;
    throw error;
  }
}

/** One at a time: how many names there are is not ours to say. */
function* namesBelow(storage: Storage, folder: string, wanted: (name: string) => boolean): Generator<string> {
  if (isFolder(storage, folder)) yield* namesIn(storage, at(storage, folder), wanted);
}

function isLogFolder(name: string): boolean {
  return /^\d{3}$/.test(name);
}

function at({ layout }: Storage, path: string): string {
  return path === '' ? layout.root : join(layout.root, path);
}
