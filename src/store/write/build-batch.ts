import { toStoreError } from '../../core/errors.ts';
import type { FileCommitLog, StagedCommit } from '../../engine/files/commit-log.ts';
import type { FileObjectStore, PendingObject } from '../../engine/files/object-store.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import type { CommitOutcome, CommitRequest } from '../api/writer.ts';
import { type CommitRecord, versionRows } from '../commits/commit-record.ts';
import type { LogView } from '../view/log-view.ts';
import { changesKeysOrPurges, checkKeyChanges } from './key-changes.ts';
import { type Plan, planCommit } from './plan.ts';
import { PlanLookup } from './plan-lookup.ts';
import { unchangedOutcome } from './receipt.ts';
import { payloadOf, seal, statementOf } from './sign-commit.ts';

/** A request that is not answered yet. */
export interface Waiting {
  readonly request: CommitRequest;
  /** Settles once it is decided whether the request's texts may be signed. */
  readonly admitted: Promise<void>;
  /** What an earlier attempt began to write. */
  readonly artifacts: readonly PendingObject[];
  readonly startedMs: number;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** A request with the commit it shall become, signed and on its way to the disk. */
export interface Built {
  readonly waiting: Waiting;
  readonly plan: Plan;
  readonly record: CommitRecord;
  readonly staged: StagedCommit;
  readonly verified: Promise<void>;
}

/** What a batch is built with. */
export interface BuildParts {
  readonly view: LogView;
  readonly log: FileCommitLog;
  readonly objects: FileObjectStore;
  readonly now: () => Date;
  readonly signingKey: (needsOwner: boolean) => Promise<SigningKey>;
}

/** How building came out; what is in neither list has been answered. */
export interface Batch {
  readonly built: readonly Built[];
  readonly left: readonly Waiting[];
  /** The index of the first commit was taken meanwhile: nothing was built. */
  readonly lost: boolean;
}

/**
 * Works out, signs and stages each request on top of the one before. What is refused or changes nothing is answered here,
 * unless the answer rests on a commit of this batch that is not in the log yet: then it and what follows are left.
 *
 * @throws StoreError STATE_UNKNOWN
 */
export async function buildBatch(parts: BuildParts, batch: readonly Waiting[]): Promise<Batch> {
  const { view, log, objects } = parts;
  const built: Built[] = [];
  const lookup = new PlanLookup(view);
  let previous = view.head as CommitRecord;
  let keyring = view.keyring.newest;
  const first = previous.index + 1;
  try {
    for (const [i, waiting] of batch.entries()) {
      const { request } = waiting;
      let { artifacts } = waiting;
      lookup.rested = false;
      try {
        const plan = await planCommit(request, previous.index + 1, lookup);
        if (plan.changes.length === 0 && (request.keys ?? []).length === 0) {
          if (lookup.rested) return { built, left: batch.slice(i), lost: false };
          // Nothing new, but an artifact that was damaged or lost is whole again before this says so.
          if (artifacts.length === 0) artifacts = beginArtifacts(request, plan, objects);
          await settled(artifacts);
          waiting.resolve(unchangedOutcome(previous.statement.store, plan));
          continue;
        }
        const key = await parts.signingKey(changesKeysOrPurges(request));
        if (log.probe(first)) {
          await abandon(built, log);
          return { built: [], left: [...built.map((one) => one.waiting), ...batch.slice(i)], lost: true };
        }
        checkKeyChanges(request, previous.index + 1, key.keyId, view.keyring);
        const statement = statementOf(request, plan, previous, keyring, parts.now());
        const payload = payloadOf(statement);
        // Only now: a request that is refused leaves no bytes behind. They are fsynced while this thread signs.
        if (artifacts.length === 0) artifacts = beginArtifacts(request, plan, objects);
        const { record, bytes, verified } = seal(statement, key, payload);
        const staged = log.stage(record.index, bytes);
        built.push({ waiting: { ...waiting, artifacts }, plan, record, staged, verified });
        for (const row of versionRows(record)) lookup.add(row);
        previous = record;
        if (statement.keys.length > 0) keyring = record.index;
      } catch (error) {
        if (lookup.rested) return { built, left: batch.slice(i), lost: false };
        await settled(artifacts);
        const reason = toStoreError(error);
        if (reason.code === 'STATE_UNKNOWN') throw reason;
        waiting.reject(reason);
      }
    }
  } catch (error) {
    await abandon(built, log);
    throw error;
  }
  return { built, left: [], lost: false };
}

/** Lets what was begun come to its end, so that nothing is written any more once the caller has its answer. */
async function abandon(built: readonly Built[], log: FileCommitLog): Promise<void> {
  for (const { staged } of built) log.drop(staged);
  await Promise.allSettled(built.flatMap(({ staged, waiting }) => [staged.durable, ...waiting.artifacts.map(durable)]));
}

/** Waits for all artifacts. @throws StoreError the first failure, after the last has come to its end */
export async function settled(artifacts: readonly PendingObject[]): Promise<void> {
  await Promise.allSettled(artifacts.map(durable));
  await Promise.all(artifacts.map(durable));
}

function durable(artifact: PendingObject): Promise<void> {
  return artifact.durable;
}

function beginArtifacts(request: CommitRequest, plan: Plan, objects: FileObjectStore): PendingObject[] {
  const created = new Set(plan.versions.filter((version) => version.created).map(({ name }) => name));
  return request.changes.flatMap((change) =>
    change.action === 'put' ? [objects.begin(change.bytes, { durablyNamed: !created.has(change.name) })] : [],
  );
}
