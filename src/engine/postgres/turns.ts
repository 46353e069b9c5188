import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { LogRange, Turn, Turns } from '../port.ts';
import type { Database } from './database.ts';
import type { Row } from './line.ts';
import { rangeOf, rangeStatement } from './log-rows.ts';

/** How long a process is waited for that does not get on, in milliseconds; the server ends a turn that is kept longer. */
const RESPECT_MS = 2_000;
/** After a connection could not be had, none is asked for this long, in milliseconds. */
const AWAY_MS = 1_000;
/** The most that is read of the log while the turn is taken. */
const TAIL = { commits: 256, bytes: 4 * 1_048_576 } as const;

/**
 * Turns as an advisory lock of the database, held in a transaction of a connection of its own: it ends with its process, and
 * works behind a pooler. Where it cannot be had there are no turns, and nothing else changes.
 */
export class PostgresTurns implements Turns {
  readonly #database: Database;
  readonly #key: string;
  #client: pg.Client | undefined;
  /** Settles when the connection is free again; never rejects. */
  #free: Promise<void> = Promise.resolve();
  #awayUntil = 0;
  #closed = false;

  constructor(database: Database) {
    this.#database = database;
    const hash = createHash('sha256').update(`mcp-config-store turn ${database.tables.schema}`).digest();
    this.#key = hash.readBigInt64BE().toString();
  }

  async take(next: number): Promise<Turn> {
    const before = this.#free;
    const { promise, resolve: free } = Promise.withResolvers<void>();
    this.#free = promise;
    const first = Math.max(0, next - 1);
    const none = { leave: free };
    if (!(await within(before, RESPECT_MS))) {
      void before.then(free);
      return { waited: true, leave: () => undefined };
    }
    const rows = await this.#lock(first, next);
    if (rows === undefined) {
      free();
      return { waited: false, ...none };
    }
    let left = false;
    const leave = () => {
      if (left) return;
      left = true;
      void this.#end('COMMIT').then(free);
    };
    return { waited: rows.waited, ...(rows.seen !== undefined && { seen: rows.seen }), leave };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await within(this.#free, RESPECT_MS);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined); // its end was the wish
  }

  /** Begins a transaction, takes the lock and reads the tail, in one request. */
  async #lock(first: number, next: number): Promise<{ waited: boolean; seen: LogRange | undefined } | undefined> {
    const client = await this.#connected();
    if (client === undefined) return undefined;
    try {
      const results = (await client.query(
        [
          'BEGIN',
          `SET LOCAL lock_timeout = ${RESPECT_MS}`,
          `SET LOCAL idle_in_transaction_session_timeout = ${RESPECT_MS}`,
          `SELECT pg_try_advisory_xact_lock(${this.#key}) AS at_once`,
          `SELECT pg_advisory_xact_lock(${this.#key})`,
          rangeStatement(this.#database.tables, first, TAIL),
        ].join('; '),
      )) as unknown as pg.QueryResult[];
      const [atOnce] = (results[3]?.rows ?? []) as Row[];
      const seen = rangeOf(first, (results[5]?.rows ?? []) as Row[]);
      return { waited: atOnce?.['at_once'] === false || first + seen.envelopes.length > next, seen };
    } catch {
      await this.#end('ROLLBACK');
      return { waited: true, seen: undefined }; // waited for long enough, or the line is down: the append says so
    }
  }

  async #end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    try {
      await this.#client?.query(how);
    } catch {
      this.#drop();
    }
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => undefined); // dead already
  }

  async #connected(): Promise<pg.Client | undefined> {
    if (this.#client !== undefined || this.#closed || performance.now() < this.#awayUntil) return this.#client;
    try {
      const client = await this.#database.line.connect();
      client.on('end', () => {
        if (this.#client === client) this.#client = undefined;
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
