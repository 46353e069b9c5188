import { StoreError, toStoreError } from '../../core/errors.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import { commitFolder } from '../../engine/files/layout.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { startCheck } from '../commits/verify-commit.ts';

/** Commits that are read and verified together; their signatures are checked in the thread pool. */
const RUN_LENGTH = 256;

/** What one run brought: commits in order, all verified. */
export interface Run {
  readonly records: readonly CommitRecord[];
  /** One index in each folder of the log that the records are in. */
  readonly folders: readonly number[];
  /** Why the next file in the log is not a commit, where there is one. */
  readonly fault: StoreError | undefined;
  /** True when there is nothing after these now. */
  readonly ended: boolean;
}

/**
 * Reads and verifies the commits that follow `head`, as far as they go, at most a run's length. A run ends at a key
 * commit, since what follows is judged by the keyring it makes.
 */
export async function absorbRun(log: FileCommitLog, head: CommitRecord | undefined, keyring: Keyring): Promise<Run> {
  const started: CommitRecord[] = [];
  const signatures: Promise<void>[] = [];
  let previous = head;
  let fault: StoreError | undefined;
  while (started.length < RUN_LENGTH) {
    const index = (previous?.index ?? -1) + 1;
    const bytes = log.readSync(index);
    if (bytes === undefined) break;
    try {
      const { record, signature } = startCheck(
        bytes,
        { index, previous: previous?.id ?? null, store: keyring.store, keyring: keyring.newest },
        keyring,
      );
      signature.catch(() => undefined); // settled below; a later file's fault must not leave it unhandled
      started.push(record);
      signatures.push(signature);
      previous = record;
      if (record.statement.keys.length > 0) break;
    } catch (error) {
      fault = garbage(index, toStoreError(error));
      break;
    }
  }
  const verdicts = await Promise.allSettled(signatures);
  const bad = verdicts.findIndex(({ status }) => status === 'rejected');
  const records = bad === -1 ? started : started.slice(0, bad);
  const verdict = verdicts[bad];
  if (verdict?.status === 'rejected') fault = garbage((head?.index ?? -1) + 1 + bad, toStoreError(verdict.reason));
  const folders = [...new Map(records.map(({ index }) => [commitFolder(index), index])).values()];
  const next = (records.at(-1)?.index ?? head?.index ?? -1) + 1;
  return { records, folders, fault, ended: fault !== undefined || !log.probe(next) };
}

/** The file at the next index is not a commit of this store: readers go on from the last good one, writers stop. */
function garbage(index: number, cause: StoreError): StoreError {
  return new StoreError(
    cause.code === 'KEY_UNTRUSTED' ? cause.code : 'CORRUPT',
    `what stands at index ${index} of the log is not a commit of this store: ${cause.message}`,
    {
      hint: 'Reads answer from the commit before it. "config-store verify" lists every finding; "config-store repair" moves it to quarantine/ after asking.',
      details: { index },
      cause,
    },
  );
}
