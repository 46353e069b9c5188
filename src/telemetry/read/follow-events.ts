import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dayFileName, utcDate } from '../events/day-file.ts';
import { type EventRecord, parseEventLine } from '../events/event-line.ts';
import { LineBlocks } from './line-blocks.ts';

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
 * @throws the file system's error when a file cannot be read.
 */
export async function* followEvents(
  folder: string,
  { signal, now = Date.now }: FollowOptions,
): AsyncGenerator<EventRecord> {
  const pathAt = (timeMs: number) => join(folder, dayFileName(utcDate(timeMs)));
  let path = pathAt(now());
  let offset = await sizeOf(path);
  let lines = new LineBlocks();
  while (!signal.aborted) {
    // Asked for before reading: what comes after midnight goes to another file, so this one is then complete.
    const current = pathAt(now());
    for await (const { text, end } of readFrom(path, offset, lines)) {
      offset = end;
      for (const line of text.split('\n')) {
        const event = parseEventLine(line);
        if (event !== undefined) yield event;
      }
    }
    if (current === path) {
      await pause(signal);
      continue;
    }
    path = current;
    offset = 0;
    lines = new LineBlocks();
  }
}

async function* readFrom(
  path: string,
  offset: number,
  lines: LineBlocks,
): AsyncGenerator<{ text: string; end: number }> {
  if ((await sizeOf(path)) <= offset) return;
  const file = await open(path);
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

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
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
