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

/** Entries of which form, place and rights are verified, and the signatures are being verified. */
export interface BegunRun {
  readonly entries: readonly Uint8Array[];
  /** The commits that they are, up to the first entry that is none. */
  readonly records: readonly CommitRecord[];
  /** For each commit, settles with the verdict on its signature. */
  readonly signatures: readonly Promise<void>[];
  /** Why the next entry is not a commit, where there is one. */
  readonly fault: StoreError | undefined;
  /** False where what follows can be judged only once this is taken over: it ended at a key commit or a fault. */
  readonly isOpen: boolean;
}

/** Verifies entries that follow `head`, in order: `endRun(beginRun(…), …)`. */
export async function verifyRun(
  entries: readonly Uint8Array[],
  head: CommitRecord | undefined,
  keyring: Keyring,
  versions: VersionsBefore,
): Promise<Run> {
  return endRun(beginRun(entries, head, keyring), versions);
}

/**
 * Begins to verify entries that follow `head`, the signatures of more than a few in the thread pool. Ends at a key commit, since what
 * follows is judged by the keyring it makes, and at the first entry that is no commit.
 */
export function beginRun(entries: readonly Uint8Array[], head: CommitRecord | undefined, keyring: Keyring): BegunRun {
  const records: CommitRecord[] = [];
  const signatures: Promise<void>[] = [];
  const where = entries.length > FEW ? 'pool' : 'here';
  let previous = head;
  for (const bytes of entries) {
    const index = (previous?.index ?? -1) + 1;
    const place = { index, previous: previous?.id ?? null, store: keyring.store, keyring: keyring.newest };
    try {
      const { record, signature } = startVerification(bytes, place, keyring, where);
      signatures.push(signature);
      records.push(record);
      previous = record;
      if (record.statement.keys.length > 0) return { entries, records, signatures, fault: undefined, isOpen: false };
    } catch (error) {
      return { entries, records, signatures, fault: notACommit(index, toStoreError(error)), isOpen: false };
    }
  }
  return { entries, records, signatures, fault: undefined, isOpen: true };
}

/** Waits for the signatures, and judges what the commits say of configs by the versions before them. */
export async function endRun({ records: begun, signatures, fault }: BegunRun, versions: VersionsBefore): Promise<Run> {
  const verdicts = await Promise.allSettled(signatures);
  const bad = verdicts.findIndex(({ status }) => status === 'rejected');
  const verdict = verdicts[bad];
  const pending = new PendingVersions(versions);
  const records: CommitRecord[] = [];
  for (const record of bad === -1 ? begun : begun.slice(0, bad)) {
    try {
      const judged = await judgeVersions(record, pending);
      pending.add(judged);
      records.push(judged);
    } catch (error) {
      if (!isStoreError(error, 'CORRUPT')) throw error; // of the cache, which says nothing about the entry
      return { records, fault: notACommit(record.index, error) };
    }
  }
  if (verdict?.status !== 'rejected') return { records, fault };
  return { records, fault: notACommit(begun[bad]?.index ?? 0, toStoreError(verdict.reason)) };
}
