import type { FileHandle } from 'node:fs/promises';
import { utcDate } from '../events/day-file.ts';
import { codeOf, isFromFuture, list, nameOf } from '../events/event-fields.ts';
import { type EventRecord, MAX_LINE_BYTES, parseEventLine } from '../events/event-line.ts';
import { openDayFile } from './open-day-file.ts';

/** Bytes read at once, from the end; a quiet quarter of an hour fits into one. */
const BLOCK_BYTES = 65_536;
const LINE_FEED = 0x0a;
/** Processes write their first events a moment after they happen, so lines are in order only almost; milliseconds. */
const DISORDER_MS = 5_000;
/** More of a file's end is not looked at: 160,000 events, or what another program wrote there. */
const MAX_BYTES = 64 * 1_048_576;
/** More codes say nothing more. */
const MAX_CODES = 10;

/** The faults of the store itself in a time. */
export interface CriticalEvents {
  readonly count: number;
  /** Their codes, newest first, each once, ten at most; `(other)` for one that this release does not know. */
  readonly codes: readonly string[];
}

/**
 * Reads the critical events (level `error`) since a time; those dated later than now are left out. Reads only the end of today's file, backwards, and of
 * yesterday's when the time lies before midnight: its cost does not grow with the file.
 *
 * @throws StoreError STORE_UNREADABLE when a file is there and is no plain file, or cannot be read
 */
export async function criticalEvents(folder: string, sinceMs: number, nowMs: number): Promise<CriticalEvents> {
  const codes = new Set<string>();
  let count = 0;
  for (const date of new Set([utcDate(nowMs), utcDate(sinceMs)])) {
    for await (const event of eventsBackwards(folder, date, sinceMs)) {
      if (event.level !== 'error' || isFromFuture(event, nowMs)) continue;
      count++;
      const code = codeOf(event['error.type']) ?? codeOf(list(event['finding.types'])[0]) ?? nameOf(event);
      if (codes.size < MAX_CODES) codes.add(code);
    }
  }
  return { count, codes: [...codes] };
}

async function* eventsBackwards(folder: string, date: string, sinceMs: number): AsyncGenerator<EventRecord> {
  const file = await openDayFile(folder, date);
  if (file === undefined) return;
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
  const least = Math.max(0, size - MAX_BYTES);
  /** The end of a line whose beginning was not read yet, last part first. */
  let parts: Buffer[] = [];
  let length = 0;
  for (let end = size; end > least; ) {
    const start = Math.max(least, end - BLOCK_BYTES);
    const block = Buffer.alloc(end - start);
    const { bytesRead } = await file.read(block, 0, block.length, start);
    end = start;
    let rest = block.subarray(0, bytesRead);
    for (let at = rest.lastIndexOf(LINE_FEED); at >= 0; at = rest.lastIndexOf(LINE_FEED)) {
      parts.push(rest.subarray(at + 1));
      const line = Buffer.concat(parts.reverse());
      if (line.length > 0 && length <= MAX_LINE_BYTES) yield line.toString('utf8');
      [parts, length] = [[], 0];
      rest = rest.subarray(0, at);
    }
    length += rest.length;
    if (length <= MAX_LINE_BYTES) parts.push(rest);
    else parts = [];
  }
  if (least === 0 && length > 0 && length <= MAX_LINE_BYTES) yield Buffer.concat(parts.reverse()).toString('utf8');
}
