import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { isBusy, pause } from './cache-open.ts';
import type { FileCommitLog } from './log.ts';

/** How long the turn of a process that does not commit is respected, in milliseconds: it may be suspended. */
const RESPECT_MS = 2_000;
/** For how long nobody is waited for after that. */
const IMPATIENCE_MS = 10_000;
/** How long one waits for its turn altogether, in milliseconds. */
const PATIENCE_MS = 20_000;

/** The right to append, as long as everybody asks for it. */
export interface Turn {
  /** True when another process had its turn meanwhile: the log has probably grown. */
  readonly waited: boolean;
  leave(): void;
}

/**
 * Lets the processes on one store append one after another, so that none signs for a place another takes, and none
 * starves. Advice only: nobody's commit depends on it, `link` alone decides, and whoever cannot use the gate goes on
 * without it.
 *
 * The gate is two empty SQLite files whose locks end with their process. Who comes takes the first lock, keeps it until it
 * has the second, and works under the second alone: so whoever waits is before one that comes back.
 */
export class WriteGate {
  readonly #folder: string;
  readonly #log: FileCommitLog;
  #locks: { queue: BetterSqlite3.Database; turn: BetterSqlite3.Database } | undefined;
  #unusable = false;
  #impatientUntil = 0;

  /** @param folder `storage/tmp`; where it is not there yet, there is no gate */
  constructor(folder: string, log: FileCommitLog) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Waits for a turn; `next` is the index this process would append to. */
  async enter(next: number): Promise<Turn> {
    const locks = await this.#open();
    if (locks === undefined) return { waited: false, leave: () => undefined };
    const wait = new Wait(this.#log, next, performance.now() < this.#impatientUntil ? 0 : RESPECT_MS);
    const queued = await this.#take(locks.queue, wait);
    const taken = await this.#take(locks.turn, wait);
    if (queued) release(locks.queue);
    if (!taken && wait.stalled) this.#impatientUntil = performance.now() + IMPATIENCE_MS;
    return {
      waited: wait.waited,
      leave: () => {
        if (taken) release(locks.turn);
      },
    };
  }

  close(): void {
    this.#locks?.queue.close();
    this.#locks?.turn.close();
    this.#locks = undefined;
    this.#unusable = true;
  }

  async #open(): Promise<{ queue: BetterSqlite3.Database; turn: BetterSqlite3.Database } | undefined> {
    if (this.#locks !== undefined || this.#unusable || !existsSync(this.#folder)) return this.#locks;
    const { default: Database } = await import('better-sqlite3');
    try {
      const lock = (name: string) => new Database(join(this.#folder, `gate-${name}`), { timeout: 0 });
      this.#locks ??= { queue: lock('queue'), turn: lock('turn') };
    } catch {
      // a folder that cannot be written: the commit itself will say so, with a hint
      this.#unusable = true;
    }
    return this.#locks;
  }

  /** True when the lock is ours; false when it was waited for long enough, or cannot be had on this file system. */
  async #take(lock: BetterSqlite3.Database, wait: Wait): Promise<boolean> {
    for (;;) {
      try {
        lock.exec('BEGIN IMMEDIATE');
        return true;
      } catch (error) {
        if (!isBusy(error) || wait.isOver()) return false;
      }
      await pause();
    }
  }
}

/** One wait at the gate: over when whoever is before us does not get on, or when it takes too long. */
class Wait {
  readonly #log: FileCommitLog;
  readonly #since = performance.now();
  #next: number;
  #grownAt = this.#since;
  readonly #respectMs: number;
  waited = false;
  /** True when the one before us did not get on. */
  stalled = false;

  constructor(log: FileCommitLog, next: number, respectMs: number) {
    this.#log = log;
    this.#next = next;
    this.#respectMs = respectMs;
  }

  isOver(): boolean {
    this.waited = true;
    const now = performance.now();
    while (this.#log.probe(this.#next)) {
      this.#next++;
      this.#grownAt = now;
    }
    this.stalled = now - this.#grownAt >= this.#respectMs;
    return this.stalled || now - this.#since > PATIENCE_MS;
  }
}

function release(lock: BetterSqlite3.Database): void {
  if (lock.open && lock.inTransaction) lock.exec('ROLLBACK');
}
