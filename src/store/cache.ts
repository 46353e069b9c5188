import { statfsSync, unlinkSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import type { Hex } from '../core/digest.ts';
import type { VersionRow } from './api.ts';
import { CACHE_SCHEMA, CACHE_VERSION, ROW_COLUMNS } from './cache-schema.ts';
import { type CommitRecord, type PurgeRow, purgeRows, versionRows } from './rows.ts';

/** Thrown by `apply` when the cache holds another commit than the log: the cache is wrong, and is rebuilt. */
export class CacheDisagrees extends Error {}

/** f_type of file systems on which SQLite's shared memory is not safe: NFS, SMB, CIFS, 9p, FUSE (virtiofs has FUSE's). */
const NO_WAL_FILE_SYSTEMS = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546]);

const VERSION_PLACES = ROW_COLUMNS.split(', ')
  .map(() => '?')
  .join(', ');

/** How `Cache.open` came out: a warning says why the cache is held in memory, where it is. */
export interface OpenedCache {
  readonly cache: Cache;
  readonly warning?: string;
}

/**
 * The SQLite view of the log. It carries no trust: whoever reads a row checks it against the log, and it may be deleted
 * at any time. All calls are synchronous and short; `apply` may throw SQLITE_BUSY, after which it is simply called again.
 */
export class Cache {
  readonly #db: BetterSqlite3.Database;
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>();

  private constructor(db: BetterSqlite3.Database) {
    this.#db = db;
  }

  /**
   * Opens the cache file, or one in memory where the file cannot be used (read-only, locked, of a newer version) or
   * where `path` is undefined. A damaged or older file is deleted and begun anew.
   */
  static async open(path: string | undefined): Promise<OpenedCache> {
    const Database = (await import('better-sqlite3')).default;
    if (path === undefined) return { cache: prepared(new Database(':memory:')) };
    for (let attempt = 0; ; attempt++) {
      let db: BetterSqlite3.Database | undefined;
      try {
        db = new Database(path, { timeout: 50 });
        setJournal(db, path);
        const version = db.pragma('user_version', { simple: true });
        if (typeof version === 'number' && version > CACHE_VERSION) {
          db.close();
          return {
            cache: prepared(new Database(':memory:')),
            warning: `STORE_NEWER: the cache was written by a newer release (version ${version}, this one knows ${CACHE_VERSION}); it is left alone and this process keeps one in memory`,
          };
        }
        if (version !== CACHE_VERSION && version !== 0) throw new Error('a cache of an older release');
        return { cache: prepared(db) };
      } catch (error) {
        db?.close();
        if (isBusy(error) && attempt < 100) {
          await pause();
          continue;
        }
        if (attempt < 101 && isDamaged(error)) {
          dropCacheFile(path);
          attempt = 101;
          continue;
        }
        const code = (error as { code?: unknown }).code;
        return {
          cache: prepared(new Database(':memory:')),
          warning: `the cache file cannot be used (${typeof code === 'string' ? code : 'damaged'}); this process keeps one in memory`,
        };
      }
    }
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

  /** The newest purge of an artifact. */
  purge(digest: Hex): PurgeRow | undefined {
    return this.#get(
      'SELECT digest, idx AS "index", reason FROM purges WHERE digest = ? ORDER BY idx DESC LIMIT 1',
      digest,
    ) as PurgeRow | undefined;
  }

  /** True when a put or restore at or after `index` names the artifact. */
  namedSince(digest: Hex, index: number): boolean {
    return (
      this.#get(
        "SELECT 1 FROM versions WHERE digest = ? AND idx >= ? AND action <> 'delete' LIMIT 1",
        digest,
        index,
      ) !== undefined
    );
  }

  /** True when any version names the artifact. */
  names(digest: Hex): boolean {
    return this.#get('SELECT 1 FROM versions WHERE digest = ? LIMIT 1', digest) !== undefined;
  }

  close(): void {
    this.#statements.clear();
    this.#db.close();
  }

  /** For `Cache.open` only: wraps a database that has its schema. */
  static wrap(db: BetterSqlite3.Database): Cache {
    return new Cache(db);
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

/** True for the errors that go away by waiting. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

/** A fixed, jittered wait of 2 to 3 ms: a growing one made tails of seconds. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2 + Math.random()));
}

/** Deletes the cache with its journal files; it is rebuilt from the log. */
export function dropCacheFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    try {
      unlinkSync(path + suffix);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

function prepared(db: BetterSqlite3.Database): Cache {
  db.unsafeMode(false);
  db.pragma('trusted_schema = OFF');
  db.pragma('synchronous = NORMAL');
  if (db.pragma('user_version', { simple: true }) === 0) {
    db.transaction(() => {
      if (db.pragma('user_version', { simple: true }) !== 0) return;
      db.exec(CACHE_SCHEMA);
      db.pragma(`user_version = ${CACHE_VERSION}`);
    }).immediate();
  }
  if (db.pragma('synchronous', { simple: true }) !== 1)
    throw new Error('SQLite did not take the setting of synchronous');
  return Cache.wrap(db);
}

function setJournal(db: BetterSqlite3.Database, path: string): void {
  const mode = NO_WAL_FILE_SYSTEMS.has(statfsSync(path).type) ? 'delete' : 'wal';
  if (
    db.pragma('journal_mode', { simple: true }) !== mode &&
    db.pragma(`journal_mode = ${mode}`, { simple: true }) !== mode
  ) {
    throw new Error(`SQLite did not take the journal mode ${mode}`);
  }
}

/** True when the file is no cache any more, so that only a new one helps. */
export function isDamaged(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === undefined || (typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(code));
}

function live(includeDeleted: boolean): string {
  return includeDeleted ? '' : "AND action <> 'delete'";
}

function toColumns(row: VersionRow): unknown[] {
  return [
    row.name,
    row.version,
    row.index,
    row.action,
    row.digest,
    row.size,
    row.mediaType,
    row.restoredFrom,
    row.commit,
    row.keyId,
    row.time,
    row.message,
    JSON.stringify(row.author),
  ];
}

function fromColumns(columns: unknown): VersionRow | undefined {
  if (columns === undefined) return undefined;
  const c = columns as Record<string, unknown>;
  return {
    name: c['name'] as string,
    version: c['version'] as number,
    index: c['idx'] as number,
    action: c['action'] as VersionRow['action'],
    digest: c['digest'] as Hex,
    size: c['size'] as number,
    mediaType: c['media_type'] as string,
    restoredFrom: c['restored_from'] as number | null,
    commit: c['id'] as Hex,
    keyId: c['keyid'] as Hex,
    time: c['time'] as string,
    message: c['message'] as string,
    author: JSON.parse(c['author'] as string) as VersionRow['author'],
  };
}
