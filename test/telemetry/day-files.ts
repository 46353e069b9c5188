import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventRecord } from '../../src/telemetry/events/event-line.ts';

/** One `tool.called`, with what a test wants different. */
export function call(time: string, fields: Readonly<Record<string, unknown>> = {}): EventRecord {
  return {
    level: 'info',
    time,
    'event.name': 'tool.called',
    'gen_ai.tool.name': 'get_config',
    outcome: 'ok',
    duration_ms: 1,
    ...fields,
  };
}

/** One `config.committed`. */
export function committed(time: string, index: number, fields: Readonly<Record<string, unknown>> = {}): EventRecord {
  return {
    level: 'info',
    time,
    'event.name': 'config.committed',
    'config.names': ['a/b'],
    'config.versions': [index],
    'log.index': index,
    'log.commit': commitId(index),
    ...fields,
  };
}

/** A made-up commit id. */
export function commitId(index: number): string {
  return index.toString(16).padStart(64, '0');
}

/** Appends events to the day files their times belong to. */
export async function writeEvents(folder: string, events: readonly EventRecord[]): Promise<void> {
  for (const event of events) {
    const file = join(folder, `events-${event.time.slice(0, 10)}.jsonl`);
    await appendFile(file, `${JSON.stringify(event)}\n`);
  }
}
