import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { LogRange, Turn, Turns, TurnWish } from '../port.ts';
import type { Database } from './database.ts';
import { LineLost } from './faults.ts';
import type { Row } from './line.ts';
import { tailOf, tailStatement } from './log-rows.ts';

/** How long a process is waited for that does not get on, in milliseconds; the server ends a turn that is kept longer. */
const RESPECT_MS = 2_000;
/** After a connection could not be had, none is asked for this long, in milliseconds. */
const AWAY_MS = 1_000;
/**
 * In another isolation level the log would be read as it was before the lock was had. The server ends a transaction that is not
 * gone on with: what it has inserted keeps all others waiting.
 */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL idle_in_transaction_session_timeout = ${RESPECT_MS}`;
/** True in a transaction that was begun for an assumed turn: where its beginning was refused, a statement would commit by itself. */
export const IS_BEGUN = "current_setting('mcp_config_store.begun', true) = 'yes'";
/** While a turn is waited for, looks at what others commit are at least so far apart, in milliseconds. */
const LOOK_MS = 5;

/**
 * Turns as an advisory lock of the database, held in a transaction of a connection of its own: it ends with its process, and
 * works behind a pooler. The commit that the turn was for is made in that transaction, so the server itself hands the turn on
 * in the moment in which the commit is durable. Where it cannot be had there are no turns, and nothing else changes.
 */
export class PostgresTurns implements Turns {
  readonly #database: Database;
  readonly #key: string;
  #client: pg.Client | undefined;
  /** Its use while this process has a turn: in a transaction that holds the lock, or, for one that is assumed, in none yet. */
  #turn: { readonly client: pg.Client; readonly isLocked: boolean } | undefined;
  /** Settles when the connection is free again; never rejects. */
  #free: Promise<void> = Promise.resolve();
  #awayUntil = 0;
  /** How long the last turn was waited for, in milliseconds: the next one probably is as well. */
  #waitedMs = 0;
  /** True when others had turns before the last one of this process. */
  #crowded = false;
  #closed = false;

  constructor(database: Database) {
    this.#database = database;
    const hash = createHash('sha256').update(`mcp-config-store turn ${database.tables.schema}`).digest();
    this.#key = hash.readBigInt64BE().toString();
  }

  /** A process that is alone gets a turn without a request: then the statement of its commit compares the one before. */
  async take(next: number, { meanwhile, alone = false }: TurnWish = {}): Promise<Turn> {
    if (alone) {
      const client = await this.#connected();
      this.#turn = client && { client, isLocked: false };
      const leave = () => {
        this.#turn = undefined;
      };
      return { waited: false, assumed: true, leave };
    }
    const before = this.#free;
    const { promise, resolve: free } = Promise.withResolvers<void>();
    this.#free = promise;
    const first = Math.max(0, next - 1);
    const none = { leave: free };
    if (!(await within(before, RESPECT_MS))) {
      void before.then(free);
      return { waited: true, leave: () => undefined };
    }
    const rows = await this.#whileWaiting(meanwhile, this.#lock(first, next));
    if (rows === undefined) {
      free();
      return { waited: false, ...none };
    }
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      if (this.#turn === undefined) free();
      else void this.#end('COMMIT').then(free);
    };
    return { waited: rows.waited, ...(rows.seen !== undefined && { seen: rows.seen }), leave };
  }

  /** The turn that this process has now: `locked` where the log was read in it. */
  get current(): 'locked' | 'assumed' | undefined {
    return this.#turn && (this.#turn.isLocked ? 'locked' : 'assumed');
  }

  /**
   * Runs a statement in the transaction of this process's turn and commits it, without waiting in between; undefined where
   * there is no connection for it.
   *
   * @param confirm runs while the database works, and keeps the transaction from being committed where it throws
   * @throws DatabaseError, LineLost, and what `confirm` throws
   */
  finish(text: string, values: readonly unknown[], confirm: () => void): Promise<void> | undefined {
    const turn = this.#turn;
    this.#turn = undefined;
    return turn && this.#finish(turn, text, values, confirm);
  }

  async #finish(
    { client, isLocked }: { readonly client: pg.Client; readonly isLocked: boolean },
    text: string,
    values: readonly unknown[],
    confirm: () => void,
  ): Promise<void> {
    const { line } = this.#database;
    const begun = isLocked ? undefined : client.query(`${BEGIN}; SET LOCAL mcp_config_store.begun = 'yes'`);
    const work = client.query(text, values as unknown[]);
    let refusal: { readonly reason: unknown } | undefined;
    try {
      confirm();
    } catch (reason) {
      refusal = { reason };
    }
    const ended = client.query(refusal === undefined ? 'COMMIT' : 'ROLLBACK');
    const [done, end] = await Promise.allSettled([work, ended, begun]);
    if (refusal !== undefined) throw refusal.reason;
    if (done.status === 'rejected') throw line.faultOf(done.reason);
    if (end.status === 'rejected') throw line.faultOf(end.reason);
    if (end.value.command !== 'COMMIT') throw new LineLost('it did not commit', true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await within(this.#free, RESPECT_MS);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined); // its end was the wish
  }

  /**
   * Has what others commit taken in while the turn is not there yet, so that little is left to be verified in the turn: once
   * when most of the usual wait is over, and seldom more often, since each look costs the processor what several commits do.
   */
  async #whileWaiting<T>(meanwhile: (() => Promise<void>) | undefined, turn: Promise<T>): Promise<T> {
    const since = performance.now();
    let waiting = true;
    let timer: NodeJS.Timeout | undefined;
    const lookAfter = (ms: number) => {
      timer = setTimeout(
        async () => {
          await meanwhile?.().catch(() => undefined); // the look in the turn says why
          if (waiting) lookAfter(this.#waitedMs / 2);
        },
        Math.max(LOOK_MS, ms),
      );
    };
    if (this.#crowded) lookAfter(this.#waitedMs * 0.8);
    try {
      return await turn;
    } finally {
      waiting = false;
      clearTimeout(timer);
      this.#waitedMs = performance.now() - since;
    }
  }

  /** Begins a transaction, takes the lock and reads the tail, in one request. */
  async #lock(first: number, next: number): Promise<{ waited: boolean; seen: LogRange | undefined } | undefined> {
    const client = await this.#connected();
    if (client === undefined) return undefined;
    try {
      const results = (await client.query(
        [
          BEGIN,
          `SET LOCAL lock_timeout = ${RESPECT_MS}`,
          // In one statement that says whether it waited; what the second function returns is an empty text.
          `SELECT CASE WHEN pg_try_advisory_xact_lock(${this.#key}) THEN true ELSE pg_advisory_xact_lock(${this.#key})::text <> '' END AS at_once`,
          tailStatement(this.#database.tables, first),
        ].join('; '),
      )) as unknown as pg.QueryResult[];
      this.#turn = { client, isLocked: true };
      const [atOnce, tail] = results.slice(-2).map(({ rows }) => rows as Row[]);
      const seen = tailOf(first, tail ?? []);
      this.#crowded = atOnce?.[0]?.['at_once'] === false || first + seen.envelopes.length > next;
      return { waited: this.#crowded, seen };
    } catch {
      await this.#end('ROLLBACK');
      return { waited: true, seen: undefined }; // waited for long enough, or the line is down: the append says so
    }
  }

  async #end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#turn = undefined;
    try {
      await this.#client?.query(how);
    } catch {
      this.#drop();
    }
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#turn = undefined;
    client?.end().catch(() => undefined); // dead already
  }

  async #connected(): Promise<pg.Client | undefined> {
    if (this.#client !== undefined || this.#closed || performance.now() < this.#awayUntil) return this.#client;
    try {
      const client = await this.#database.line.connect({ pipeline: true });
      client.on('end', () => {
        if (this.#client !== client) return;
        this.#client = undefined;
        this.#turn = undefined;
      });
      this.#client = client;
    } catch {
      this.#awayUntil = performance.now() + AWAY_MS; // the append says why
    }
    return this.#client;
  }
}

/** True when something came to its end in time. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
