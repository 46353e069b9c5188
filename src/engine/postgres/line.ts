import { readFileSync } from 'node:fs';
import { checkServerIdentity } from 'node:tls';
import type pg from 'pg';
import { isStoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';
import type { Away } from '../port.ts';
import type { PostgresAddress } from './address.ts';
import { DatabaseError, isLost, LineLost } from './faults.ts';

/** How long an answer may take, in milliseconds: a dead peer is not noticed otherwise. */
const ANSWER_MS = 10_000;
/** While the database is away it is asked no more often than this, and waited for no longer, in milliseconds. */
const ASK_AGAIN_MS = 500;
/** Connections of a process for all but turns and hints. */
const CONNECTIONS = 3;

/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** The connections to a database: made at first use, and again after they were lost. */
export class Line {
  readonly address: PostgresAddress;
  readonly #password: () => Promise<string | undefined>;
  #pool: Promise<pg.Pool> | undefined;
  #away: Away | undefined;
  #triedAt = 0;
  #answeredAt = 0;
  #closed = false;

  constructor(address: PostgresAddress, password: () => Promise<string | undefined>) {
    this.address = address;
    this.#password = password;
  }

  /** Set while the database does not answer. */
  get away(): Away | undefined {
    return this.#away;
  }

  /** Runs one statement. @throws DatabaseError, LineLost */
  async query(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return (await this.#run(text, values)).rows as Row[];
  }

  /** Runs one statement; says how many rows it changed. @throws DatabaseError, LineLost */
  async change(text: string, values: readonly unknown[] = []): Promise<number> {
    return (await this.#run(text, values)).rowCount ?? 0;
  }

  /**
   * Runs a statement that only reads: once more where a connection turned out to be dead, and not at all where the database
   * was away a moment ago.
   *
   * @throws DatabaseError, LineLost
   */
  async read(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const { since: _, why } = this.#away ?? {};
    if (why !== undefined) {
      if (performance.now() - this.#triedAt < ASK_AGAIN_MS) throw new LineLost(why, false);
      return within(ASK_AGAIN_MS, why, this.query(text, values));
    }
    try {
      return await this.query(text, values);
    } catch (error) {
      if (!(error instanceof LineLost)) throw error;
      return this.query(text, values);
    }
  }

  /** Makes a connection of its own. The caller ends it. @throws DatabaseError, LineLost */
  async connect(options: Pick<pg.ClientConfig, 'pipeline'> = {}): Promise<pg.Client> {
    const { default: driver } = await import('pg');
    const client = new driver.Client({ ...this.#options(), ...options });
    client.on('error', () => undefined); // the query that waits for an answer fails with it
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined); // it never was
      throw this.#told(error, false);
    }
  }

  /** Returns what the failure of a statement on a connection of its own means. */
  faultOf(error: unknown): Error {
    return told(error, true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pool = this.#pool;
    this.#pool = undefined;
    await (await pool?.catch(() => undefined))?.end(); // one that never was has nothing to end
  }

  async #run(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    this.#triedAt = performance.now();
    const client = await this.#take();
    let fault: Error | undefined;
    try {
      const result = await client.query(text, values as unknown[]);
      this.#answeredAt = performance.now();
      this.#away = undefined;
      return result;
    } catch (error) {
      fault = this.#told(error, true);
      throw fault;
    } finally {
      client.release(fault instanceof LineLost);
    }
  }

  async #take(): Promise<pg.PoolClient> {
    if (this.#closed) throw new LineLost('the store was closed', false);
    this.#pool ??= this.#open().catch((error: unknown) => {
      this.#pool = undefined; // a certificate that cannot be read now is there after a moment, perhaps
      throw error;
    });
    const since = performance.now();
    try {
      return await (await this.#pool).connect();
    } catch (error) {
      // The wait for a free connection is limited as that for a new one is: while others get their answers, the database is there.
      const waitedMs = performance.now() - since;
      if (this.#answeredAt > since && waitedMs >= this.address.connectTimeoutMs) return this.#take();
      throw this.#told(error, false);
    }
  }

  async #open(): Promise<pg.Pool> {
    const { default: driver } = await import('pg');
    const pool = new driver.Pool({
      ...this.#options(),
      max: CONNECTIONS,
      idleTimeoutMillis: 60_000,
      allowExitOnIdle: true,
    });
    pool.on('error', () => undefined); // an idle connection that ends is replaced at the next use
    pool.on('connect', (client) => client.on('error', () => undefined));
    return pool;
  }

  #told(error: unknown, sent: boolean): Error {
    const fault = told(error, sent);
    if (fault instanceof LineLost) this.#away ??= { since: new Date(), why: fault.message };
    else this.#away = undefined;
    return fault;
  }

  #options(): pg.ClientConfig {
    const { host, port, user, database, applicationName, connectTimeoutMs } = this.address;
    return {
      host,
      port,
      user,
      database,
      password: async () => (await this.#password()) ?? (await passwordFileOf(this.address)) ?? '',
      ssl: tlsOptions(this.address),
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    };
  }
}

/** The password in the file that PostgreSQL's own programs read. */
async function passwordFileOf({ host, port, user, database }: PostgresAddress): Promise<string | undefined> {
  const { default: pgpass } = await import('pgpass');
  return new Promise((resolve) => {
    pgpass({ host, port, user, database }, resolve);
  });
}

/** The server's name is the one of the address, also where it is a number. */
function tlsOptions({ host, tls }: PostgresAddress): pg.ClientConfig['ssl'] {
  if (tls === undefined) return false;
  return {
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
    ...(tls.rootCert !== undefined && { ca: fileOf(tls.rootCert) }),
    ...(tls.cert !== undefined && { cert: fileOf(tls.cert) }),
    ...(tls.key !== undefined && { key: fileOf(tls.key) }),
  };
}

function fileOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFault(error, path, 'read');
  }
}

function told(error: unknown, sent: boolean): Error {
  if (error instanceof LineLost || error instanceof DatabaseError) return error;
  if (isStoreError(error)) return error;
  const { code, constraint, column, severity, message } = error as pg.DatabaseError;
  if (severity !== undefined && code !== undefined)
    return isLost(code)
      ? new LineLost(`it answered ${code}`, sent && code !== '25006')
      : new DatabaseError(code, constraint ?? column);
  return new LineLost(code ?? message, sent);
}

async function within<T>(ms: number, why: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new LineLost(why, false)), ms);
  });
  work.catch(() => undefined); // late: its answer is not used
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
