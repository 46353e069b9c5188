import type { Hex } from '../core/digest.ts';
import { number, text } from './event-fields.ts';
import type { EventRecord } from './event-line.ts';

/** A commit as the log has it. */
export interface LogEntry {
  readonly index: number;
  readonly commit: Hex;
  readonly time: string;
}

/** How log and telemetry agree. The log is the proof; telemetry may have gaps without harm. */
export interface Reconciliation {
  readonly commits: number;
  /** Commits with an event that names them. */
  readonly matched: number;
  /** Commits made before the oldest event that is kept: nothing can be said of those. */
  readonly beforeEvents: number;
  /** Commits that should have an event and have none: telemetry was off, failing, or lines were removed. */
  readonly withoutEvent: readonly LogEntry[];
  /** Events that name no commit of this log: the log was rolled back or replaced, or the line is made up. */
  readonly withoutCommit: readonly LogEntry[];
}

/**
 * Compares the commits of the log with the `config.committed` events.
 *
 * @param commits every commit of the log, from index 0
 * @param events every event that is kept, in batches
 */
export async function reconcile(
  commits: AsyncIterable<LogEntry> | Iterable<LogEntry>,
  events: AsyncIterable<readonly EventRecord[]>,
): Promise<Reconciliation> {
  const log = new Map<Hex, LogEntry>();
  for await (const entry of commits) log.set(entry.commit, entry);
  const matched = new Set<Hex>();
  const withoutCommit: LogEntry[] = [];
  let oldest: string | undefined;
  for await (const batch of events) {
    for (const event of batch) {
      if (oldest === undefined || event.time < oldest) oldest = event.time;
      if (event['event.name'] !== 'config.committed') continue;
      const named = { index: number(event['log.index']), commit: text(event['log.commit']) ?? '', time: event.time };
      if (log.get(named.commit)?.index === named.index) matched.add(named.commit);
      else withoutCommit.push(named);
    }
  }
  const unmatched = [...log.values()].filter(({ commit }) => !matched.has(commit));
  const withoutEvent = unmatched.filter(({ time }) => oldest !== undefined && time >= oldest);
  return {
    commits: log.size,
    matched: matched.size,
    beforeEvents: unmatched.length - withoutEvent.length,
    withoutEvent,
    withoutCommit,
  };
}
