import { sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError, toStoreError } from '../../core/errors.ts';
import type { Engine, ObjectStore, PendingObject, StagedEntry } from '../../engine/port.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import type { CommitOutcome, CommitRequest } from '../api/writer.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { linkedNotDurable } from '../commits/faults.ts';
import { finishPurges, putBack } from '../maintain/purge.ts';
import type { Proofs } from '../read/proof.ts';
import { hasCommit } from '../view/has-commit.ts';
import type { LogView } from '../view/log-view.ts';
import { changesKeysOrPurges, checkKeyChanges } from './key-changes.ts';
import { type Plan, planCommit } from './plan.ts';
import { PlanLookup } from './plan-lookup.ts';
import { commitReceipt, unchangedOutcome } from './receipt.ts';
import { payloadOf, signStatement, statementOf } from './sign-commit.ts';

/** A request that is not answered yet. */
export interface Waiting {
  readonly request: CommitRequest;
  /** Artifacts that an earlier attempt began to write. */
  readonly artifacts: readonly PendingObject[];
  readonly startedMs: number;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** The parts a commit is made with. */
export interface CommitParts {
  readonly engine: Engine;
  readonly view: LogView;
  readonly proofs: Proofs;
  readonly now: () => Date;
  readonly signingKey: (needsOwner: boolean) => Promise<SigningKey>;
  /** Hears of each commit that is durable, before its request is answered. */
  readonly committed: (record: CommitRecord, facts: { bytes: number; durationMs: number }) => void;
}

/** A request with the commit it becomes, signed and on its way. */
interface Built {
  readonly waiting: Waiting;
  readonly plan: Plan;
  readonly record: CommitRecord;
  readonly staged: StagedEntry;
}

/** Requests that have no answer yet; `lost` when another process took an index. */
export interface Left {
  readonly left: readonly Waiting[];
  readonly lost: boolean;
}

/**
 * Commits the requests of a batch, each as a commit of its own, in the order that docs/design.md, Writing, promises:
 * plan, artifacts, statement, signature, envelope, publish, take over, answer. A request that is refused, or changes nothing,
 * is answered alone; those behind one that could not be written were signed on top of it, and are left for another attempt.
 *
 * @param assumed true when the log was not looked at: then no request is refused, and none is found to change nothing
 * @throws StoreError what kept the rest from being published; those published before have their answers
 */
export async function commitBatch(parts: CommitParts, batch: readonly Waiting[], assumed = false): Promise<Left> {
  const { engine, view } = parts;
  const built: Built[] = [];
  const lookup = new PlanLookup(view, parts.proofs);
  const first = view.next;
  let previous = view.head as CommitRecord;
  let keyring = view.keyring.newest;
  let rest: readonly Waiting[] = [];
  try {
    for (const [i, waiting] of batch.entries()) {
      const { request } = waiting;
      let { artifacts } = waiting;
      lookup.rested = false;
      try {
        const plan = await planCommit(request, previous.index + 1, lookup);
        if (plan.changes.length === 0 && (request.keys ?? []).length === 0) {
          if (lookup.rested || assumed) {
            rest = batch.slice(i); // the answer rests on a commit of this batch that is not in the log yet, or on a look that is due
            break;
          }
          // Nothing new, but an artifact that was damaged or lost is whole again before this says so.
          await settled(artifacts);
          await makeWhole(request, engine);
          waiting.resolve(unchangedOutcome(previous.statement.store, plan));
          continue;
        }
        const key = await parts.signingKey(changesKeysOrPurges(request));
        if (engine.log.peek(first) === true) {
          await abandon(built, engine);
          return { left: [...built.map((one) => one.waiting), ...batch.slice(i)], lost: true };
        }
        checkKeyChanges(request, previous.index + 1, key.keyId, view.keyring);
        const statement = statementOf(request, plan, previous, keyring, parts.now());
        const payload = payloadOf(statement);
        // Only now: a request that is refused leaves no bytes behind. They are flushed while this thread signs.
        if (artifacts.length === 0) artifacts = beginArtifacts(request, plan, engine);
        const { record, envelope, confirm } = signStatement(statement, key, payload);
        const staged = engine.log.stage({ index: record.index, envelope, artifacts, previous: previous.id, confirm });
        built.push({ waiting: { ...waiting, artifacts }, plan, record, staged });
        lookup.add(record);
        previous = record;
        if (statement.keys.length > 0) keyring = record.index;
      } catch (error) {
        if (lookup.rested || assumed) {
          rest = batch.slice(i);
          break;
        }
        await settled(artifacts);
        const reason = toStoreError(error);
        if (reason.code === 'STATE_UNKNOWN') throw reason;
        waiting.reject(reason);
      }
    }
  } catch (error) {
    await abandon(built, engine);
    throw error;
  }
  const { left, lost } = await publish(parts, built);
  return { left: [...left, ...rest], lost };
}

/** Publishes what was built, and answers each request whose commit is durable. */
async function publish(parts: CommitParts, built: readonly Built[]): Promise<Left> {
  if (built.length === 0) return { left: [], lost: false };
  const { log } = parts.engine;
  const faults = await Promise.all(built.map(faultOf));
  const bad = faults.findIndex((fault) => fault !== undefined);
  const sound = bad === -1 ? built : built.slice(0, bad);
  for (const { staged } of built.slice(sound.length)) log.drop(staged);
  const unknown = faults.find((fault) => fault?.code === 'STATE_UNKNOWN');
  let published = 0;
  try {
    if (unknown !== undefined) throw unknown;
    published = await log.publish(sound.map(({ staged }) => staged));
  } catch (error) {
    for (const { staged } of sound) log.drop(staged);
    if (toStoreError(error).code === 'STATE_UNKNOWN') throw linkedNotDurable(error);
    // Some may be in the log all the same: reading says which. Where it cannot be read either, the first reason is said.
    for (const { record } of sound) if (await hasCommit(log, record).catch(() => false)) published++;
    await takeOver(parts, sound.slice(0, published));
    throw error;
  }
  await takeOver(parts, sound.slice(0, published));
  const lost = published < sound.length;
  if (!lost && bad !== -1) built[bad]?.waiting.reject(faults[bad]);
  const from = lost || bad === -1 ? published : published + 1;
  return { left: built.slice(from).map(({ waiting }) => waiting), lost };
}

/** The commits are durable: from here on each answer is success, whatever cache, pin and telemetry do. */
async function takeOver({ view, engine, committed }: CommitParts, done: readonly Built[]): Promise<void> {
  view.acceptOwn(done.map(({ record }) => record));
  for (const { waiting, plan, record } of done) {
    const puts = waiting.request.changes.filter((change) => change.action === 'put');
    let fault: StoreError | undefined;
    try {
      if (!engine.objects.withCommit) for (const { bytes } of puts) await putBack(bytes, record, view, engine);
      await finishPurges(record, view, engine);
    } catch (error) {
      fault = committedButUnfinished(record, toStoreError(error));
    }
    const bytes = puts.reduce((sum, change) => sum + change.bytes.length, 0);
    committed(record, { bytes, durationMs: performance.now() - waiting.startedMs });
    if (fault !== undefined) waiting.reject(fault);
    else waiting.resolve({ receipt: commitReceipt(record), versions: plan.versions, committed: true });
  }
}

/** Waits until artifacts and envelope have come to their end. */
function faultOf({ staged }: Built): Promise<StoreError | undefined> {
  return staged.ready.then(() => undefined, toStoreError);
}

/** Lets what was begun come to its end, so that nothing is written any more once the caller has its answer. */
async function abandon(built: readonly Built[], engine: Engine): Promise<void> {
  for (const { staged } of built) engine.log.drop(staged);
  await Promise.allSettled(built.flatMap(({ staged, waiting }) => [staged.ready, ...waiting.artifacts.map(durable)]));
}

/** Waits for all artifacts. @throws StoreError the first failure, after the last has come to its end */
async function settled(artifacts: readonly PendingObject[]): Promise<void> {
  await Promise.allSettled(artifacts.map(durable));
  await Promise.all(artifacts.map(durable));
}

function durable(artifact: PendingObject): Promise<void> {
  return artifact.durable;
}

/** Puts what a request that changes nothing names, and a durable commit too, where the copy that is there is not sound. */
async function makeWhole(request: CommitRequest, { objects }: Engine): Promise<void> {
  for (const change of request.changes)
    if (change.action === 'put' && !(await isSound(change.bytes, objects))) await objects.put(change.bytes);
}

async function isSound(bytes: Uint8Array, objects: ObjectStore): Promise<boolean> {
  try {
    return (await objects.get(sha256Hex(bytes), bytes.length)) !== undefined;
  } catch (error) {
    if (isStoreError(error, 'CORRUPT')) return false;
    throw error;
  }
}

function beginArtifacts(request: CommitRequest, plan: Plan, { objects }: Engine): PendingObject[] {
  const created = new Set(plan.versions.filter((version) => version.created).map(({ name }) => name));
  return request.changes.flatMap((change) =>
    change.action === 'put' ? [objects.begin(change.bytes, { durablyNamed: !created.has(change.name) })] : [],
  );
}

/** The commit is in the log for good; its own caller alone hears what could not be done after it. */
function committedButUnfinished({ index }: CommitRecord, reason: StoreError): StoreError {
  return new StoreError(
    reason.code,
    `commit ${index} was made, and what comes after it could not be done: ${reason.message}`,
    {
      hint: 'Fix what the message names. Then put the same content again; a purge is finished by the next process that writes.',
      details: { index },
      cause: reason,
    },
  );
}
