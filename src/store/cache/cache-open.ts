import { unlinkSync } from 'node:fs';
import type BetterSqlite3 from 'better-sqlite3';
import { isBusy, pause } from '../../disk/busy.ts';
import { look } from '../../disk/file-fault.ts';
import { fileKind } from '../../disk/file-kind.ts';
import { lacksSharedMemory } from '../../disk/volume/filesystem-type.ts';
import { Cache } from './cache.ts';
import { CacheDisagrees } from './cache-rows.ts';
import { CACHE_SCHEMA, CACHE_VERSION } from './cache-schema.ts';

/** How long SQLite itself may wait for a lock, in milliseconds: it blocks the event loop, so the rest of the wait is ours. */
const BUSY_TIMEOUT_MS = 50;
const MAX_ATTEMPTS = 100;
/** The names of a database and of the files SQLite keeps next to it. */
const SUFFIXES = ['', '-wal', '-shm', '-journal'] as const;

/** How opening came out: a warning says why the cache is held in memory, where it is. */
export interface OpenedCache {
  readonly cache: Cache;
  readonly warning?: string;
}

/**
 * Opens the cache file, or one in memory where there is no path or the file cannot be used (read-only, locked, of a newer
 * release). A damaged file, or one of an older release, is deleted and begun again: everything in it is in the log.
 */
export async function openCache(path: string | undefined): Promise<OpenedCache> {
  const { default: Database } = await import('better-sqlite3');
  if (path === undefined) return { cache: prepared(new Database(':memory:')) };
  let dropped = false;
  for (let attempt = 1; ; attempt++) {
    let db: BetterSqlite3.Database | undefined;
    try {
      refuseOddFiles(path);
      db = new Database(path, { timeout: BUSY_TIMEOUT_MS });
      const version = Number(db.pragma('user_version', { simple: true }));
      if (version > CACHE_VERSION) {
        db.close();
        const warning = `the cache was written by a newer release (version ${version}, this one knows ${CACHE_VERSION}); it is left alone and this process keeps one in memory`;
        return { cache: prepared(new Database(':memory:')), warning };
      }
      if (version !== CACHE_VERSION && version !== 0) throw new Error('a cache of an older release');
      setJournal(db, path);
      return { cache: prepared(db) };
    } catch (error) {
      db?.close();
      if (isBusy(error) && attempt < MAX_ATTEMPTS) await pause();
      else if (isDamaged(error) && !dropped && removed(path)) dropped = true;
      else {
        const code = (error as { code?: unknown }).code;
        const warning = `the cache file cannot be used (${typeof code === 'string' ? code : 'damaged'}); this process keeps one in memory`;
        return { cache: prepared(new Database(':memory:')), warning };
      }
    }
  }
}

/** True when the file is no cache any more, so that only a new one helps. */
export function isDamaged(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === undefined || (typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(code));
}

/** False where the file cannot be taken away: on a read-only disk, say. */
function removed(path: string): boolean {
  try {
    dropCacheFile(path);
    return true;
  } catch {
    return false; // the caller goes on with a cache in memory, and says why
  }
}

/** SQLite follows links and waits for the other end of a FIFO: the cache and its journals have to be plain files of one name. */
function refuseOddFiles(path: string): void {
  for (const suffix of SUFFIXES) {
    const stats = look(path + suffix);
    if (stats !== undefined && (!stats.isFile() || stats.nlink > 1))
      throw new Error(`${fileKind(stats)} in the place of the cache`);
  }
}

/** Deletes the cache with its journal files. */
export function dropCacheFile(path: string): void {
  for (const suffix of SUFFIXES) {
    try {
      unlinkSync(path + suffix);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** Sets what every open must set, makes the schema where there is none, and checks that SQLite took the settings. */
function prepared(db: BetterSqlite3.Database): Cache {
  db.unsafeMode(false); // SQLite's defensive mode
  db.pragma('trusted_schema = OFF');
  db.pragma('synchronous = NORMAL');
  if (db.pragma('user_version', { simple: true }) === 0) {
    db.transaction(() => {
      if (db.pragma('user_version', { simple: true }) !== 0) return; // another process was first
      for (const statement of CACHE_SCHEMA) db.exec(statement);
      db.pragma(`user_version = ${CACHE_VERSION}`);
    }).immediate();
  }
  const taken = db.pragma('synchronous', { simple: true }) === 1 && db.pragma('trusted_schema', { simple: true }) === 0;
  if (!taken) throw new Error('SQLite did not take its settings');
  checkSchema(db);
  return new Cache(db);
}

/** A table, view, trigger or index that this program does not make, or one it makes otherwise, is damage. */
function checkSchema(db: BetterSqlite3.Database): void {
  const found = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL').pluck().all() as string[];
  const agrees = found.length === CACHE_SCHEMA.length && CACHE_SCHEMA.every((sql) => found.includes(sql));
  if (!agrees) throw new CacheDisagrees('another schema');
}

function setJournal(db: BetterSqlite3.Database, path: string): void {
  const mode = lacksSharedMemory(path) ? 'delete' : 'wal';
  if (db.pragma('journal_mode', { simple: true }) === mode) return;
  if (db.pragma(`journal_mode = ${mode}`, { simple: true }) !== mode)
    throw new Error(`SQLite did not take the journal mode ${mode}`);
}
