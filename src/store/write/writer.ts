import type { Author } from '../../core/commit/statement.ts';
import { toStoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import { pause } from '../../disk/busy.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { CommitOutcome, CommitRequest, StoreWriter } from '../api/writer.ts';
import { closedStore, lostEveryRace } from '../commits/faults.ts';
import type { Preflight } from '../trust/preflight.ts';
import { type CommitParts, commitBatch, type Left, type Waiting } from './commit.ts';
import { changesKeysOrPurges } from './key-changes.ts';
import { textsOf } from './signed-texts.ts';

/** How long a commit goes on trying after losing the race for an index, in milliseconds. */
const PATIENCE_MS = 5_000;
/** For how long a process that was seen to append is taken for one that competes, in milliseconds. */
const COMPETES_MS = 10_000;
/** Commits that are signed in one go: each takes the event loop for about half a millisecond. */
const BATCH = 64;

/** The parts a writer works with. */
export interface WriterParts extends CommitParts {
  readonly preflight: Preflight;
  readonly checkTexts: CheckTexts;
  readonly busy: (facts: { attempts: number; waitedMs: number }) => void;
}

/**
 * The one queue through which a process commits. Requests that wait together become a batch: each is a commit of its own,
 * all are written in parallel, published in order, and answered together.
 */
export class Writer implements StoreWriter {
  readonly #parts: WriterParts;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Texts that are checked before their request gets into the queue. */
  readonly #checks = new Set<Promise<void>>();
  #closed = false;
  /** The index after the newest commit when this process last had one of its own. */
  #next: number | undefined;
  #othersAt = Number.NEGATIVE_INFINITY;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** @throws StoreError what `planCommit` throws, and STORE_BUSY, STORE_FULL, STORE_READONLY, STATE_UNKNOWN, KEY_LOCKED, KEY_MISSING … */
  async commit(request: CommitRequest): Promise<CommitOutcome> {
    if (this.#closed) throw closedStore();
    const check = this.#admit(request);
    this.#checks.add(check);
    try {
      await check;
    } finally {
      this.#checks.delete(check);
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, artifacts: [], startedMs: performance.now(), resolve, reject });
      this.#running ??= this.#drain();
    });
  }

  /** Refuses what may not be signed, and a purge where nothing may be removed. */
  async #admit(request: CommitRequest): Promise<void> {
    const { checkTexts, engine } = this.#parts;
    await checkTexts(textsOf(request));
    const refusal = request.changes.some(({ action }) => action === 'purge') ? await engine.admin.refusal() : undefined;
    if (refusal !== undefined) throw refusal;
  }

  init(options: { author: Author; label?: string; fresh?: boolean }): Promise<Receipt & { readonly made: boolean }> {
    return this.#parts.preflight.init(options);
  }

  /** Resolves when everything asked for so far has been answered. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running !== undefined || this.#checks.size > 0)
      await Promise.allSettled([...this.#checks, this.#running]);
  }

  async #drain(): Promise<void> {
    await Promise.resolve(); // requests made in the same turn become one batch
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#commitAll(batch);
      } catch (error) {
        const reason = toStoreError(error);
        // An outcome that a look at the log settles is no reason to stop.
        if (reason.code === 'STATE_UNKNOWN' && reason.details?.['resolvable'] !== true) this.#parts.engine.halt(reason);
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
      const { left, lost } = await this.#inTurn(waiting, first, attempts);
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
  async #inTurn(waiting: readonly Waiting[], { request: { author } }: Waiting, attempt: number): Promise<Left> {
    const { engine, preflight, view } = this.#parts;
    const turn = await engine.turns.take(view.next, {
      meanwhile: () => view.catchUp(),
      // A second attempt is for what could not be answered without a look at the log.
      alone: attempt === 1 && performance.now() - this.#othersAt > COMPETES_MS,
    });
    try {
      const assumed = turn.assumed === true && view.head !== undefined && view.fault === undefined;
      await preflight.pass(author, assumed ? 'assumed' : turn.seen);
      const theirs = this.#next !== undefined && view.next !== this.#next;
      const left = await commitBatch(this.#parts, waiting, assumed);
      if (theirs || left.lost) this.#othersAt = performance.now();
      this.#next = view.next;
      return left;
    } finally {
      turn.leave();
    }
  }
}
