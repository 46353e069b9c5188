import { chmodSync, chownSync, existsSync, type Stats, statSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isStoreError } from '../../core/errors.ts';
import { Durable, type TmpFile } from '../../disk/durable.ts';
import { copiesToDrop, freeCopyPath } from './backup-copy.ts';
import { errnoOf, partlyWritten, targetChanged, targetFault, unconfirmed } from './target-fault.ts';
import { isUnchanged, type TargetFile } from './target-file.ts';

/** How a file was written. */
export interface Replaced {
  /** The copy of what was there; undefined when there was no file. */
  readonly backup: string | undefined;
  /** True where the file could not be replaced as a whole: a reader may have seen half of it for a moment. */
  readonly inPlace: boolean;
}

/** The parts of the machine that writing needs; given in tests. */
export interface ReplaceOptions {
  readonly durable?: Durable;
  readonly now?: () => Date;
}

/**
 * Writes a client's file: a dated copy next to it first, then the new text in a file next to it, flushed, then renamed
 * over it. Mode and owner stay. Where a rename cannot work (a file that is a mount of its own, an owner that cannot be
 * given) it is written in place. A file that is not there yet is made with mode 0600, because such files hold tokens.
 *
 * @throws StoreError `TARGET_CHANGED` when the file is not as it was read; `ARGUMENT_INVALID`, `STORE_FULL`;
 * `STATE_UNKNOWN` when it was written, in part or without the disk's word for it
 */
export async function replaceTarget(
  target: TargetFile,
  text: string,
  { durable = new Durable(), now = () => new Date() }: ReplaceOptions = {},
): Promise<Replaced> {
  if (!(await isUnchanged(target))) throw targetChanged(target.path);
  const bytes = Buffer.from(text, 'utf8');
  try {
    if (target.bytes === undefined) {
      await create(target, bytes, durable);
      return { backup: undefined, inPlace: false };
    }
    const stats = statSync(target.realPath);
    const backup = freeCopyPath(target.realPath, now());
    await durable.publish(stageLike(target.realPath, target.bytes, stats, durable).file, backup);
    const inPlace = await replace(target, bytes, stats, durable, backup);
    await dropOldCopies(target.realPath, durable);
    return { backup, inPlace };
  } catch (error) {
    // Only of an error of the file system it is not said yet whether the file was written.
    const isOpen = errnoOf(error) !== undefined && !isStoreError(error, 'STATE_UNKNOWN');
    if (isOpen && (await holds(target.realPath, bytes))) throw unconfirmed(target.path, error);
    throw targetFault(error, target.path, 'written');
  }
}

async function holds(path: string, bytes: Buffer): Promise<boolean> {
  const there = await readFile(path).catch(() => undefined);
  return there?.equals(bytes) ?? false;
}

async function dropOldCopies(file: string, durable: Durable): Promise<void> {
  try {
    for (const old of await copiesToDrop(file)) await durable.remove(old);
  } catch {
    // one copy too many does no harm, and the next run tries again
  }
}

async function create(target: TargetFile, bytes: Buffer, durable: Durable): Promise<void> {
  const folder = dirname(target.realPath);
  if (!existsSync(folder)) await durable.makeFolders(folder);
  const file = durable.stage(folder, bytes, 0o600);
  await refuseIfChanged(target, file, durable);
  await durable.publish(file, target.realPath);
}

async function replace(
  target: TargetFile,
  bytes: Buffer,
  stats: Stats,
  durable: Durable,
  backup: string,
): Promise<boolean> {
  const { file, isOwned } = stageLike(target.realPath, bytes, stats, durable);
  await refuseIfChanged(target, file, durable);
  if (isOwned) {
    try {
      await durable.publish(file, target.realPath);
      return false;
    } catch (error) {
      if (errnoOf(error) !== 'EBUSY') throw error;
    }
  } else durable.drop(file);
  try {
    await writeFile(target.realPath, bytes, { flag: 'r+' });
    await truncate(target.realPath, bytes.length);
    await durable.syncFile(target.realPath);
  } catch (cause) {
    throw partlyWritten(target.path, backup, cause);
  }
  return true;
}

/** Makes a file next to `path` with the same mode, and where possible the same owner. */
function stageLike(
  path: string,
  bytes: Buffer,
  { mode, uid, gid }: Stats,
  durable: Durable,
): { file: TmpFile; isOwned: boolean } {
  const file = durable.stage(dirname(path), bytes, 0o600);
  try {
    const own = statSync(file.path);
    let isOwned = own.uid === uid && own.gid === gid;
    if (!isOwned) isOwned = giveTo(file.path, uid, gid);
    chmodSync(file.path, mode & 0o777);
    return { file, isOwned };
  } catch (error) {
    durable.drop(file);
    throw error;
  }
}

function giveTo(path: string, uid: number, gid: number): boolean {
  try {
    chownSync(path, uid, gid);
    return true;
  } catch {
    return false; // only root may give files away; the caller then keeps the file itself, and with it the owner
  }
}

async function refuseIfChanged(target: TargetFile, file: TmpFile, durable: Durable): Promise<void> {
  await file.durable;
  if (await isUnchanged(target)) return;
  durable.drop(file);
  throw targetChanged(target.path);
}
