import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { dayFileName, utcDate } from '../events/day-file.ts';
import { list, text } from '../events/event-fields.ts';
import { type EventRecord, parseEventLine } from '../events/event-line.ts';

/** Bytes read at once, from the end; a quiet quarter of an hour fits into one. */
const BLOCK_BYTES = 65_536;
/** Processes write their first events a moment after they happen, so lines are in order only almost; milliseconds. */
const DISORDER_MS = 5_000;

/** The faults of the store itself in a time. */
export interface CriticalEvents {
  readonly count: number;
  /** Their codes, newest first, each once. */
  readonly codes: readonly string[];
}

/**
 * Reads the critical events (level `error`) since a time. Reads only the end of today's file, backwards, and of
 * yesterday's when the time lies before midnight: its cost does not grow with the file.
 *
 * @throws the file system's error when a file is there and cannot be read.
 */
export async function criticalEvents(folder: string, sinceMs: number, nowMs: number): Promise<CriticalEvents> {
  const codes: string[] = [];
  for (const date of new Set([utcDate(nowMs), utcDate(sinceMs)])) {
    for await (const event of eventsBackwards(join(folder, dayFileName(date)), sinceMs)) {
      if (event.level === 'error')
        codes.push(text(event['error.type']) ?? text(list(event['finding.types'])[0]) ?? event['event.name']);
    }
  }
  return { count: codes.length, codes: [...new Set(codes)] };
}

async function* eventsBackwards(path: string, sinceMs: number): AsyncGenerator<EventRecord> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    const since = new Date(sinceMs).toISOString();
    const stop = new Date(Math.max(0, sinceMs - DISORDER_MS)).toISOString();
    for await (const line of linesBackwards(file)) {
      const event = parseEventLine(line);
      if (event === undefined) continue;
      if (event.time < stop) return;
      if (event.time >= since) yield event;
    }
  } finally {
    await file.close();
  }
}

async function* linesBackwards(file: FileHandle): AsyncGenerator<string> {
  const { size } = await file.stat();
  let end = size;
  let rest = Buffer.alloc(0);
  while (end > 0) {
    const start = Math.max(0, end - BLOCK_BYTES);
    const block = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(block, 0, block.length, start);
    let bytes = Buffer.concat([block.subarray(0, bytesRead), rest]);
    for (let at = bytes.lastIndexOf(0x0a); at >= 0; at = bytes.lastIndexOf(0x0a)) {
      if (at + 1 < bytes.length) yield bytes.toString('utf8', at + 1);
      bytes = bytes.subarray(0, at);
    }
    rest = bytes;
    end = start;
  }
  if (rest.length > 0) yield rest.toString('utf8');
}
