import { isStoreError, type StoreError, toStoreError } from '../../core/errors.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { notACommit } from '../commits/faults.ts';
import { startVerification } from '../commits/verify-commit.ts';
import { judgeVersions, type VersionsBefore } from '../commits/version-rules.ts';
import { PendingVersions } from './pending-versions.ts';

/** So many signatures cost less here than in the thread pool, and are verified before that would have begun where the machine has work. */
const FEW = 16;

/** Commits verified together. */
export interface Run {
  readonly records: readonly CommitRecord[];
  /** Why the next entry is not a commit, where there is one. */
  readonly fault: StoreError | undefined;
}

/**
 * Verifies entries that follow `head`, in order, the signatures of more than a few in the thread pool. Ends at a key commit, since what
 * follows is judged by the keyring it makes, and at the first entry that is no commit.
 */
export async function verifyRun(
  entries: readonly Uint8Array[],
  head: CommitRecord | undefined,
  keyring: Keyring,
  versions: VersionsBefore,
): Promise<Run> {
  const started: CommitRecord[] = [];
  const signatures: Promise<void>[] = [];
  let previous = head;
  let fault: StoreError | undefined;
  const where = entries.length > FEW ? 'pool' : 'here';
  for (const bytes of entries) {
    const index = (previous?.index ?? -1) + 1;
    const place = { index, previous: previous?.id ?? null, store: keyring.store, keyring: keyring.newest };
    try {
      const { record, signature } = startVerification(bytes, place, keyring, where);
      signatures.push(signature);
      started.push(record);
      previous = record;
      if (record.statement.keys.length > 0) break;
    } catch (error) {
      fault = notACommit(index, toStoreError(error));
      break;
    }
  }
  const first = (head?.index ?? -1) + 1;
  const verdicts = await Promise.allSettled(signatures);
  const bad = verdicts.findIndex(({ status }) => status === 'rejected');
  const verdict = verdicts[bad];
  if (verdict?.status === 'rejected') fault = notACommit(first + bad, toStoreError(verdict.reason));
  const pending = new PendingVersions(versions);
  const records: CommitRecord[] = [];
  for (const record of bad === -1 ? started : started.slice(0, bad)) {
    try {
      const judged = await judgeVersions(record, pending);
      pending.add(judged);
      records.push(judged);
    } catch (error) {
      if (!isStoreError(error, 'CORRUPT')) throw error; // of the cache, which says nothing about the entry
      return { records, fault: notACommit(record.index, error) };
    }
  }
  return { records, fault };
}
