import type pg from 'pg';
import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import { type Digest, isHexDigest } from '../../core/digest.ts';
import type { StoreError } from '../../core/errors.ts';
import type { EngineAdmin, Stray, StrayReach } from '../port.ts';
import { type Database, insisting, on } from './database.ts';
import { DatabaseError, isUnprepared, storeFault } from './faults.ts';
import { bytesIn } from './log-rows.ts';
import { movedStatement } from './tables.ts';

/** Artifacts that are listed at once. */
const PAGE = 1_000;
/** Entries in quarantine that are looked at, and how many at once: each may be as long as an envelope. */
const MAX_STRAYS = 1_000;
const STRAYS_PAGE = 16;

/** Acts on the tables at a person's command. The role that writes may do none of it: it takes the one that owns them. */
export class PostgresAdmin implements EngineAdmin {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async refusal(): Promise<StoreError | undefined> {
    const { line, tables } = this.#database;
    const [row] = await on(this.#database, 'ask for its rights', () =>
      line.read(`SELECT has_table_privilege('${tables.objects}', 'DELETE') AS may`),
    );
    if (row?.['may'] === true) return undefined;
    return storeFault(new DatabaseError('42501', undefined), line.address, 'remove anything') as StoreError;
  }

  async remove(digest: Digest): Promise<void> {
    this.#database.check();
    const { line, tables, mirror } = this.#database;
    await insisting(this.#database, 'remove an artifact', () =>
      line.change(`DELETE FROM ${tables.objects} WHERE digest = $1`, [Buffer.from(digest, 'hex')]),
    );
    mirror?.dropObject(digest);
  }

  async movedTo(): Promise<string | undefined> {
    const [row] = await on(this.#database, 'look where the store is', () =>
      this.#database.line.read(movedStatement(this.#database.tables)),
    );
    const to = row?.['moved_to'];
    return typeof to === 'string' ? to : undefined;
  }

  /** Changing the trigger waits for every append under way, so none comes after. */
  async setMoved(to: string | undefined): Promise<void> {
    const { log, drafts, meta } = this.#database.tables;
    const how = to === undefined ? 'DISABLE' : 'ENABLE ALWAYS';
    await this.#transaction('move the store', async (client) => {
      await client.query(`ALTER TABLE ${log} ${how} TRIGGER log_moved`);
      await client.query(`ALTER TABLE ${drafts} ${how} TRIGGER drafts_moved`);
      await client.query(`UPDATE ${meta} SET moved_to = $1`, [to ?? null]);
    });
  }

  async *objects(olderThan: Date): AsyncGenerator<{ readonly digest: Digest; readonly size: number }> {
    const { line, tables } = this.#database;
    for (let after = ''; ; ) {
      const rows = await on(this.#database, 'list the artifacts', () =>
        line.read(
          `SELECT digest, octet_length(bytes) AS size FROM ${tables.objects} WHERE digest > $1 AND stored_at < $2 ORDER BY digest LIMIT ${PAGE}`,
          [Buffer.from(after, 'hex'), olderThan],
        ),
      ).catch((error: unknown) => {
        if (isUnprepared((error as Error).cause)) return [];
        throw error;
      });
      const before = after;
      for (const row of rows) {
        const digest = Buffer.from(bytesIn(row['digest']) ?? []).toString('hex');
        const size = Number(row['size']);
        if (!isHexDigest(digest) || digest <= after || !Number.isSafeInteger(size)) continue; // none of ours, or not in order
        after = digest;
        yield { digest, size };
      }
      if (rows.length < PAGE || after === before) return;
    }
  }

  /** In one transaction, in which nothing can be appended; lifting the trigger takes the owner. */
  async quarantine(first: number): Promise<number> {
    const { log, quarantine } = this.#database.tables;
    return this.#transaction('move commits aside', async (client) => {
      await client.query(`ALTER TABLE ${log} DISABLE TRIGGER log_append_only`);
      const moved = await client.query(
        `WITH moved AS (DELETE FROM ${log} WHERE idx >= $1 RETURNING idx, envelope) INSERT INTO ${quarantine} (idx, envelope) SELECT idx, envelope FROM moved`,
        [first],
      );
      await client.query(`ALTER TABLE ${log} ENABLE ALWAYS TRIGGER log_append_only`);
      return moved.rowCount ?? 0;
    });
  }

  /** Only this engine writes here; in quarantine is what a repair moved aside. */
  async *strays(reach: StrayReach): AsyncGenerator<Stray> {
    if (reach !== 'quarantine') return;
    const { line, tables } = this.#database;
    for (let read = 0; read < MAX_STRAYS; read += STRAYS_PAGE) {
      const rows = await on(this.#database, 'read what was moved aside', () =>
        line.read(
          `SELECT idx, CASE WHEN octet_length(envelope) <= ${MAX_ENVELOPE_BYTES} THEN envelope END AS envelope FROM ${tables.quarantine} ORDER BY idx, moved_at LIMIT ${STRAYS_PAGE} OFFSET ${read}`,
        ),
      );
      for (const { idx, envelope } of rows) yield { where: `quarantine/${Number(idx)}`, bytes: bytesIn(envelope) };
      if (rows.length < STRAYS_PAGE) return;
    }
  }

  async setAside(): Promise<number> {
    return 0; // see strays
  }

  async #transaction<T>(doing: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    this.#database.check();
    const { line } = this.#database;
    return on(this.#database, doing, async () => {
      const client = await line.connect();
      try {
        await client.query('BEGIN');
        const done = await work(client);
        await client.query('COMMIT');
        return done;
      } catch (error) {
        throw line.faultOf(error);
      } finally {
        await client.end().catch(() => undefined); // an open transaction ends with it
      }
    });
  }
}
