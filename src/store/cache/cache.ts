import type BetterSqlite3 from 'better-sqlite3';
import type { Hex } from '../../core/digest.ts';
import type { VersionRow } from '../api/versions.ts';
import { type CommitRecord, type PurgeRow, purgeRows, versionRows } from '../commits/commit-record.ts';
import { fromColumns, toColumns } from './cache-rows.ts';
import { ROW_COLUMNS } from './cache-schema.ts';

/** Thrown by `apply` when the cache holds another commit than the log: the cache is wrong, and is rebuilt. */
export class CacheDisagrees extends Error {}

const VERSION_PLACES = ROW_COLUMNS.split(', ')
  .map(() => '?')
  .join(', ');

/**
 * The SQLite view of the log. It carries no trust: whoever reads a row checks it against the log, and it may be deleted
 * at any time. All calls are synchronous and short; `apply` may throw SQLITE_BUSY, after which it is simply called again.
 */
export class Cache {
  readonly #db: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>();

  /** Wraps a database that has its schema; see `openCache`. */
  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  /** The newest commit the cache holds. */
  newest(): { index: number; id: Hex } | undefined {
    return this.#get('SELECT idx AS "index", id FROM commits ORDER BY idx DESC LIMIT 1') as
      | { index: number; id: Hex }
      | undefined;
  }

  /**
   * Adds commits that are contiguous among themselves; those the cache has already are compared, never ignored.
   *
   * @throws CacheDisagrees when an index holds another commit, or when the commits begin beyond the cache's end.
   */
  apply(commits: readonly CommitRecord[]): void {
    this.#db
      .transaction(() => {
        let end = this.newest()?.index ?? -1;
        for (const commit of commits) {
          if (commit.index <= end) {
            const known = this.#get('SELECT id FROM commits WHERE idx = ?', commit.index) as { id: Hex } | undefined;
            if (known?.id !== commit.id) throw new CacheDisagrees(`commit ${commit.index}`);
            continue;
          }
          if (commit.index !== end + 1) throw new CacheDisagrees(`a gap before commit ${commit.index}`);
          this.#insert(commit);
          end = commit.index;
        }
      })
      .immediate();
  }

  #insert(commit: CommitRecord): void {
    this.#run('INSERT INTO commits (idx, id) VALUES (?, ?)', commit.index, commit.id);
    for (const row of versionRows(commit)) {
      const values = toColumns(row);
      this.#run(`INSERT OR REPLACE INTO versions (${ROW_COLUMNS}) VALUES (${VERSION_PLACES})`, ...values);
      this.#run(`INSERT OR REPLACE INTO heads (${ROW_COLUMNS}) VALUES (${VERSION_PLACES})`, ...values);
    }
    for (const { digest, index, reason } of purgeRows(commit)) {
      this.#run('INSERT OR REPLACE INTO purges (digest, idx, reason) VALUES (?, ?, ?)', digest, index, reason);
    }
  }

  /** The newest version of a config, tombstones included. */
  head(name: string): VersionRow | undefined {
    return fromColumns(this.#get(`SELECT ${ROW_COLUMNS} FROM heads WHERE name = ?`, name));
  }

  version(name: string, version: number): VersionRow | undefined {
    return fromColumns(this.#get(`SELECT ${ROW_COLUMNS} FROM versions WHERE name = ? AND version = ?`, name, version));
  }

  /** Heads in order of name, after `after`, whose name begins with `prefix`. */
  heads(query: { prefix: string; includeDeleted: boolean; after: string; limit: number }): VersionRow[] {
    return this.#all(
      `SELECT ${ROW_COLUMNS} FROM heads WHERE name > ? AND substr(name, 1, ?) = ? ${live(query.includeDeleted)} ORDER BY name LIMIT ?`,
      query.after,
      query.prefix.length,
      query.prefix,
      query.limit,
    );
  }

  countHeads(prefix: string, includeDeleted: boolean): number {
    const row = this.#get(
      `SELECT count(*) AS n FROM heads WHERE substr(name, 1, ?) = ? ${live(includeDeleted)}`,
      prefix.length,
      prefix,
    );
    return (row as { n: number }).n;
  }

  /** Versions of a config below `before`, newest first. */
  versions(name: string, before: number, limit: number): VersionRow[] {
    return this.#all(
      `SELECT ${ROW_COLUMNS} FROM versions WHERE name = ? AND version < ? ORDER BY version DESC LIMIT ?`,
      name,
      before,
      limit,
    );
  }

  countVersions(name: string): number {
    return (this.#get('SELECT count(*) AS n FROM versions WHERE name = ?', name) as { n: number }).n;
  }

  /** The distinct artifacts, two at most, whose digest begins with `prefix`, each with the newest version that has it. */
  byDigest(prefix: Hex): VersionRow[] {
    return this.#all(
      `SELECT ${ROW_COLUMNS} FROM versions v WHERE digest >= ? AND digest < ? AND idx = (SELECT max(idx) FROM versions w WHERE w.digest = v.digest) GROUP BY digest LIMIT 2`,
      prefix,
      `${prefix}g`,
    );
  }

  /** The newest purge of each artifact that was ever purged. */
  purges(): PurgeRow[] {
    return this.#prepare('SELECT digest, max(idx) AS "index", reason FROM purges GROUP BY digest').all() as PurgeRow[];
  }

  /** The newest purge of an artifact. */
  purge(digest: Hex): PurgeRow | undefined {
    return this.#get(
      'SELECT digest, idx AS "index", reason FROM purges WHERE digest = ? ORDER BY idx DESC LIMIT 1',
      digest,
    ) as PurgeRow | undefined;
  }

  /** A put or restore at or after `index` that names the artifact. */
  namedSince(digest: Hex, index: number): VersionRow | undefined {
    return fromColumns(
      this.#get(
        `SELECT ${ROW_COLUMNS} FROM versions WHERE digest = ? AND idx >= ? AND action <> 'delete' LIMIT 1`,
        digest,
        index,
      ),
    );
  }

  /** True when any version names the artifact. */
  names(digest: Hex): boolean {
    return this.#get('SELECT 1 FROM versions WHERE digest = ? LIMIT 1', digest) !== undefined;
  }

  /** SQLite's own opinion of the file (`PRAGMA quick_check`). */
  isSound(): boolean {
    return this.#db.pragma('quick_check(1)', { simple: true }) === 'ok';
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  #prepare(sql: string): BetterSqlite3.Statement<unknown[]> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #get(sql: string, ...values: unknown[]): unknown {
    return this.#prepare(sql).get(...values);
  }

  #run(sql: string, ...values: unknown[]): void {
    this.#prepare(sql).run(...values);
  }

  #all(sql: string, ...values: unknown[]): VersionRow[] {
    return this.#prepare(sql)
      .all(...values)
      .map((row) => fromColumns(row) as VersionRow);
  }
}

function live(includeDeleted: boolean): string {
  return includeDeleted ? '' : "AND action <> 'delete'";
}
