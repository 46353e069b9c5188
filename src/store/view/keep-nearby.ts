import type { CommitLog } from '../../engine/port.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import type { Witness } from './witness.ts';

/** Hands verified commits of ours to an engine that keeps a copy nearby, and what they purge. */
export function keepNearby(
  log: CommitLog,
  witness: Witness,
  envelopes: readonly Uint8Array[],
  records: readonly CommitRecord[],
): void {
  const [first] = records;
  if (first === undefined || witness.whose(first.statement.store) !== 'ours') return;
  const purged = records.flatMap(({ purges }) => purges.map(({ digest }) => digest));
  if (envelopes.length > 0 || purged.length > 0) log.keep(first.index, envelopes, purged);
}
