import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import type { LogRange } from '../port.ts';
import type { Row } from './line.ts';
import type { Tables } from './tables.ts';

/** The limit of a range. */
export interface RangeLimit {
  readonly commits: number;
  readonly bytes: number;
}

/**
 * Returns the statement that reads a range in one request. A row past a limit comes without its bytes: it says that there is
 * more. Of an entry that is too long for an envelope it reads one byte more than shows it.
 */
export function rangeStatement({ log }: Tables, first: number, { commits, bytes }: RangeLimit): string {
  const entries = `SELECT idx, envelope, octet_length(envelope) AS size FROM ${log} WHERE idx >= ${whole(first)} ORDER BY idx LIMIT ${whole(commits) + 1}`;
  const counted = `SELECT idx, envelope, sum(least(size, ${MAX_ENVELOPE_BYTES + 1})) OVER (ORDER BY idx) AS total, row_number() OVER (ORDER BY idx) AS n FROM (${entries}) entries`;
  const fits = `n <= ${whole(commits)} AND (n = 1 OR total <= ${whole(bytes)})`;
  return `SELECT idx, CASE WHEN ${fits} THEN substring(envelope FROM 1 FOR ${MAX_ENVELOPE_BYTES + 1}) END AS envelope FROM (${counted}) counted ORDER BY idx`;
}

/** Rows that are read as the end of the log; it is seldom longer. */
export const TAIL = 32;

/** Returns a statement that is quickly planned, for the end of the log: as `rangeStatement`, of `TAIL` rows and so 32 MiB at most. */
export function tailStatement({ log }: Tables, first: number, commits = TAIL): string {
  const limit = Math.min(TAIL, whole(commits) + 1);
  return `SELECT idx, substring(envelope FROM 1 FOR ${MAX_ENVELOPE_BYTES + 1}) AS envelope FROM ${log} WHERE idx >= ${whole(first)} ORDER BY idx LIMIT ${limit}`;
}

/** Returns the contiguous commits among the rows of `tailStatement`, within a limit. */
export function tailOf(first: number, rows: readonly Row[], limit?: RangeLimit): LogRange {
  const { envelopes } = rangeOf(first, rows);
  const { commits, bytes } = limit ?? { commits: TAIL, bytes: Number.POSITIVE_INFINITY };
  let total = 0;
  const end = envelopes.findIndex((envelope, i) => {
    total += envelope.length;
    return i >= commits || (i > 0 && total > bytes);
  });
  if (end !== -1) return { first, envelopes: envelopes.slice(0, end), more: true };
  return { first, envelopes, more: envelopes.length === TAIL };
}

/** Returns the contiguous commits among rows that begin at `first`. */
export function rangeOf(first: number, rows: readonly Row[]): LogRange {
  const envelopes: Uint8Array[] = [];
  for (const { idx, envelope } of rows) {
    if (Number(idx) !== first + envelopes.length) break;
    if (envelope === null) return { first, envelopes, more: true };
    envelopes.push(bytesIn(envelope) ?? new Uint8Array()); // of another type: no envelope
  }
  return { first, envelopes, more: false };
}

/** Returns what a column of bytes holds; undefined when it is something else: the types of the tables are their owner's. */
export function bytesIn(value: unknown): Uint8Array | undefined {
  return value instanceof Uint8Array ? value : undefined;
}

function whole(number: number): number {
  if (!Number.isSafeInteger(number)) throw new RangeError(`${number} is no index and no size`);
  return number;
}
