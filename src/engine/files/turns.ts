import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { isBusy, pause } from '../../disk/busy.ts';
import type { FileCommitLog } from './commit-log.ts';

/** How long the turn of a process that does not commit is respected, in milliseconds: it may be suspended. */
const RESPECT_MS = 2_000;
/** For how long nobody is waited for after that. */
const IMPATIENCE_MS = 10_000;
/** How long a turn is kept for the next commit of the same process, and how long through several, in milliseconds. */
const KEEP_MS = 3;
const KEEP_AT_MOST_MS = 20;
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
  #locks: { queue: Lock; turn: Lock } | undefined;
  #unusable = false;
  #impatientUntil = 0;
  #takenAt = 0;
  #kept: NodeJS.Timeout | undefined;

  /** @param folder `storage/tmp`; where it is not there yet, there is no gate */
  constructor(folder: string, log: FileCommitLog) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Waits for a turn; `next` is the index this process would append to. */
  async enter(next: number): Promise<Turn> {
    if (this.#keeps()) return { waited: false, leave: () => this.#leave(false) };
    const locks = await this.#open();
    if (locks === undefined) return { waited: false, leave: () => undefined };
    const wait = new Wait(this.#log, next, performance.now() < this.#impatientUntil ? 0 : RESPECT_MS);
    const queued = await this.#take(locks.queue, wait);
    const taken = await this.#take(locks.turn, wait);
    if (queued) locks.queue.release();
    if (!taken && wait.stalled) this.#impatientUntil = performance.now() + IMPATIENCE_MS;
    this.#takenAt = performance.now();
    return {
      waited: wait.waited,
      leave: () => {
        if (taken) this.#leave(wait.waited);
      },
    };
  }

  /** True when the turn before was kept for this one. */
  #keeps(): boolean {
    if (this.#kept === undefined) return false;
    clearTimeout(this.#kept);
    this.#kept = undefined;
    return true;
  }

  /** A process that nobody competes with keeps its turn for a moment: taking it again would cost 0.1 ms a commit. */
  #leave(competing: boolean): void {
    if (competing || performance.now() - this.#takenAt > KEEP_AT_MOST_MS) {
      this.#locks?.turn.release();
      return;
    }
    this.#kept = setTimeout(() => {
      this.#kept = undefined;
      this.#locks?.turn.release();
    }, KEEP_MS).unref();
  }

  close(): void {
    clearTimeout(this.#kept);
    this.#kept = undefined;
    this.#locks?.queue.close();
    this.#locks?.turn.close();
    this.#locks = undefined;
    this.#unusable = true;
  }

  async #open(): Promise<{ queue: Lock; turn: Lock } | undefined> {
    if (this.#locks !== undefined || this.#unusable || !existsSync(this.#folder)) return this.#locks;
    const { default: Database } = await import('better-sqlite3');
    try {
      const lock = (name: string) => new Lock(new Database(join(this.#folder, `gate-${name}`), { timeout: 0 }));
      this.#locks ??= { queue: lock('queue'), turn: lock('turn') };
    } catch {
      // a folder that cannot be written: the commit itself will say so, with a hint
      this.#unusable = true;
    }
    return this.#locks;
  }

  /** True when the lock is ours; false when it was waited for long enough, or cannot be had on this file system. */
  async #take(lock: Lock, wait: Wait): Promise<boolean> {
    for (;;) {
      try {
        lock.take();
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

/** An empty SQLite file, of which nothing is used but that one process at a time may begin to write it. */
class Lock {
  readonly #db: BetterSqlite3.Database;
  readonly #begin: BetterSqlite3.Statement;
  readonly #rollback: BetterSqlite3.Statement;

  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
    db.pragma('journal_mode = MEMORY'); // nothing is written, and no journal shall come and go either
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#rollback = db.prepare('ROLLBACK');
  }

  /** Throws SQLITE_BUSY while another has it. */
  take(): void {
    this.#begin.run();
  }

  release(): void {
    if (this.#db.open && this.#db.inTransaction) this.#rollback.run();
  }

  close(): void {
    this.#db.close();
  }
}
