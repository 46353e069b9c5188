import { StoreError, toStoreError } from '../../core/errors.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { linkedNotDurable } from '../commits/faults.ts';
import { finishPurges, putBack } from '../maintain/purge.ts';
import type { LogView } from '../view/log-view.ts';
import { type Built, settled, type Waiting } from './build-batch.ts';
import { commitReceipt } from './receipt.ts';

/** What a batch is appended with. */
export interface AppendParts {
  readonly view: LogView;
  readonly log: FileCommitLog;
  readonly objects: FileObjectStore;
  /** Told of each commit that is durable, before its request is answered. */
  readonly committed: (record: CommitRecord, facts: { bytes: number; durationMs: number }) => void;
}

/**
 * Links a batch in order and answers each request whose commit is durable. Everything is durable before the first link. A
 * request that cannot be written is refused alone; those behind it were signed on top of it and have to be built again.
 *
 * @returns the requests that have no answer yet, and whether that is because another process took an index.
 * @throws StoreError what kept the rest from being linked; those linked before have their answers
 */
export async function appendBatch(
  parts: AppendParts,
  built: readonly Built[],
): Promise<{ left: readonly Waiting[]; lost: boolean }> {
  const { log } = parts;
  const faults = await Promise.all(built.map(faultOf));
  const bad = faults.findIndex((fault) => fault !== undefined);
  const sound = bad === -1 ? built.length : bad;
  let linked = 0;
  try {
    const unknown = faults.find((fault) => fault?.code === 'STATE_UNKNOWN');
    if (unknown !== undefined) throw unknown;
    for (const { staged } of built.slice(0, sound)) {
      if ((await log.link(staged)) === 'conflict') break;
      linked++;
    }
  } finally {
    for (const { staged } of built.slice(linked)) log.drop(staged);
    if (linked > 0) await settle(parts, built.slice(0, linked));
  }
  const lost = linked < sound;
  if (!lost && bad !== -1) built[bad]?.waiting.reject(faults[bad]);
  return { left: built.slice(lost || bad === -1 ? linked : linked + 1).map(({ waiting }) => waiting), lost };
}

/** Waits until artifacts, envelope and the check of the signature have all come to their end. */
async function faultOf({ waiting, staged, verified }: Built): Promise<StoreError | undefined> {
  const ends = await Promise.allSettled([settled(waiting.artifacts), staged.durable, verified]);
  const faults = ends.flatMap((end) => (end.status === 'rejected' ? [toStoreError(end.reason)] : []));
  return faults.find(({ code }) => code === 'STATE_UNKNOWN') ?? faults[0];
}

/** After the folder's fsync the commits are durable: from here on the answer is success, whatever else happens. */
async function settle({ log, view, objects, committed }: AppendParts, done: readonly Built[]): Promise<void> {
  try {
    for (const index of log.foldersOf(done.map(({ record }) => record.index))) await log.syncFolder(index);
  } catch (error) {
    throw linkedNotDurable(error);
  }
  for (const { record } of done) view.acceptOwn(record);
  for (const { waiting, plan, record } of done) {
    const puts = waiting.request.changes.filter((change) => change.action === 'put');
    let fault: StoreError | undefined;
    try {
      for (const { bytes } of puts) await putBack(bytes, record, view, objects);
      await finishPurges(record, view, objects);
    } catch (error) {
      fault = committedButUnfinished(record, toStoreError(error));
    }
    const bytes = puts.reduce((sum, change) => sum + change.bytes.length, 0);
    committed(record, { bytes, durationMs: performance.now() - waiting.startedMs });
    if (fault !== undefined) waiting.reject(fault);
    else waiting.resolve({ receipt: commitReceipt(record), versions: plan.versions, committed: true });
  }
}

/** The commit is in the log for good; its own caller alone hears what could not be done after it. */
function committedButUnfinished({ index }: CommitRecord, reason: StoreError): StoreError {
  return new StoreError(
    reason.code,
    `commit ${index} was made, and what comes after it could not be done: ${reason.message}`,
    {
      hint: 'Mend what the message names. Then put the same content again; a purge is finished by the next process that writes.',
      details: { index },
      cause: reason,
    },
  );
}
