import { sha256Hex } from '../core/digest.ts';
import { type StoreError, toStoreError } from '../errors.ts';
import type { SigningKey } from '../keys/signing-key.ts';
import type { CommitOutcome, CommitRequest } from './api.ts';
import { pause } from './cache-open.ts';
import { linkedNotDurable, lostEveryRace } from './commit-faults.ts';
import { changesKeysOrPurges, checkKeyChanges } from './key-changes.ts';
import type { FileCommitLog, StagedCommit } from './log.ts';
import type { FileObjectStore, PendingObject } from './objects.ts';
import { type Plan, planCommit } from './plan.ts';
import { PlanLookup } from './plan-lookup.ts';
import { finishPurges } from './purge.ts';
import { commitReceipt, unchangedOutcome } from './receipt.ts';
import { type CommitRecord, versionRows } from './rows.ts';
import { seal, statementOf } from './seal.ts';
import type { LogView } from './view.ts';
import type { WriteGate } from './write-gate.ts';

/** How long a commit goes on trying after losing the race for an index, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Commits that are signed in one go: each takes the event loop for about half a millisecond. */
const BATCH = 64;

/** What the committer needs from the store around it. */
export interface CommitterParts {
  readonly view: LogView;
  readonly log: FileCommitLog;
  readonly objects: FileObjectStore;
  readonly gate: WriteGate;
  readonly now: () => Date;
  /** Makes the log's first commit where there is none; throws whatever forbids writing now. Called before each attempt. */
  readonly prepare: (request: Pick<CommitRequest, 'author' | 'keys'>) => Promise<void>;
  readonly signingKey: (needsOwner: boolean) => Promise<SigningKey>;
  /** Told of each commit that is durable, before its request is answered. */
  readonly committed: (record: CommitRecord, facts: { bytes: number; durationMs: number }) => void;
  readonly busy: (facts: { attempts: number; waitedMs: number }) => void;
}

interface Waiting {
  readonly request: CommitRequest;
  readonly artifacts: readonly PendingObject[];
  readonly startedMs: number;
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (error: unknown) => void;
}

interface Built {
  readonly waiting: Waiting;
  readonly plan: Plan;
  readonly record: CommitRecord;
  readonly staged: StagedCommit;
  readonly verified: Promise<void>;
}

/**
 * The one queue through which a process commits. Requests that wait together become a batch: each is a commit of its own,
 * all are written and fsynced in parallel, linked in order, and answered after one fsync of the folder.
 */
export class Committer {
  readonly #parts: CommitterParts;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** After an fsync error the state of the disk is unknown: nothing more is written by this process. */
  #unknown: StoreError | undefined;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /** Why this process stopped writing, if it did. */
  get stopped(): StoreError | undefined {
    return this.#unknown;
  }

  /**
   * Commits all changes of the request, or none. Resolves when the commit is durable.
   *
   * @throws StoreError what `planCommit` throws, and STORE_BUSY, STORE_FULL, STORE_READONLY, STATE_UNKNOWN, KEY_LOCKED, KEY_MISSING …
   */
  commit(request: CommitRequest): Promise<CommitOutcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, artifacts: [], startedMs: performance.now(), resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when everything asked for so far has been answered; then other processes may have the gate. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    this.#parts.gate.close();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // requests made in the same turn become one batch
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#commitAll(batch);
      } catch (error) {
        const reason = toStoreError(error);
        if (reason.code === 'STATE_UNKNOWN') this.#unknown = reason;
        for (const waiting of batch) waiting.reject(reason); // those answered already ignore it
      }
    }
    this.#running = undefined; // in the same turn as the last look at the queue: nothing can be pushed in between
  }

  /** A commit that changes keys goes alone: what follows it may need another key. */
  #nextBatch(): Waiting[] {
    const special = this.#queue.findIndex(({ request }) => changesKeysOrPurges(request));
    const length = special === -1 ? this.#queue.length : Math.max(special, 1);
    return this.#queue.splice(0, Math.min(length, BATCH));
  }

  async #commitAll(batch: readonly Waiting[]): Promise<void> {
    let waiting = batch;
    let lostSince: number | undefined;
    for (let attempts = 1; ; attempts++) {
      if (this.#unknown !== undefined) throw this.#unknown;
      const [first] = waiting;
      if (first === undefined) return;
      await this.#parts.prepare(first.request);
      waiting = await this.#inTurn(waiting);
      if (waiting.length === 0) return;
      lostSince ??= performance.now();
      const waitedMs = performance.now() - lostSince;
      this.#parts.busy({ attempts, waitedMs });
      if (waitedMs > PATIENCE_MS) throw lostEveryRace(waitedMs);
      await pause();
    }
  }

  /** One attempt, when it is this process's turn to append; returns those that lost their index all the same. */
  async #inTurn(waiting: readonly Waiting[]): Promise<readonly Waiting[]> {
    const { gate, prepare, view } = this.#parts;
    const turn = await gate.enter((view.head?.index ?? -1) + 1);
    try {
      const [first] = waiting;
      if (turn.waited && first !== undefined) await prepare(first.request);
      const built = await this.#build(waiting);
      const appended = built.length === 0 ? 0 : await this.#append(built);
      return built.slice(appended).map((one) => one.waiting);
    } finally {
      turn.leave();
    }
  }

  /** Works out, signs and stages each request on top of the one before; what is refused or changes nothing is answered here. */
  async #build(batch: readonly Waiting[]): Promise<Built[]> {
    const { view, objects } = this.#parts;
    const built: Built[] = [];
    const lookup = new PlanLookup(view);
    let previous = view.head as CommitRecord;
    let keyring = view.keyring.newest;
    try {
      for (const waiting of batch) {
        try {
          const { request } = waiting;
          const plan = await planCommit(request, previous.index + 1, lookup);
          const artifacts = waiting.artifacts.length > 0 ? waiting.artifacts : beginArtifacts(request, plan, objects);
          if (plan.subjects.length === 0) {
            // Nothing new, but an artifact that was damaged or lost is whole again before this says so.
            await Promise.all(artifacts.map(({ durable }) => durable));
            waiting.resolve(unchangedOutcome(previous.statement.store, plan));
            continue;
          }
          const key = await this.#parts.signingKey(changesKeysOrPurges(request));
          checkKeyChanges(request, previous.index + 1, key.keyid, view.keyring);
          const statement = statementOf(request, plan, previous, keyring, this.#parts.now());
          const { record, bytes, verified } = seal(statement, key);
          const staged = this.#parts.log.stage(record.index, bytes);
          built.push({ waiting: { ...waiting, artifacts }, plan, record, staged, verified });
          for (const row of versionRows(record)) lookup.add(row);
          previous = record;
          if (statement.keys.length > 0) keyring = record.index;
        } catch (error) {
          const reason = toStoreError(error);
          if (reason.code === 'STATE_UNKNOWN') throw reason;
          waiting.reject(reason);
        }
      }
    } catch (error) {
      for (const { staged } of built) this.#parts.log.drop(staged);
      throw error;
    }
    return built;
  }

  /** Links in order; returns how many got their index. Everything is durable before the first link. */
  async #append(built: readonly Built[]): Promise<number> {
    const { log } = this.#parts;
    let appended = 0;
    try {
      await Promise.all(
        built.flatMap(({ waiting, staged, verified }) => [
          ...waiting.artifacts.map(({ durable }) => durable),
          staged.durable,
          verified,
        ]),
      );
      for (const { staged } of built) {
        if ((await log.link(staged)) === 'conflict') break;
        appended++;
      }
    } finally {
      for (const { staged } of built.slice(appended)) log.drop(staged);
      if (appended > 0) await this.#settle(built.slice(0, appended));
    }
    return appended;
  }

  /** After the folder's fsync the commits are durable: from here on the answer is success, whatever else happens. */
  async #settle(done: readonly Built[]): Promise<void> {
    const { log, view, objects } = this.#parts;
    try {
      for (const index of log.foldersOf(done.map(({ record }) => record.index))) await log.syncFolder(index);
    } catch (error) {
      throw linkedNotDurable(error);
    }
    for (const { waiting, plan, record } of done) {
      view.acceptOwn(record);
      try {
        for (const change of waiting.request.changes) {
          if (change.action === 'put' && !objects.hasSync(sha256Hex(change.bytes))) await objects.put(change.bytes); // a purge took it meanwhile
        }
        await finishPurges(record, view, objects);
      } catch (error) {
        // Its own caller hears of it; the other commits of the batch are as durable as they were.
        const reason = toStoreError(error);
        if (reason.code === 'STATE_UNKNOWN') this.#unknown = reason;
        waiting.reject(reason);
        continue;
      }
      const bytes = waiting.request.changes.reduce(
        (sum, change) => sum + (change.action === 'put' ? change.bytes.length : 0),
        0,
      );
      this.#parts.committed(record, { bytes, durationMs: performance.now() - waiting.startedMs });
      waiting.resolve({ receipt: commitReceipt(record), versions: plan.versions, committed: true });
    }
  }
}

function beginArtifacts(request: CommitRequest, plan: Plan, objects: FileObjectStore): PendingObject[] {
  const created = new Set(plan.versions.filter((version) => version.created).map(({ name }) => name));
  return request.changes.flatMap((change) =>
    change.action === 'put' ? [objects.begin(change.bytes, { durablyNamed: !created.has(change.name) })] : [],
  );
}
