import type { StoreFeed } from '../store/api/feed.ts';
import type { LogEntry } from '../telemetry/review/reconcile.ts';

/** Yields every commit of the log from index 0: what telemetry is compared with. @throws StoreError CORRUPT */
export async function* logEntries(feed: StoreFeed): AsyncGenerator<LogEntry> {
  for await (const { index, commit, statement } of feed.commits(0))
    if (commit !== undefined && statement !== undefined) yield { index, commit, time: statement.time };
}
