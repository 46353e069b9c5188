import { type FileHandle, lstat, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileFault } from '../../disk/file-fault.ts';
import { fileKind, otherKind } from '../../disk/file-kind.ts';
import { READ_FLAGS } from '../../disk/opened-file.ts';
import { dayFileName, dayOf } from '../events/day-file.ts';

/** The most day files that are looked at, the newest: as many days as can be kept. */
const MAX_DAYS = 3_650;

/**
 * Opens the file of a UTC day; `undefined` when there is none. It has to be a regular file and no link: nothing is waited
 * for, and nothing outside the folder is read.
 *
 * @throws StoreError STORE_UNREADABLE when something else is there, or it cannot be read
 */
export async function openDayFile(folder: string, date: string): Promise<FileHandle | undefined> {
  const path = join(folder, dayFileName(date));
  let file: FileHandle;
  try {
    file = await open(path, READ_FLAGS);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const stats = await lstat(path).catch(() => undefined);
    throw stats === undefined || stats.isFile()
      ? fileFault(error, path, 'read')
      : otherKind(path, fileKind(stats), 'plain file');
  }
  const stats = await file.stat();
  if (stats.isFile()) return file;
  await file.close();
  throw otherKind(path, fileKind(stats), 'plain file');
}

/**
 * Returns the UTC dates there are day files of, oldest first; none when there is no folder.
 *
 * @throws StoreError STORE_UNREADABLE when it is no folder, or a link to one, or cannot be listed
 */
export async function eventDates(folder: string): Promise<string[]> {
  const dates: string[] = [];
  try {
    const stats = await lstat(folder);
    if (!stats.isDirectory()) throw otherKind(folder, fileKind(stats), 'folder');
    for await (const { name } of await opendir(folder, { bufferSize: 256 })) {
      const date = dayOf(name);
      if (date !== undefined) dates.push(date);
      if (dates.length > 2 * MAX_DAYS) keepNewest(dates);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFault(error, folder, 'list');
  }
  keepNewest(dates);
  return dates;
}

function keepNewest(dates: string[]): void {
  dates.sort();
  dates.splice(0, Math.max(0, dates.length - MAX_DAYS));
}
