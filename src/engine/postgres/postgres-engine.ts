import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { Away, Engine, EngineReport } from '../port.ts';
import { addressText, type PostgresAddress } from './address.ts';
import { PostgresAdmin } from './admin.ts';
import { PostgresLog } from './commit-log.ts';
import { type Database, insisting, on } from './database.ts';
import { PostgresDrafts } from './draft-store.ts';
import { busy, isUnprepared, LineLost, unprepared } from './faults.ts';
import { type DatabaseFacts, doubts, factsOf, inspect, latencyOf } from './inspect.ts';
import { Line } from './line.ts';
import { LogWatch } from './log-watch.ts';
import { Mirror } from './mirror.ts';
import { PostgresObjects } from './object-store.ts';
import { FORMAT, SCHEMA_VERSION } from './schema.ts';
import { tablesOf } from './tables.ts';
import { PostgresTurns } from './turns.ts';

/** How a store in a database is opened. */
export interface PostgresEngineOptions {
  readonly address: PostgresAddress;
  /** Asked for at each connection; the address's own without. */
  readonly password?: (() => Promise<string | undefined>) | undefined;
  /** Makes the folder, and returns the path of the file in which this installation keeps what it has read; nothing is kept without. */
  readonly mirror?: (() => Promise<string>) | undefined;
}

/** Returns the engine on a database. Connects to nothing yet. */
export function openPostgresEngine(options: PostgresEngineOptions): PostgresEngine {
  return new PostgresEngine(options);
}

/** A store as tables of a PostgreSQL, which several installations share. */
export class PostgresEngine implements Engine {
  readonly kind = 'postgres';
  readonly location: string;
  readonly log: PostgresLog;
  readonly objects: PostgresObjects;
  readonly drafts: PostgresDrafts;
  readonly turns: PostgresTurns;
  readonly admin: PostgresAdmin;
  readonly #database: Database;
  readonly #watch: LogWatch;
  #halted: StoreError | undefined;

  constructor({ address, password, mirror }: PostgresEngineOptions) {
    this.location = addressText(address);
    const line = new Line(address, async () => address.password ?? (await password?.()));
    this.#database = {
      line,
      tables: tablesOf(address.schema),
      mirror: mirror && new Mirror(mirror),
      check: () => {
        if (this.#halted !== undefined) throw this.#halted;
      },
    };
    this.#watch = new LogWatch(line, this.#database.tables);
    this.turns = new PostgresTurns(this.#database);
    this.log = new PostgresLog(this.#database, this.#watch, this.turns);
    this.objects = new PostgresObjects(this.#database);
    this.drafts = new PostgresDrafts(this.#database);
    this.admin = new PostgresAdmin(this.#database);
  }

  get halted(): StoreError | undefined {
    return this.#halted;
  }

  get away(): Away | undefined {
    return this.#database.line.away;
  }

  async reach(): Promise<void> {
    const { line } = this.#database;
    if (line.away === undefined) return;
    await insisting(this.#database, 'be reached', () => line.query('SELECT 1')).catch((error: unknown) => {
      throw busy(error);
    });
  }

  halt(reason: StoreError): void {
    this.#halted ??= reason;
  }

  open(): Promise<{ readonly exists: boolean }> {
    const { mirror } = this.#database;
    return on(this.#database, 'open the store', async () => {
      try {
        return { exists: (await this.#format()) ?? false };
      } catch (error) {
        if (!(error instanceof LineLost) || mirror === undefined) throw error;
        if ((await mirror.beyond(-1, 1)).length === 0) throw error;
        return { exists: true };
      }
    });
  }

  /** Makes nothing: tables are made by a person who owns them. */
  prepare(): Promise<void> {
    return on(this.#database, 'prepare the store', async () => {
      this.#database.check();
      if ((await this.#format()) === undefined) throw unprepared(this.#database.line.address);
    });
  }

  /** Nothing is left behind by dead processes. */
  tidy(): Promise<void> {
    return Promise.resolve();
  }

  async check(_: { readonly probe: boolean }): Promise<EngineReport> {
    this.#database.check();
    return inspect(this.#database);
  }

  /** Asks the database about itself, and how long it takes to answer. @throws StoreError */
  async report(): Promise<{ facts: DatabaseFacts; latencyMs: number; notices: Notice[] }> {
    const facts = await factsOf(this.#database);
    return { facts, latencyMs: await latencyOf(this.#database), notices: doubts(facts) };
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.turns.close();
    await this.#database.mirror?.close();
    await this.#database.line.close();
  }

  /** Says whether there is a first commit; undefined where there are no tables. */
  async #format(): Promise<boolean | undefined> {
    const { line, tables } = this.#database;
    const rows = await line
      .read(
        `SELECT left(format, 100) AS format, schema_version, EXISTS (SELECT 1 FROM ${tables.log} WHERE idx = 0) AS begun FROM ${tables.meta} LIMIT 1`,
      )
      .catch((error: unknown) => {
        if (isUnprepared(error)) return [];
        throw error;
      });
    const [row] = rows;
    if (row === undefined) return undefined;
    const version = Number(row['schema_version']);
    if (row['format'] !== FORMAT || !(version <= SCHEMA_VERSION))
      throw new StoreError(
        'STORE_NEWER',
        `the tables are of version ${version}, this release knows ${SCHEMA_VERSION}`,
        {
          hint: 'A newer release made them; nothing was changed.',
          advice: [{ do: 'upgrade' }],
          details: { format: version, known: SCHEMA_VERSION },
        },
      );
    return row['begun'] === true;
  }
}
