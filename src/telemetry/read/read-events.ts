import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dayFileName, dayOf, utcDate } from '../events/day-file.ts';
import { type EventRecord, parseEventLines } from '../events/event-line.ts';
import { LineBlocks } from './line-blocks.ts';

/** A span of time, in milliseconds since 1970; both ends belong to it. */
export interface TimeWindow {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Bytes read at once: larger blocks read no faster, and hold more memory at once (512 KiB: twice as much). */
const CHUNK_BYTES = 64 * 1_024;

/**
 * Reads the events of a time window, oldest file first, in batches, in memory that does not grow with their number. Lines
 * that hold no whole event are skipped; so is a file that is removed meanwhile. A folder that is not there holds no events.
 *
 * @throws the file system's error when a file cannot be read.
 */
export async function* readEvents(folder: string, { sinceMs, untilMs }: TimeWindow): AsyncGenerator<EventRecord[]> {
  const since = new Date(sinceMs).toISOString();
  const until = new Date(untilMs).toISOString();
  for (const date of await eventDates(folder)) {
    if (date < utcDate(sinceMs) || date > utcDate(untilMs)) continue;
    const file = await openIfThere(join(folder, dayFileName(date)));
    if (file === undefined) continue;
    try {
      for await (const text of blocks(file)) yield parseBlock(text, since, until);
    } finally {
      await file.close();
    }
  }
}

/** Returns the UTC dates there are day files of, oldest first. */
export async function eventDates(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => dayOf(name) ?? []).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    // Past its days, and removed by a server since the folder was listed.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function* blocks(file: FileHandle): AsyncGenerator<string> {
  const lines = new LineBlocks();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) break;
    const text = lines.push(chunk.subarray(0, bytesRead));
    if (text !== '') yield text;
  }
  yield lines.rest();
}

function parseBlock(text: string, since: string, until: string): EventRecord[] {
  return parseEventLines(text).filter(({ time }) => time >= since && time <= until);
}
