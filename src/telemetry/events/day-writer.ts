import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_MS, dayFileName, expiredFiles, utcDate } from './day-file.ts';

/** How often a file that stays open is looked at again, because it may have been removed; milliseconds. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Appends lines to the file of the day, shared with any number of processes: the file is opened with O_APPEND and a line is
 * one write(2), which the kernel places whole at the file's end (POSIX.1-2024, write: "no intervening file modification").
 */
export class DayWriter {
  readonly #folder: string;
  readonly #days: number;
  #fd: number | undefined;
  #day = Number.NaN;
  #lookAgainAtMs = 0;
  #torn = false;

  /** @param days how many daily files are kept, today's among them */
  constructor(folder: string, days: number) {
    this.#folder = folder;
    this.#days = days;
  }

  /**
   * Appends one line to the file that the time belongs to, making folder (0700) and file (0600) where they are missing.
   *
   * @throws the file system's error; nothing, or a torn line, was written then.
   */
  append(line: string, nowMs: number): void {
    const fd = this.#fileAt(nowMs);
    // After a torn line of ours, a line break keeps the next event readable.
    const bytes = Buffer.from(this.#torn ? `\n${line}` : line);
    const written = writeSync(fd, bytes);
    this.#torn = written < bytes.length;
    if (this.#torn)
      throw Object.assign(new Error(`only ${written} of ${bytes.length} bytes were written`), { code: 'ENOSPC' });
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #fileAt(nowMs: number): number {
    const day = Math.floor(nowMs / DAY_MS);
    if (
      this.#fd !== undefined &&
      day === this.#day &&
      nowMs < this.#lookAgainAtMs &&
      nowMs >= this.#lookAgainAtMs - LOOK_AGAIN_MS
    )
      return this.#fd;
    this.#lookAgainAtMs = nowMs + LOOK_AGAIN_MS;
    if (this.#fd !== undefined && day === this.#day && fstatSync(this.#fd).nlink > 0) return this.#fd;
    this.close();
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const fd = openSync(join(this.#folder, dayFileName(utcDate(nowMs))), 'a', 0o600);
    this.#fd = fd;
    this.#day = day;
    this.#torn = false;
    this.#removeExpired(nowMs);
    return fd;
  }

  #removeExpired(nowMs: number): void {
    for (const name of expiredFiles(readdirSync(this.#folder), nowMs, this.#days)) {
      try {
        unlinkSync(join(this.#folder, name));
      } catch (error) {
        // Another process may have been quicker; a file that stays is tried again tomorrow, and costs only space.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        return;
      }
    }
  }
}
