import type BetterSqlite3 from 'better-sqlite3';
import { encodeKeyChange } from '../../core/commit/statement.ts';
import type { CommitId, Digest, Hex, KeyId } from '../../core/digest.ts';
import type { KeyCommit } from '../../keys/key-replay.ts';
import type { VersionRow } from '../api/versions.ts';
import type { CommitRecord, PurgeRow } from '../commits/commit-record.ts';
import {
  CacheDisagrees,
  commitFromColumns,
  fromColumns,
  keysFromColumn,
  purgeFromColumns,
  toColumns,
} from './cache-rows.ts';
import { ROW_COLUMNS } from './cache-schema.ts';

const VALUES = `(${ROW_COLUMNS}) VALUES (${ROW_COLUMNS.replace(/\w+/g, '?')})`;
const INSERT_VERSION = `INSERT INTO versions ${VALUES}`;
const REPLACE_HEAD = `INSERT OR REPLACE INTO heads ${VALUES}`;

/**
 * The SQLite view of the verified log. It lies with the pin and is trusted like it; it may be deleted at any time. All calls
 * are synchronous and short. Each checks the types of what it reads and throws `CacheDisagrees` when they are wrong; `apply`
 * may throw SQLITE_BUSY, after which it is called again.
 */
export class Cache {
  readonly #db: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>();

  /** Wraps a database that has its schema; see `openCache`. */
  constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  /** Returns the newest commit the cache holds. */
  newest(): { index: number; id: CommitId } | undefined {
    const row = this.#get('SELECT idx, id FROM commits ORDER BY idx DESC LIMIT 1');
    return row === undefined ? undefined : commitFromColumns(row);
  }

  commitId(index: number): CommitId | undefined {
    const row = this.#get('SELECT idx, id FROM commits WHERE idx = ?', index);
    return row === undefined ? undefined : commitFromColumns(row).id;
  }

  /** Returns the commits that changed keys, oldest first, up to an index. */
  keyCommits(upTo: number): KeyCommit[] {
    const sql =
      'SELECT k.idx, c.id, signer, keys FROM key_commits k JOIN commits c ON c.idx = k.idx WHERE k.idx <= ? ORDER BY k.idx';
    return this.#prepare(sql)
      .all(upTo)
      .map((row) => {
        const columns = row as Record<string, unknown>;
        const { index, id } = commitFromColumns(columns);
        const signer = commitFromColumns({ idx: index, id: columns['signer'] }).id;
        return { index, commit: id, signer, keys: keysFromColumn(columns['keys']) };
      });
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
        const heads = new Map<string, VersionRow>();
        for (const commit of commits) {
          if (commit.index <= end) {
            if (this.commitId(commit.index) !== commit.id) throw new CacheDisagrees(`commit ${commit.index}`);
            continue;
          }
          if (commit.index !== end + 1) throw new CacheDisagrees(`a gap before commit ${commit.index}`);
          this.#insert(commit);
          for (const row of commit.versions) heads.set(row.name, row);
          end = commit.index;
        }
        for (const row of heads.values()) this.#run(REPLACE_HEAD, ...toColumns(row));
      })
      .immediate();
  }

  #insert({ index, id, keyId, statement, versions, purges }: CommitRecord): void {
    this.#run('INSERT INTO commits (idx, id) VALUES (?, ?)', index, id);
    if (statement.keys.length > 0) {
      const keys = JSON.stringify(statement.keys.map(encodeKeyChange));
      this.#run('INSERT INTO key_commits (idx, signer, keys) VALUES (?, ?, ?)', index, keyId, keys);
    }
    for (const row of versions) this.#run(INSERT_VERSION, ...toColumns(row));
    for (const { digest, size, reason } of purges) {
      const sql = 'INSERT INTO purges (digest, idx, key_id, size, reason) VALUES (?, ?, ?, ?, ?)';
      this.#run(sql, digest, index, keyId, size, reason);
    }
  }

  /** Returns the distinct keys that signed versions, key changes or purges from an index on. */
  signersSince(index: number): KeyId[] {
    const sql =
      'SELECT DISTINCT key_id AS id, 0 AS idx FROM (SELECT key_id, idx FROM versions UNION ALL SELECT key_id, idx FROM purges UNION ALL SELECT signer, idx FROM key_commits) WHERE idx >= ?';
    return this.#prepare(sql)
      .all(index)
      .map((row) => commitFromColumns(row).id);
  }

  /** Returns the newest version of a config, tombstones included. */
  head(name: string): VersionRow | undefined {
    return this.#row(`SELECT ${ROW_COLUMNS} FROM heads WHERE name = ?`, name);
  }

  /** Returns what was the newest version of a config before the commit at an index. */
  headBefore(name: string, index: number): VersionRow | undefined {
    const sql = `SELECT ${ROW_COLUMNS} FROM versions WHERE name = ? AND idx < ? ORDER BY version DESC LIMIT 1`;
    return this.#row(sql, name, index);
  }

  /** Returns the size of an artifact that a version named before the commit at an index. */
  sizeBefore(digest: Digest, index: number): number | undefined {
    const sql = `SELECT ${ROW_COLUMNS} FROM versions WHERE digest = ? AND idx < ? LIMIT 1`;
    return this.#row(sql, digest, index)?.size;
  }

  version(name: string, version: number): VersionRow | undefined {
    return this.#row(`SELECT ${ROW_COLUMNS} FROM versions WHERE name = ? AND version = ?`, name, version);
  }

  /** Returns heads in order of name, after `after`, whose name begins with `prefix`. */
  heads(query: { prefix: string; includeDeleted: boolean; after: string; limit: number }): VersionRow[] {
    return this.#rows(
      `SELECT ${ROW_COLUMNS} FROM heads WHERE name > ? AND substr(name, 1, ?) = ? ${live(query.includeDeleted)} ORDER BY name LIMIT ?`,
      query.after,
      query.prefix.length,
      query.prefix,
      query.limit,
    );
  }

  countHeads(prefix: string, includeDeleted: boolean): number {
    const sql = `SELECT count(*) AS n FROM heads WHERE substr(name, 1, ?) = ? ${live(includeDeleted)}`;
    return (this.#get(sql, prefix.length, prefix) as { n: number }).n;
  }

  /** Returns versions of a config below `before`, newest first. */
  versions(name: string, before: number, limit: number): VersionRow[] {
    return this.#rows(
      `SELECT ${ROW_COLUMNS} FROM versions WHERE name = ? AND version < ? ORDER BY version DESC LIMIT ?`,
      name,
      before,
      limit,
    );
  }

  /**
   * Returns the distinct artifacts, two at most, whose digest begins with `prefix`, each with the newest version that has it, of
   * the configs whose names begin with `within`.
   */
  byDigest(prefix: Hex, within = ''): VersionRow[] {
    const isWithin = (table: string) => `substr(${table}.name, 1, ?) = ?`;
    const scope = [within.length, within] as const;
    return this.#rows(
      `SELECT ${ROW_COLUMNS} FROM versions v WHERE digest >= ? AND digest < ? AND ${isWithin('v')} AND idx = (SELECT max(idx) FROM versions w WHERE w.digest = v.digest AND ${isWithin('w')}) GROUP BY digest LIMIT 2`,
      prefix,
      `${prefix}g`,
      ...scope,
      ...scope,
    );
  }

  /** Returns every artifact that a version refers to, with the newest commit that does; deletions aside. */
  artifacts(): { digest: Digest; size: number; index: number }[] {
    const sql =
      "SELECT digest AS id, size, max(idx) AS idx FROM versions WHERE action <> 'delete' GROUP BY digest ORDER BY digest";
    return this.#prepare(sql)
      .all()
      .map((row) => {
        const { index, id } = commitFromColumns(row);
        return { digest: id, size: commitFromColumns({ idx: (row as { size: unknown }).size, id }).index, index };
      });
  }

  /** Returns every purge, oldest first; of one artifact when `digest` is given. */
  purges(digest?: Digest): PurgeRow[] {
    const where = digest === undefined ? '' : 'WHERE digest = ?';
    return this.#prepare(`SELECT digest, idx, key_id, size, reason FROM purges ${where} ORDER BY idx`)
      .all(...(digest === undefined ? [] : [digest]))
      .map(purgeFromColumns);
  }

  /** Returns a put or restore at or after `index` that names the artifact. */
  namedSince(digest: Digest, index: number): VersionRow | undefined {
    return this.#row(
      `SELECT ${ROW_COLUMNS} FROM versions WHERE digest = ? AND idx >= ? AND action <> 'delete' LIMIT 1`,
      digest,
      index,
    );
  }

  /** Says what SQLite thinks of the file (`PRAGMA quick_check`). */
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

  #row(sql: string, ...values: unknown[]): VersionRow | undefined {
    const row = this.#get(sql, ...values);
    return row === undefined ? undefined : fromColumns(row);
  }

  #rows(sql: string, ...values: unknown[]): VersionRow[] {
    return this.#prepare(sql)
      .all(...values)
      .map(fromColumns);
  }
}

function live(includeDeleted: boolean): string {
  return includeDeleted ? '' : "AND action <> 'delete'";
}
