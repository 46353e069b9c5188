import type { FileHandle } from 'node:fs/promises';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { dayFileName, utcDate } from '../events/day-file.ts';
import { type EventRecord, MAX_LINE_BYTES, parseEventLines } from '../events/event-line.ts';
import { LineBlocks } from './line-blocks.ts';
import { eventDates, openDayFile } from './open-day-file.ts';

/** A span of time, in milliseconds since 1970; both ends belong to it. */
export interface TimeWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Bytes read at once: larger blocks read no faster, and hold more memory at once (512 KiB: twice as much). */
const CHUNK_BYTES = 64 * 1_024;
/** Bytes that hold no event, of all files together, after which a file is left when it goes on like that. */
const MAX_JUNK_BYTES = 64 * 1_048_576;

/**
 * Reads the events of a time window, oldest file first, in batches, in memory that does not grow with their number. Lines
 * that hold no whole event are skipped; so is a file that is removed meanwhile. A folder that is not there holds no events.
 *
 * @param skipped gets each file that is no plain file, cannot be read, or goes on and on without an event; without it, such
 * a file is the failure
 * @throws StoreError STORE_UNREADABLE when the folder, or a file without `skipped`, cannot be read
 */
export async function* readEvents(
  folder: string,
  { sinceMs, untilMs }: TimeWindow,
  skipped: (reason: StoreError) => void = (reason) => {
    throw reason;
  },
): AsyncGenerator<EventRecord[]> {
  const since = new Date(sinceMs).toISOString();
  const until = new Date(untilMs).toISOString();
  const junk = { bytes: 0 };
  for (const date of await eventDates(folder)) {
    if (date < utcDate(sinceMs) || date > utcDate(untilMs)) continue;
    let file: FileHandle | undefined;
    try {
      file = await openDayFile(folder, date);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      skipped(error);
    }
    if (file === undefined) continue;
    try {
      for await (const events of batches(file, junk)) yield events.filter(({ time }) => time >= since && time <= until);
    } catch (error) {
      skipped(unreadableDay(dayFileName(date), folder, error));
    } finally {
      await file.close();
    }
  }
}

/** Yields the events of a file. Another program may leave files that take for ever to read: they are left early. */
async function* batches(file: FileHandle, junk: { bytes: number }): AsyncGenerator<EventRecord[]> {
  const lines = new LineBlocks();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let here = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    const events = parseEventLines(lines.push(chunk.subarray(0, bytesRead)));
    if (events.length > 0) yield events;
    else {
      here += bytesRead;
      junk.bytes += bytesRead;
      if (here > MAX_LINE_BYTES && junk.bytes > MAX_JUNK_BYTES) throw new Error('it holds no events, and goes on');
    }
  }
  yield parseEventLines(lines.rest());
}

function unreadableDay(name: string, folder: string, cause: unknown): StoreError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new StoreError('STORE_UNREADABLE', `${name} in ${folder} cannot be read to its end (${code ?? message})`, {
    hint: 'The rest of that file was left out. Look at it: another program may have written it.',
    cause,
  });
}
