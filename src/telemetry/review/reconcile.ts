import type { Hex } from '../../core/digest.ts';
import { number, text } from '../events/event-fields.ts';
import type { EventRecord } from '../events/event-line.ts';

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
 * Compares the commits of the log with the `config.committed` events. Reads the events first: each was written after its
 * commit, so a commit it names is there by the time the log is read.
 *
 * @param commits every commit of the log, from index 0
 * @param events every event that is kept, in batches
 * @param settledMs commits made later than this may have no event yet, and are not counted as without one
 */
export async function reconcile(
  commits: Iterable<LogEntry> | AsyncIterable<LogEntry>,
  events: AsyncIterable<readonly EventRecord[]>,
  settledMs: number,
): Promise<Reconciliation> {
  const named = new Map<Hex, LogEntry>();
  let oldest: string | undefined;
  for await (const batch of events) {
    for (const event of batch) {
      if (oldest === undefined || event.time < oldest) oldest = event.time;
      if (event['event.name'] !== 'config.committed') continue;
      const commit = text(event['log.commit']) ?? '';
      named.set(commit, { index: number(event['log.index']), commit, time: event.time });
    }
  }
  const settled = new Date(settledMs).toISOString();
  const withoutEvent: LogEntry[] = [];
  let count = 0;
  let matched = 0;
  let beforeEvents = 0;
  for await (const entry of commits) {
    count++;
    if (named.get(entry.commit)?.index === entry.index) {
      matched++;
      named.delete(entry.commit);
    } else if (oldest === undefined || entry.time < oldest) beforeEvents++;
    else if (entry.time <= settled) withoutEvent.push(entry);
  }
  return { commits: count, matched, beforeEvents, withoutEvent, withoutCommit: [...named.values()] };
}
