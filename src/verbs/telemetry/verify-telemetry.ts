import { setTimeout as wait } from 'node:timers/promises';
import type { Notice } from '../../core/notice.ts';
import type { Store } from '../../store/api/store.ts';
import { readEvents } from '../../telemetry/read/read-events.ts';
import { type LogEntry, type Reconciliation, reconcile } from '../../telemetry/review/reconcile.ts';
import { collectLeftOut, MAX_TIME_MS } from '../../telemetry/review/review-events.ts';
import { unreadable } from '../../telemetry/review/review-telemetry.ts';
import type { Context } from '../shared/context.ts';

/** Events are written this soon after their commits, or not at all; milliseconds. */
const SETTLE_MS = 2_000;

/** How log and telemetry agree, and which files had to be left out. */
export interface TelemetryVerification extends Reconciliation {
  readonly notices: readonly Notice[];
}

/**
 * Compares events with the log: which commits have no event, and which events name no commit. Where one has none, the same
 * commits are compared once more a moment later: their events may have been on their way, and no clock can tell.
 *
 * @throws StoreError `CORRUPT`, `STORE_UNREADABLE`
 */
export async function verifyTelemetry({ installation, store, telemetry }: Context): Promise<TelemetryVerification> {
  const folder = installation.settings().paths.telemetry;
  const opened = await store();
  await telemetry.flush();
  const compare = async (end?: number) => {
    const { notices, skipped } = collectLeftOut();
    const events = readEvents(folder, { sinceMs: 0, untilMs: MAX_TIME_MS }, skipped);
    return { ...(await reconcile(logEntries(opened), events, end)), notices };
  };
  try {
    const found = await compare();
    if (found.withoutEvent.length === 0) return found;
    await wait(SETTLE_MS);
    return await compare(found.commits);
  } catch (error) {
    throw unreadable(folder, error);
  }
}

async function* logEntries({ feed }: Store): AsyncGenerator<LogEntry> {
  for await (const { index, commit, statement } of feed.commits(0)) {
    // A commit that cannot be read has no time to compare; verifying the store is what reports it.
    if (commit !== undefined && statement !== undefined) yield { index, commit, time: statement.time };
  }
}
