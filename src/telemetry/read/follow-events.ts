import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { utcDate } from '../events/day-file.ts';
import { type EventRecord, parseEventLine } from '../events/event-line.ts';
import { LineBlocks } from './line-blocks.ts';
import { openDayFile } from './open-day-file.ts';

/** How often the file is looked at; milliseconds. */
const POLL_MS = 250;
const CHUNK_BYTES = 65_536;

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** The clock in milliseconds, for tests. */
  readonly now?: (() => number) | undefined;
}

/**
 * Yields the events that are written from now on, until `signal` is aborted; goes on into the next day's file at
 * midnight UTC, and waits for files that are not there yet.
 *
 * @throws StoreError STORE_UNREADABLE when a file is no plain file, or cannot be read
 */
export async function* followEvents(
  folder: string,
  { signal, now = Date.now }: FollowOptions,
): AsyncGenerator<EventRecord> {
  let date = utcDate(now());
  let offset = await sizeOf(folder, date);
  let lines = new LineBlocks();
  while (!signal.aborted) {
    // Asked for before reading: what comes after midnight goes to another file, so this one is then complete.
    const current = utcDate(now());
    for await (const { text, end } of readFrom(folder, date, offset, lines)) {
      offset = end;
      if (signal.aborted) return;
      for (const line of text.split('\n')) {
        const event = parseEventLine(line);
        if (event !== undefined) yield event;
      }
    }
    if (current === date) {
      await pause(signal);
      continue;
    }
    date = current;
    offset = 0;
    lines = new LineBlocks();
  }
}

async function* readFrom(
  folder: string,
  date: string,
  offset: number,
  lines: LineBlocks,
): AsyncGenerator<{ text: string; end: number }> {
  const file: FileHandle | undefined = await openDayFile(folder, date);
  if (file === undefined) return;
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let end = offset; ; ) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, end);
      if (bytesRead === 0) return;
      end += bytesRead;
      yield { text: lines.push(chunk.subarray(0, bytesRead)), end };
    }
  } finally {
    await file.close();
  }
}

async function sizeOf(folder: string, date: string): Promise<number> {
  const file = await openDayFile(folder, date);
  if (file === undefined) return 0;
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(POLL_MS, undefined, { signal });
  } catch (error) {
    // The wait was cut short by the signal; the loop sees it.
    if (!signal.aborted) throw error;
  }
}
