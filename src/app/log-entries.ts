import { parseEnvelope } from '../core/commit/envelope.ts';
import { parseStatement } from '../core/commit/parse-statement.ts';
import { sha256Hex } from '../core/digest.ts';
import { Durable } from '../disk/durable.ts';
import { FileCommitLog } from '../engine/files/commit-log.ts';
import { storageLayout } from '../engine/files/layout.ts';
import type { LogEntry } from '../telemetry/review/reconcile.ts';

/**
 * Every commit of the log as its files say, from index 0: what telemetry is compared with. Signatures are `verify`'s to
 * check; here a commit is its file's hash.
 *
 * @throws StoreError `CORRUPT`, `STORE_UNREADABLE`
 */
export function* logEntries(storage: string): Generator<LogEntry> {
  const log = new FileCommitLog(storageLayout(storage), new Durable());
  for (let index = 0; ; index++) {
    const bytes = log.readSync(index);
    if (bytes === undefined) return;
    const { time } = parseStatement(Buffer.from(parseEnvelope(bytes).payload).toString('utf8'));
    yield { index, commit: sha256Hex(bytes), time };
  }
}
