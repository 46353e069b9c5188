import { randomBytes, randomInt } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileFault } from '../../disk/file-fault.ts';
import { commitFolder, FAN_OUT } from './layout.ts';
import { isMissing, lookBelow, type Storage } from './storage.ts';

/**
 * Does what a put does with files of its own, and removes them: one is written in `tmp/`, linked into the folder of
 * the newest commits and into `drafts/`, and renamed into `objects/`. A folder that is not there yet is left alone.
 *
 * @param next index of the next commit, as far as it is known
 * @throws StoreError naming the folder that cannot be written
 */
export function probeWrites(storage: Storage, next: number): void {
  const { layout } = storage;
  if (lookBelow(storage, layout.tmp) === undefined) return; // nothing was ever stored: a put makes them all
  checkFolders(storage, layout.objects);
  // A name that the sweep of `tmp/` knows, and that is none of ours elsewhere: see `isProbe`.
  const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
  const made: string[] = [];
  const at = (path: string, act: (path: string) => void) => {
    try {
      act(storage.folders.to(path));
    } catch (error) {
      throw fileFault(error, path, 'write');
    }
  };
  try {
    const staged = join(layout.tmp, name);
    at(staged, (path) => write(path));
    made.push(staged);
    for (const folder of [logFolder(storage, next), layout.drafts]) {
      if (!isThere(storage, folder)) continue;
      const linked = join(folder, probeName(name));
      try {
        linkSync(storage.folders.to(staged), storage.folders.to(linked));
      } catch (error) {
        throw fileFault(error, linked, 'link');
      }
      made.push(linked);
    }
    const fanned = join(layout.objects, FAN_OUT[randomInt(FAN_OUT.length)] ?? '00');
    if (isThere(storage, fanned)) {
      const renamed = join(fanned, probeName(name));
      at(renamed, (path) => renameSync(storage.folders.to(staged), path));
      made[0] = renamed;
    }
  } finally {
    for (const path of made) at(path, (one) => unlinkSync(one));
  }
}

/** True for the name of a probe that a process left which was killed at that moment. */
export function isProbe(name: string): boolean {
  return /^\.probe-\d+-[0-9a-f]{16}$/.test(name);
}

function probeName(name: string): string {
  return `.probe-${name}`;
}

/** Not flushed: a probe must not be what ends all writing. */
function write(path: string): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeSync(fd, 'probe\n');
  } finally {
    closeSync(fd);
  }
}

/** The folder that the next commit goes to, or the nearest above it that is there. */
function logFolder(storage: Storage, next: number): string {
  let folder = join(storage.layout.log, commitFolder(next));
  while (folder !== storage.layout.root && !isThere(storage, folder)) folder = dirname(folder);
  return folder;
}

/** Looks at each of the 256 folders of artifacts, of which none is opened: a health check does this again and again. */
function checkFolders(storage: Storage, objects: string): void {
  if (!isThere(storage, objects)) return; // a put makes them all
  const folder = storage.folders.folder(objects);
  const there = new Map(readdirSync(folder, { withFileTypes: true }).map((entry) => [entry.name, entry]));
  for (const name of FAN_OUT) {
    const entry = there.get(name);
    if (entry === undefined) continue; // a put makes it
    const path = join(objects, name);
    try {
      if (!entry.isDirectory()) storage.folders.folder(path); // says what is in its place; never of what a link leads to
      accessSync(`${folder}/${name}`, constants.W_OK | constants.X_OK);
    } catch (error) {
      throw fileFault(error, path, 'write');
    }
  }
}

/** @throws StoreError STORE_UNREADABLE when something else is in the place of the folder: no put gets by that */
function isThere(storage: Storage, path: string): boolean {
  try {
    storage.folders.folder(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw fileFault(error, path, 'open');
  }
}
