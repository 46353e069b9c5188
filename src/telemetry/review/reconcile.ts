import type { CommitId, Hex } from '../../core/digest.ts';
import { commitOf, count } from '../events/event-fields.ts';
import type { EventRecord } from '../events/event-line.ts';

/** A commit as the log has it. */
export interface LogEntry {
  readonly index: number;
  readonly commit: CommitId;
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
  /** True when there were more events than could be compared: then no commit is said to have none. */
  readonly cut: boolean;
}

/** Events that are kept in memory, some 60 MB. The day files may hold any number of made-up ones. */
const MAX_EVENTS = 250_000;

/**
 * Compares the commits of the log with the `config.committed` events. Reads the events first: each was written after its
 * commit, so a commit it names is there by the time the log is read.
 *
 * @param commits every commit of the log, from index 0
 * @param events every event that is kept, in batches
 * @param end commits at this index and later are not looked at
 */
export async function reconcile(
  commits: Iterable<LogEntry> | AsyncIterable<LogEntry>,
  events: AsyncIterable<readonly EventRecord[]>,
  end = Number.POSITIVE_INFINITY,
  maxEvents = MAX_EVENTS,
): Promise<Reconciliation> {
  const named = new Map<Hex, LogEntry>();
  let oldest: string | undefined;
  let cut = false;
  for await (const batch of events) {
    for (const event of batch) {
      if (oldest === undefined || event.time < oldest) oldest = event.time;
      if (event['event.name'] !== 'config.committed') continue;
      const commit = commitOf(event);
      if (named.size >= maxEvents && !named.has(commit)) cut = true;
      else named.set(commit, { index: count(event['log.index']), commit, time: event.time });
    }
  }
  const withoutEvent: LogEntry[] = [];
  let all = 0;
  let matched = 0;
  let beforeEvents = 0;
  for await (const entry of commits) {
    if (entry.index >= end) {
      named.delete(entry.commit);
      continue;
    }
    all++;
    if (named.get(entry.commit)?.index === entry.index) {
      matched++;
      named.delete(entry.commit);
    } else if (oldest === undefined || entry.time < oldest) beforeEvents++;
    else if (!cut) withoutEvent.push(entry);
  }
  return { commits: all, matched, beforeEvents, withoutEvent, withoutCommit: [...named.values()], cut };
}
