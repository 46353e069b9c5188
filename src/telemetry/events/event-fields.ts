import { isHexDigest } from '../../core/digest.ts';
import { ERROR_CODES } from '../../core/errors.ts';
import { isConfigName } from '../../core/name.ts';
import type { Occurrence } from '../review/review-facts.ts';
import { EVENT_CATALOG } from './catalog.ts';
import type { EventRecord } from './event-line.ts';
import { cleanPointer, cleanRule, UNKNOWN } from './sanitize.ts';

// Another program may have written any line of a day file: each field is read by the form that ours gives it.

const CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);
/** Longer ones take part in no sum: a day, in milliseconds. */
const MAX_DURATION_MS = 86_400_000;
/** The longest path that is shown, in UTF-16 code units. */
const MAX_PATH_CHARS = 300;

/** A field that should be a whole number from 0 on; 0 when it is none. */
export function count(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0;
}

/** A field that should be a duration in milliseconds; 0 when it is none, a day at most. */
export function duration(value: unknown): number {
  return typeof value === 'number' && value > 0 ? Math.min(value, MAX_DURATION_MS) : 0;
}

/** A field that should be a list; empty when it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A field that should be a commit id; empty when it is none. */
export function commitOf(event: EventRecord): string {
  const id = event['log.commit'];
  return typeof id === 'string' && isHexDigest(id) ? id : '';
}

/** The code of a failure; `(other)` for one that this release does not know, `undefined` when there is none. */
export function codeOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return CODES.has(value) ? (value as string) : UNKNOWN;
}

/** The name of an event; `(other)` for one that this release does not know. */
export function nameOf(event: EventRecord): string {
  return Object.hasOwn(EVENT_CATALOG, event['event.name']) ? event['event.name'] : UNKNOWN;
}

/** Which configs are meant: one, or all whose names begin with a prefix. */
export interface WantedConfigs {
  readonly config?: string | undefined;
  readonly prefix?: string | undefined;
}

/** True for the name of a config that is meant. */
export function isWanted(name: unknown, { config, prefix }: WantedConfigs): boolean {
  if (config !== undefined && name !== config) return false;
  return prefix === undefined || (typeof name === 'string' && name.startsWith(prefix));
}

/** True when the event is about a config that is meant; about none where no config is named. */
export function isAbout(event: EventRecord, wanted: WantedConfigs): boolean {
  return (
    isWanted(event['config.name'] ?? '', wanted) || list(event['config.names']).some((name) => isWanted(name, wanted))
  );
}

/** Clocks of processes may differ by so much without a word; milliseconds. */
const CLOCKS_DIFFER_MS = 60_000;

/** True when the event is dated later than now: the clock of its process was ahead. */
export function isFromFuture({ time }: EventRecord, nowMs: number): boolean {
  return Date.parse(time) > nowMs + CLOCKS_DIFFER_MS;
}

/** The tool, command or method an event is about. */
export function toolOf(event: EventRecord): string | undefined {
  const name = event['gen_ai.tool.name'] ?? event['mcp.method.name'];
  if (name === undefined) return undefined;
  return typeof name === 'string' && /^[a-z][a-z0-9_ /-]{0,63}$/.test(name) ? name : UNKNOWN;
}

/** An event as a review lists it. */
export function occurrence(event: EventRecord): Occurrence {
  const { 'config.name': config, duration_ms: durationMs, rule } = event;
  const path = cleanPointer(event['path']);
  const fields = {
    tool: toolOf(event),
    config: isConfigName(config) ? config : undefined,
    code: codeOf(event['error.type']),
    rule: cleanRule(rule),
    path: path === undefined || path.length <= MAX_PATH_CHARS ? path : `${path.slice(0, MAX_PATH_CHARS)}…`,
    durationMs: durationMs === undefined ? undefined : duration(durationMs),
  };
  const known = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return { time: event.time, event: nameOf(event), level: event.level, ...known };
}
