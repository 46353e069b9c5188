import { type Hex, isHexDigest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { DraftEntry, DraftRevision, DraftStore } from '../port.ts';
import { type Database, insisting, on } from './database.ts';
import { isUnprepared, LineLost } from './faults.ts';
import type { Row } from './line.ts';
import { bytesIn } from './log-rows.ts';
import { MAX_DRAFT_BYTES } from './schema.ts';

/** Drafts as rows of the table `drafts`: of each key the newest revision only, because an update is a compare-and-swap. */
export class PostgresDrafts implements DraftStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async newest(key: Hex): Promise<DraftRevision | undefined> {
    const [row] = await this.#read(
      `SELECT revision, live, CASE WHEN octet_length(body) <= ${MAX_DRAFT_BYTES} THEN body END AS body FROM ${this.#table} WHERE name_hash = $1 ORDER BY revision DESC LIMIT 1`,
      [bytesOf(key)],
    );
    if (row === undefined) return undefined;
    const revision = Number(row['revision']);
    const body = bytesIn(row['body']);
    if (body === undefined || !isRevision(revision))
      throw new StoreError('CORRUPT', `revision ${revision} of a draft is longer than a draft can be, or none`, {
        hint: 'Save the draft again or discard it; committed versions are not touched by this.',
        details: { revision },
      });
    return { key, revision, body, live: row['live'] === true };
  }

  /** While the database is away none is known: the warning that goes with every answer says so. */
  async live(keys: readonly Hex[]): Promise<ReadonlySet<Hex>> {
    const statement = `SELECT DISTINCT name_hash FROM ${this.#table} WHERE live AND name_hash = ANY($1::bytea[]) LIMIT $2`;
    const rows = await this.#read(statement, [keys.map(bytesOf), keys.length], () => []);
    return new Set(rows.map((row) => hexOf(row['name_hash'])));
  }

  async list(limit: number): Promise<readonly DraftEntry[]> {
    const rows = await this.#read(
      `SELECT name_hash, revision, octet_length(body) AS size FROM ${this.#table} ORDER BY name_hash LIMIT $1`,
      [limit],
    );
    return rows
      .map((row) => ({ key: hexOf(row['name_hash']), revision: Number(row['revision']), size: Number(row['size']) }))
      .filter(({ key, revision, size }) => isHexDigest(key) && isRevision(revision) && Number.isSafeInteger(size));
  }

  insert({ key, revision, body, live }: DraftRevision): Promise<'saved' | 'conflict'> {
    this.#database.check();
    const { line } = this.#database;
    const mine = Buffer.from(body);
    let unanswered = false;
    return insisting(this.#database, 'save a draft', async () => {
      try {
        const saved = await line.change(
          `INSERT INTO ${this.#table} AS d (name_hash, revision, body, live) VALUES ($1, $2, $3, $4) ON CONFLICT (name_hash) DO UPDATE SET revision = EXCLUDED.revision, body = EXCLUDED.body, live = EXCLUDED.live WHERE d.revision < EXCLUDED.revision`,
          [bytesOf(key), revision, mine, live],
        );
        return saved > 0 || (unanswered && (await this.#holds(key, revision, mine))) ? 'saved' : 'conflict';
      } catch (error) {
        if (error instanceof LineLost) unanswered ||= error.sent;
        throw error;
      }
    });
  }

  async #holds(key: Hex, revision: number, body: Uint8Array): Promise<boolean> {
    const there = await this.newest(key);
    return there?.revision === revision && Buffer.compare(there.body, body) === 0;
  }

  get #table(): string {
    return this.#database.tables.drafts;
  }

  #read(text: string, values: unknown[], away?: () => readonly Row[]): Promise<readonly Row[]> {
    return on(this.#database, 'read the drafts', async () => {
      try {
        return await this.#database.line.read(text, values);
      } catch (error) {
        if (isUnprepared(error)) return [];
        if (away !== undefined && error instanceof LineLost) return away();
        throw error;
      }
    });
  }
}

function bytesOf(key: Hex): Buffer {
  return Buffer.from(key, 'hex');
}

function hexOf(value: unknown): Hex {
  return Buffer.from(bytesIn(value) ?? []).toString('hex');
}

function isRevision(revision: number): boolean {
  return Number.isSafeInteger(revision) && revision > 0;
}
