import { sha256Hex } from '../../core/digest.ts';
import type { CommitLog, LogRange } from '../../engine/port.ts';
import type { CommitRecord } from '../commits/commit-record.ts';

/** Commits that are read and verified together. */
const RUN = { commits: 256, bytes: 16 * 1_048_576 } as const;

/**
 * Reads the commits after a head. Where only a request can tell whether there are any, the head is read with them, so that
 * each look notices another log under this process: undefined then.
 *
 * @param seen what was read of the log a moment ago, taken instead of a request where it holds the head
 */
export async function readAfter(
  log: CommitLog,
  head: CommitRecord | undefined,
  seen: LogRange | undefined,
): Promise<LogRange | undefined> {
  if (head === undefined) return log.readRange(0, { ...RUN, commits: 1 });
  if (log.peek(head.index + 1) !== undefined) return log.readRange(head.index + 1, RUN);
  const range = from(head.index, seen) ?? (await log.readRange(head.index, RUN));
  const [own, ...envelopes] = range.envelopes;
  if (own === undefined || sha256Hex(own) !== head.id) return undefined;
  return { first: head.index + 1, envelopes, more: range.more };
}

/** Returns the part of a range that begins at an index; undefined where it does not hold that. */
function from(index: number, range: LogRange | undefined): LogRange | undefined {
  if (range === undefined || index < range.first || index >= range.first + range.envelopes.length) return undefined;
  return { ...range, first: index, envelopes: range.envelopes.slice(index - range.first) };
}
