import type { Occurrence } from '../review/review-facts.ts';
import type { EventRecord } from './event-line.ts';

/** Returns a field that should be text; files may hold anything, so it is looked at before it is used. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns a field that should be a number; 0 when it is none. */
export function number(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

/** Returns a field that should be a list; empty when it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns true when the event is about this config. */
export function isAbout(event: EventRecord, config: string): boolean {
  return event['config.name'] === config || list(event['config.names']).includes(config);
}

/** Returns the tool, command or method an event is about. */
export function toolOf(event: EventRecord): string | undefined {
  return text(event['gen_ai.tool.name']) ?? text(event['mcp.method.name']);
}

/** Returns an event as a review lists it. */
export function occurrence(event: EventRecord): Occurrence {
  const fields = {
    tool: toolOf(event),
    config: text(event['config.name']),
    code: text(event['error.type']),
    rule: text(event['rule']),
    path: text(event['path']),
    durationMs: event['duration_ms'] === undefined ? undefined : number(event['duration_ms']),
  };
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return { time: event.time, event: event['event.name'], level: event.level, ...known };
}
