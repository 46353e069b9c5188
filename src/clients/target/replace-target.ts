import { fchmodSync, fchownSync, fstatSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { isStoreError } from '../../core/errors.ts';
import type { Disk } from '../../disk/disk.ts';
import { Durable, type TmpFile } from '../../disk/durable.ts';
import type { PinnedFolder } from '../../disk/pinned-folder.ts';
import { StorageDisk } from '../../disk/storage-disk.ts';
import { copiesToDrop, copyPath } from './backup-copy.ts';
import { patientDisk } from './patient-disk.ts';
import { errnoOf, partlyWritten, targetChanged, targetFault, unconfirmed } from './target-fault.ts';
import { isUnchanged, readIn, type TargetFile } from './target-file.ts';
import { openTargetFolder } from './target-folder.ts';

/** How a file was written. */
export interface Replaced {
  /** The copy of what was there; undefined when there was no file. */
  readonly backup: string | undefined;
  /** True where the file could not be replaced as a whole: a reader may have seen half of it for a moment. */
  readonly inPlace: boolean;
}

/** The parts of the machine that writing needs; given in tests. */
export interface ReplaceOptions {
  /** Wraps the disk on which the folder is reached through its descriptor. */
  readonly wrap?: (disk: Disk) => Disk;
  readonly now?: () => Date;
}

/** A replacement under way: everything is done in the one folder that was opened. */
interface Work {
  readonly target: TargetFile;
  readonly folder: PinnedFolder;
  readonly durable: Durable;
}

/** A file that was made next to the target, and which one it is. */
interface Staged {
  readonly file: TmpFile;
  readonly stats: Stats;
  /** False where the owner could not be given. */
  readonly isOwned: boolean;
}

/**
 * Writes a client's file: a dated copy next to it first, then the new text in a file next to it, flushed, then renamed
 * over it. Mode and owner stay; the copy is closed to others. Where a rename cannot work (a file that is a mount of its own, an owner that cannot be
 * given), or would leave another name of the file behind with the former content, it is written in place. A file that is not there yet is made with mode 0600, because such files hold tokens.
 *
 * Another user may write the folder, and change any name in it at any moment: so the folder is opened once, owner and mode
 * are given to open files, never to names, and what is renamed or written is compared with what was opened.
 *
 * @throws StoreError `TARGET_CHANGED` when the file is not as it was read; `ARGUMENT_INVALID`, `STORE_FULL`;
 * `STATE_UNKNOWN` when it was written, in part or without the disk's word for it
 */
export async function replaceTarget(
  target: TargetFile,
  text: string,
  { wrap = (disk) => disk, now = () => new Date() }: ReplaceOptions = {},
): Promise<Replaced> {
  const folder = openTargetFolder(target);
  try {
    const work = { target, folder, durable: new Durable(patientDisk(wrap(new StorageDisk(folder)))) };
    if (!isUnchanged(target, folder)) throw targetChanged(target.path);
    return await write(work, Buffer.from(text, 'utf8'), now());
  } finally {
    folder.close();
  }
}

async function write(work: Work, bytes: Buffer, now: Date): Promise<Replaced> {
  const { target } = work;
  try {
    if (target.bytes === undefined || target.stats === undefined) {
      await create(work, bytes);
      return { backup: undefined, inPlace: false };
    }
    const backup = freeCopyPath(work, now);
    // The copy is for its owner alone: such files hold tokens.
    const copy = stageLike(work, target.bytes, target.stats, 0o600);
    await refuseIfSwapped(work, copy);
    await work.durable.publish(copy.file, backup);
    const inPlace = await replace(work, bytes, target.stats, backup);
    await dropOldCopies(work);
    return { backup, inPlace };
  } catch (error) {
    // Only of an error of the file system it is not said yet whether the file was written.
    const isOpen = errnoOf(error) !== undefined && !isStoreError(error, 'STATE_UNKNOWN');
    if (isOpen && holds(work, bytes)) throw unconfirmed(target.path, error);
    throw targetFault(error, target.path, 'written');
  }
}

function holds({ target, folder }: Work, bytes: Buffer): boolean {
  try {
    return readIn(folder, target.realPath, target.path)?.bytes.equals(bytes) ?? false;
  } catch {
    return false; // it is no file by now
  }
}

async function dropOldCopies({ target, folder, durable }: Work): Promise<void> {
  try {
    for (const old of copiesToDrop(target.realPath, readdirSync(folder.folder()))) await durable.remove(old);
  } catch {
    // one copy too many does no harm, and the next run tries again
  }
}

async function create(work: Work, bytes: Buffer): Promise<void> {
  const { target, folder, durable } = work;
  let stats: Stats | undefined;
  const file = durable.stage(folder.path, bytes, 0o600, (fd) => {
    stats = fstatSync(fd);
  });
  if (stats === undefined) throw new Error('a file was made without a look at it');
  await refuseIfSwapped(work, { file, stats, isOwned: true });
  await durable.publish(file, target.realPath);
}

async function replace(work: Work, bytes: Buffer, like: Stats, backup: string): Promise<boolean> {
  const { target, folder, durable } = work;
  const keepsNames = hasOtherNames(work, like);
  const staged = keepsNames ? undefined : stageLike(work, bytes, like);
  if (staged !== undefined) await refuseIfSwapped(work, staged);
  else if (!isUnchanged(target, folder)) throw targetChanged(target.path);
  if (staged?.isOwned) {
    try {
      await durable.publish(staged.file, target.realPath);
      return false;
    } catch (error) {
      if (errnoOf(error) !== 'EBUSY') throw error;
    }
  } else if (staged !== undefined) durable.drop(staged.file);
  try {
    await durable.overwrite(target.realPath, bytes, (fd) => {
      const { dev, ino, nlink } = fstatSync(fd);
      // To root, a file with another name too may be one that its folder's owner may not write.
      const isOther = process.geteuid?.() === 0 && nlink !== 1 && !keepsNames;
      if (dev !== like.dev || ino !== like.ino || isOther) throw targetChanged(target.path);
    });
  } catch (cause) {
    throw isStoreError(cause, 'TARGET_CHANGED') ? cause : partlyWritten(target.path, backup, cause);
  }
  return true;
}

/** A hard link is a person's own, and stays one. Root writes through none that another user could have made. */
function hasOtherNames({ folder }: Work, { nlink, uid }: Stats): boolean {
  if (nlink === 1 || process.geteuid?.() !== 0) return nlink > 1;
  const above = statSync(folder.folder());
  return uid === 0 && above.uid === 0 && (above.mode & 0o022) === 0;
}

/** Makes a file next to the target with the same mode, and where possible the same owner: given to the open file. */
function stageLike(
  { folder, durable }: Work,
  bytes: Buffer,
  { mode, uid, gid }: Stats,
  mask: 0o777 | 0o600 = 0o777,
): Staged {
  let made: Omit<Staged, 'file'> | undefined;
  const file = durable.stage(folder.path, bytes, 0o600, (fd) => {
    const stats = fstatSync(fd);
    const isOwned = (stats.uid === uid && stats.gid === gid) || giveTo(fd, uid, gid);
    fchmodSync(fd, mode & mask);
    made = { stats, isOwned };
  });
  if (made === undefined) throw new Error('a file was made without a look at it');
  return { file, ...made };
}

function giveTo(fd: number, uid: number, gid: number): boolean {
  try {
    fchownSync(fd, uid, gid);
    return true;
  } catch {
    return false; // only root may give files away; the caller then keeps the file itself, and with it the owner
  }
}

/** Goes on only while the target is as it was read, and the name of the staged file leads to the file that was made. */
async function refuseIfSwapped({ target, folder, durable }: Work, { file, stats }: Staged): Promise<void> {
  await file.durable;
  const there = lstatSync(folder.to(file.path), { throwIfNoEntry: false });
  const isOurs = there?.dev === stats.dev && there.ino === stats.ino;
  if (isOurs && isUnchanged(target, folder)) return;
  if (isOurs) durable.drop(file);
  throw targetChanged(target.path);
}

/** Returns a time after the newest copy: a clock that stands still, or was set back, must not cost an older copy. */
function freeCopyPath({ target, folder }: Work, time: Date): string {
  for (let at = time.getTime(); ; at++) {
    const copy = copyPath(target.realPath, new Date(at));
    if (lstatSync(folder.to(copy), { throwIfNoEntry: false }) === undefined) return copy;
  }
}
