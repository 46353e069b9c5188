import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type BetterSqlite3 from 'better-sqlite3';
import { isBusy, pause } from '../../disk/busy.ts';
import type { Turn, Turns, TurnWish } from '../port.ts';

/** How long a process is waited for that has the turn and does not commit, in milliseconds: it may be suspended. */
const RESPECT_MS = 2_000;
/** The same for the one that is next: it does not wait longer itself. */
const RESPECT_NEXT_MS = 10_000;
/** For how long it is not waited for after that, in milliseconds. */
const IMPATIENCE_MS = 10_000;
/** The longest wait for a turn altogether, in milliseconds. */
const PATIENCE_MS = 30_000;
/** After how long a process asks less often, in milliseconds: many that wait would leave no time to the one that works. */
const LONG_WAIT_MS = 200;
const LONG_WAIT_FACTOR = 5;

/** Says whether there is a commit at an index now. */
interface Log {
  peek(index: number): boolean;
}

/**
 * Turns as two empty SQLite files whose locks end with their process. A process that comes takes the first lock, keeps it
 * until it has the second, and works under the second alone: so one that waits is before one that comes back. One that passes
 * over a process that is suspended keeps the first lock while it works: the others do the same one after the other.
 *
 * Where the folder is not there or cannot be written there are no turns, and nothing else changes.
 */
export class FileTurns implements Turns {
  readonly #folder: string;
  readonly #log: Log;
  #locks: { queue: Lock; turn: Lock } | undefined;
  #unusable = false;

  /** @param folder where the two files are made; it is the installation's own and not made here */
  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
  }

  async take(next: number, { alone = false }: TurnWish = {}): Promise<Turn> {
    const locks = alone ? undefined : await this.#open();
    if (locks === undefined) return { waited: false, leave: () => undefined };
    const wait = new Wait(this.#log, next);
    const queued = await this.#lock(locks.queue, wait);
    const taken = await this.#lock(locks.turn, wait);
    if (queued && taken) locks.queue.release();
    return {
      waited: wait.waited,
      leave: () => {
        if (taken) this.#locks?.turn.release();
        else if (queued) this.#locks?.queue.release();
      },
    };
  }

  close(): void {
    this.#locks?.queue.close();
    this.#locks?.turn.close();
    this.#locks = undefined;
    this.#unusable = true;
  }

  async #open(): Promise<{ queue: Lock; turn: Lock } | undefined> {
    if (this.#locks !== undefined || this.#unusable || !existsSync(this.#folder)) return this.#locks;
    const { default: Database } = await import('better-sqlite3');
    if (this.#locks !== undefined || this.#unusable) return this.#locks;
    let queue: Lock | undefined;
    try {
      queue = new Lock(new Database(join(this.#folder, 'gate-queue'), { timeout: 0 }), RESPECT_NEXT_MS);
      const turn = new Lock(new Database(join(this.#folder, 'gate-turn'), { timeout: 0 }), RESPECT_MS);
      this.#locks = { queue, turn };
    } catch {
      queue?.close();
      this.#unusable = true; // a folder that cannot be written: the pin there cannot be either, and status says so
    }
    return this.#locks;
  }

  /** True when the lock is ours; false when it was waited for long enough, or cannot be had on this file system. */
  async #lock(lock: Lock, wait: Wait): Promise<boolean> {
    for (;;) {
      try {
        lock.take();
        return true;
      } catch (error) {
        if (!isBusy(error) || wait.isOver(lock)) return false;
      }
      await pause(wait.isLong ? LONG_WAIT_FACTOR : 1);
    }
  }
}

/** One wait for a turn: over when the process before us makes no progress, or when it takes too long. */
class Wait {
  readonly #log: Log;
  readonly #since = performance.now();
  #next: number;
  #grownAt = this.#since;
  waited = false;

  constructor(log: Log, next: number) {
    this.#log = log;
    this.#next = next;
  }

  /** True when there must be many before us. */
  get isLong(): boolean {
    return performance.now() - this.#since > LONG_WAIT_MS;
  }

  isOver(lock: Lock): boolean {
    this.waited = true;
    const now = performance.now();
    while (hasCommit(this.#log, this.#next)) {
      this.#next++;
      this.#grownAt = now;
    }
    return lock.isStalled(now, now - this.#grownAt) || now - this.#since > PATIENCE_MS;
  }
}

function hasCommit(log: Log, index: number): boolean {
  try {
    return log.peek(index);
  } catch {
    return false; // the append itself says why the log cannot be looked at
  }
}

/** An empty SQLite file, of which nothing is used but that one process at a time may begin to write it. */
class Lock {
  readonly #db: BetterSqlite3.Database;
  readonly #begin: BetterSqlite3.Statement;
  readonly #rollback: BetterSqlite3.Statement;
  readonly #respectMs: number;
  #impatientUntil = 0;

  constructor(db: BetterSqlite3.Database, respectMs: number) {
    this.#db = db;
    this.#respectMs = respectMs;
    db.pragma('journal_mode = MEMORY'); // nothing is written, and no journal should come and go either
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#rollback = db.prepare('ROLLBACK');
  }

  /** Throws SQLITE_BUSY while another has it. */
  take(): void {
    this.#begin.run();
  }

  /** True when the process that has it is not waited for any longer, since it made no progress for `stillMs`. */
  isStalled(now: number, stillMs: number): boolean {
    const stalled = now < this.#impatientUntil || stillMs >= this.#respectMs;
    if (stalled && now >= this.#impatientUntil) this.#impatientUntil = now + IMPATIENCE_MS;
    return stalled;
  }

  release(): void {
    if (this.#db.open && this.#db.inTransaction) this.#rollback.run();
  }

  close(): void {
    this.#db.close();
  }
}
