import { isStoreError } from '../../core/errors.ts';
import type { CommitEntry } from '../api/versions.ts';
import { brokenChain } from '../commits/chain-walk.ts';
import type { LogView } from '../view/log-view.ts';

/**
 * The newest commits of the log itself, newest first: each read, its signature checked, and followed by the one before it
 * through `previous`. What cannot be read or does not fit is `corrupt`; those below it are judged on their own.
 */
export function recentCommits(view: LogView, limit: number): CommitEntry[] {
  const entries: CommitEntry[] = [];
  let previous = view.head?.id ?? null;
  for (let index = view.head?.index ?? -1; index >= 0 && entries.length < limit; index--) {
    const entry = entryAt(view, index, previous);
    entries.push(entry);
    previous = entry.statement?.previous ?? null;
  }
  return entries;
}

/** @param expected the id that the commit after it names; null when that one is corrupt */
function entryAt(view: LogView, index: number, expected: string | null): CommitEntry {
  try {
    const record = view.commits.at(index);
    if (expected !== null && record.id !== expected) throw brokenChain(index, false);
    const verdict = view.commits.untrusted(record) === undefined ? 'ok' : 'untrusted';
    return { index, verdict, commit: record.id, keyId: record.keyId, statement: record.statement };
  } catch (error) {
    if (isStoreError(error)) return { index, verdict: 'corrupt' };
    throw error;
  }
}
