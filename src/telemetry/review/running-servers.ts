import type { Notice } from '../../core/notice.ts';
import { thousands } from '../../core/thousands.ts';
import type { EventRecord } from '../events/event-line.ts';

/** More servers than this are not followed, so that memory has a bound. */
const MAX_SERVERS = 10_000;
/** A server that did something so lately runs; milliseconds. */
const RECENT_MS = 10 * 60_000;

/** Follows which servers began and did not report their end. */
export class RunningServers {
  /** By session: when it began, and its newest event. */
  readonly #began = new Map<string, { readonly time: string; newest: string }>();

  add(event: EventRecord): void {
    const session = String(event['mcp.session.id'] ?? '');
    const known = this.#began.get(session);
    if (event['event.name'] === 'server.stopped') this.#began.delete(session);
    else if (known !== undefined && event.time > known.newest) known.newest = event.time;
    else if (event['event.name'] === 'server.started' && this.#began.size < MAX_SERVERS)
      this.#began.set(session, { time: event.time, newest: event.time });
  }

  /** Returns a warning where there are servers without an end. @param nowMs the end of the review */
  notices(nowMs: number): Notice[] {
    const since = new Date(nowMs - RECENT_MS).toISOString();
    const silent = [...this.#began.values()].filter(({ newest }) => newest < since);
    const last = silent
      .map(({ time }) => time)
      .sort()
      .at(-1);
    if (last === undefined) return [];
    const servers = silent.length === 1 ? '1 server has' : `${thousands(silent.length)} servers have`;
    return [
      {
        severity: 'warning',
        code: 'NO_STOP_EVENT',
        message: `${servers} no stop event, the last one begun at ${last}`,
        hint: 'It still runs, or it was killed: by a limit of its memory, or with its machine.',
      },
    ];
  }
}
