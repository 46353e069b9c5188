import { closeSync, fstatSync, mkdirSync, unlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listNames } from '../../disk/list-names.ts';
import { openToAppend } from '../../disk/opened-file.ts';
import { RealFolders } from '../../disk/real-folders.ts';
import { dayFileName, dayNumber, dayOf, expiredDates, utcDate } from './day-file.ts';

/** How often a file that stays open is looked at again, because another process may have removed it; milliseconds. */
const LOOK_AGAIN_MS = 1_000;
/** Names looked at for files past keeping: one day's look must not keep a server from answering. */
const MAX_NAMES = 10_000;

/**
 * Appends lines to the file of the day, shared with any number of processes: the file is opened with O_APPEND and lines that come
 * together are one write(2), which the kernel places whole at the file's end (POSIX.1-2024, write: "no intervening file modification").
 * Folder and file have to be real ones: a link, a FIFO or a file with a second name is never written to.
 */
export class DayWriter {
  readonly #folder: string;
  readonly #folders: RealFolders;
  readonly #days: number;
  #fd: number | undefined;
  #day = Number.NaN;
  #lookAgainAtMs = 0;
  #torn = false;

  /** @param days how many daily files are kept, today's among them */
  constructor(folder: string, days: number) {
    this.#folder = folder;
    this.#folders = new RealFolders(dirname(folder));
    this.#days = days;
  }

  /**
   * Appends lines to the file that the time belongs to, making folder (0700) and file (0600) where they are missing.
   *
   * @throws StoreError STORE_UNREADABLE when something else is in their place; the file system's error otherwise. Nothing,
   * or a part of them whose last line is torn, was written then.
   */
  append(lines: string, nowMs: number): void {
    const fd = this.#fileAt(nowMs);
    // After a torn line of ours, a line break keeps the next event readable.
    const bytes = Buffer.from(this.#torn ? `\n${lines}` : lines);
    const written = writeSync(fd, bytes);
    this.#torn = written < bytes.length;
    if (this.#torn)
      throw Object.assign(new Error(`only ${written} of ${bytes.length} bytes were written`), { code: 'ENOSPC' });
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#folders.close();
  }

  #fileAt(nowMs: number): number {
    const day = dayNumber(nowMs);
    if (
      this.#fd !== undefined &&
      day === this.#day &&
      nowMs < this.#lookAgainAtMs &&
      nowMs >= this.#lookAgainAtMs - LOOK_AGAIN_MS
    )
      return this.#fd;
    this.#lookAgainAtMs = nowMs + LOOK_AGAIN_MS;
    if (this.#fd !== undefined && day === this.#day && fstatSync(this.#fd).nlink === 1) return this.#fd;
    this.close();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const path = join(this.#folder, dayFileName(utcDate(nowMs)));
    const { fd } = openToAppend(this.#folders.to(path), 0o600, path);
    this.#fd = fd;
    this.#day = day;
    this.#torn = false;
    this.#removeExpired(nowMs);
    return fd;
  }

  #removeExpired(nowMs: number): void {
    const dates: string[] = [];
    let looked = 0;
    for (const name of listNames(this.#folders.folder(this.#folder))) {
      if (++looked > MAX_NAMES) break;
      const date = dayOf(name);
      if (date !== undefined) dates.push(date);
    }
    for (const date of expiredDates(dates, utcDate(nowMs), this.#days)) {
      try {
        unlinkSync(this.#folders.to(join(this.#folder, dayFileName(date))));
      } catch {
        // Another process may have been quicker, or it is no file: what stays is tried again tomorrow, and costs only space.
      }
    }
  }
}
