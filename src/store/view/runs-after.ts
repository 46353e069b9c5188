import type { CommitLog, LogRange } from '../../engine/port.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { readAfter } from './read-after.ts';
import { type BegunRun, beginRun, endRun, type Run } from './verify-run.ts';
import type { Versions } from './versions.ts';

/** How far the log is taken in. */
export interface Taken {
  readonly head: CommitRecord | undefined;
  readonly keyring: Keyring;
}

/**
 * Reads and verifies what follows the newest commit that is taken in, run by run; each has to be taken in before the next is asked
 * for. The signatures of one run are verified while the next is read. Ends with the log, or with `moved` where it is another now.
 *
 * @param taken says how far the log is taken in now
 * @param seen what was read of the log a moment ago
 */
export async function* runsAfter(
  log: CommitLog,
  taken: () => Taken,
  versions: Versions,
  seen: LogRange | undefined,
): AsyncGenerator<(Run & { readonly entries: readonly Uint8Array[] }) | 'moved'> {
  let known = seen;
  let run: BegunRun | undefined;
  const last = () => run?.records.at(-1) ?? taken().head;
  const next = () => (last()?.index ?? -1) + 1;
  const ended = async (begun: BegunRun) => ({
    entries: begun.entries,
    ...(await endRun(begun, versions.before((taken().head?.index ?? -1) + 1))),
  });
  for (let more = true; more; ) {
    const range = await readAfter(log, last(), known);
    known = undefined;
    if (range === undefined) {
      if (run !== undefined) yield await ended(run);
      yield 'moved';
      return;
    }
    let entries = range.envelopes;
    while (entries.length > 0) {
      const begun = beginRun(entries, last(), taken().keyring);
      if (run !== undefined) yield await ended(run);
      run = begun;
      entries = entries.slice(begun.records.length);
      if (begun.isOpen) continue;
      yield await ended(begun);
      run = undefined;
    }
    more = range.more || (range.envelopes.length > 0 && log.peek(next()) === true);
  }
  if (run !== undefined) yield await ended(run);
}
