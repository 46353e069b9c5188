import { toStoreError } from '../../core/errors.ts';
import { pause } from '../../disk/busy.ts';
import type { Durable } from '../../disk/durable.ts';
import type { WriteGate } from '../../engine/files/turns.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { CommitOutcome, CommitRequest } from '../api/writer.ts';
import { closedStore, lostEveryRace } from '../commits/faults.ts';
import { type AppendParts, appendBatch } from './append-batch.ts';
import { type BuildParts, buildBatch, type Waiting } from './build-batch.ts';
import { changesKeysOrPurges } from './key-changes.ts';
import { textsOf } from './signed-texts.ts';

/** How long a commit goes on trying after losing the race for an index, in milliseconds. */
const PATIENCE_MS = 5_000;
/** Commits that are signed in one go: each takes the event loop for about half a millisecond. */
const BATCH = 64;

/** What the committer needs from the store around it. */
export interface CommitterParts extends BuildParts, AppendParts {
  readonly disk: Durable;
  readonly gate: WriteGate;
  readonly checkTexts: CheckTexts;
  /** Makes the log's first commit where there is none; throws whatever forbids writing now. Called before each attempt. */
  readonly prepare: (request: Pick<CommitRequest, 'author' | 'keys'>) => Promise<void>;
  readonly busy: (facts: { attempts: number; waitedMs: number }) => void;
}

/**
 * The one queue through which a process commits. Requests that wait together become a batch: each is a commit of its own,
 * all are written and fsynced in parallel, linked in order, and answered after one fsync of the folder.
 */
export class Committer {
  readonly #parts: CommitterParts;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(parts: CommitterParts) {
    this.#parts = parts;
  }

  /**
   * Commits all changes of the request, or none. Resolves when the commit is durable.
   *
   * @throws StoreError what `checkTexts` and `planCommit` throw, and STORE_BUSY, STORE_FULL, STORE_READONLY, STATE_UNKNOWN, KEY_LOCKED, KEY_MISSING …
   */
  commit(request: CommitRequest): Promise<CommitOutcome> {
    if (this.#closed) return Promise.reject(closedStore());
    const admitted = this.#parts.checkTexts(textsOf(request));
    admitted.catch(() => undefined); // its answer is the request's, in its turn
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, admitted, artifacts: [], startedMs: performance.now(), resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Resolves when everything asked for so far has been answered; then other processes may have the gate. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running !== undefined) await this.#running;
    this.#parts.gate.close();
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // requests made in the same turn become one batch
    while (this.#queue.length > 0) {
      const batch = await admittedOf(this.#nextBatch());
      try {
        await this.#commitAll(batch);
      } catch (error) {
        const reason = toStoreError(error);
        if (reason.code === 'STATE_UNKNOWN') this.#parts.disk.halt(reason);
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
      const [first] = waiting;
      if (first === undefined) return;
      await this.#parts.prepare(first.request);
      const { left, lost } = await this.#inTurn(waiting);
      waiting = left;
      if (!lost) continue;
      lostSince ??= performance.now();
      const waitedMs = performance.now() - lostSince;
      this.#parts.busy({ attempts, waitedMs });
      if (waitedMs > PATIENCE_MS) throw lostEveryRace(waitedMs);
      await pause();
    }
  }

  /** One attempt, when it is this process's turn to append; returns those that have no answer yet. */
  async #inTurn(waiting: readonly Waiting[]): Promise<{ left: readonly Waiting[]; lost: boolean }> {
    const { gate, prepare, view } = this.#parts;
    const turn = await gate.enter((view.head?.index ?? -1) + 1);
    try {
      const [first] = waiting;
      if (turn.waited && first !== undefined) await prepare(first.request);
      const { built, left, lost } = await buildBatch(this.#parts, waiting);
      if (built.length === 0) return { left, lost };
      const appended = await appendBatch(this.#parts, built);
      return { left: [...appended.left, ...left], lost: appended.lost };
    } finally {
      turn.leave();
    }
  }
}

/** Answers the requests whose texts may not be signed, and returns the others, in order. */
async function admittedOf(batch: readonly Waiting[]): Promise<Waiting[]> {
  const admitted: Waiting[] = [];
  for (const waiting of batch) {
    try {
      await waiting.admitted;
      admitted.push(waiting);
    } catch (error) {
      waiting.reject(toStoreError(error));
    }
  }
  return admitted;
}
