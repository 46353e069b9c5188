import { sha256Hex } from '../core/digest.ts';
import { parseEnvelope } from '../core/envelope.ts';
import { parseStatement } from '../core/statement.ts';
import { Durable } from '../durable.ts';
import { storageLayout } from '../store/layout.ts';
import { FileCommitLog } from '../store/log.ts';
import type { LogEntry } from '../telemetry/reconcile.ts';

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
