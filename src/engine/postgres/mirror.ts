import type BetterSqlite3 from 'better-sqlite3';
import type { Digest } from '../../core/digest.ts';
import type { LogRange } from '../port.ts';
import type { RangeLimit } from './log-rows.ts';

/** The longest artifact that is kept, and all of them together, in bytes. */
const MAX_OBJECT_BYTES = 4 * 1_048_576;
const MAX_TOTAL_BYTES = 256 * 1_048_576;
/** How long what is handed over waits at least, and from one write to the next, in milliseconds: a transaction costs more than its rows. */
const SOON_MS = 20;
const GATHER_MS = 1_000;
/** Digests that are remembered as kept. */
const MAX_REMEMBERED = 10_000;

/**
 * The part of a store in a database that this installation has read and verified, in a file of its own: reads go on from it
 * while the database is away. Nothing in it is trusted: what is read from it is verified like what comes from the database. A file that
 * cannot be opened or written keeps nothing, and nothing else changes.
 */
export class Mirror {
  readonly #path: () => Promise<string>;
  #db: BetterSqlite3.Database | undefined;
  #opening: Promise<void> | undefined;
  #unusable = false;
  #later: Array<(db: BetterSqlite3.Database) => void> = [];
  #timer: NodeJS.Timeout | undefined;
  #writtenAt = Number.NEGATIVE_INFINITY;
  /** Settles when what was handed over so far is in the file, or never will be; never rejects. */
  #written: Promise<void> = Promise.resolve();
  #kept = 0;
  /** Artifacts that this process has handed over, so that each is written once. */
  readonly #handedOver = new Set<Digest>();
  readonly #statements = new Map<string, BetterSqlite3.Statement<unknown[]>>();

  /** @param path makes the folder where there is none, and returns the file's path */
  constructor(path: () => Promise<string>) {
    this.#path = path;
  }

  /** Keeps verified commits. Where another was kept at an index, those after it go: they were of another log. */
  keep(first: number, envelopes: readonly Uint8Array[], purged: readonly Digest[]): void {
    this.#soon((db) => {
      const there = this.#prepare(db, 'SELECT envelope FROM log WHERE idx = ?').pluck();
      const end = this.#prepare(db, 'DELETE FROM log WHERE idx >= ?');
      const add = this.#prepare(db, 'INSERT OR REPLACE INTO log (idx, envelope) VALUES (?, ?)');
      for (const [i, envelope] of envelopes.entries()) {
        const kept = there.get(first + i) as Uint8Array | undefined;
        if (kept !== undefined && Buffer.compare(kept, envelope) === 0) continue;
        if (kept !== undefined) end.run(first + i);
        add.run(first + i, envelope);
      }
    });
    for (const digest of purged) this.dropObject(digest);
  }

  /** Keeps an artifact whose bytes have been compared with its address. */
  keepObject(digest: Digest, bytes: Uint8Array): void {
    if (bytes.length > MAX_OBJECT_BYTES || this.#handedOver.has(digest)) return;
    if (this.#handedOver.size >= MAX_REMEMBERED) this.#handedOver.clear();
    this.#handedOver.add(digest);
    this.#soon((db) => {
      const add = this.#prepare(db, 'INSERT OR IGNORE INTO objects (digest, bytes) VALUES (?, ?)');
      const added = add.run(digest, bytes);
      this.#kept += added.changes * bytes.length;
      if (this.#kept > MAX_TOTAL_BYTES / 16) this.#shrink(db);
    });
  }

  /** Lets go of an artifact that was removed. */
  dropObject(digest: Digest): void {
    this.#handedOver.delete(digest);
    this.#soon((db) => db.prepare('DELETE FROM objects WHERE digest = ?').run(digest));
    void this.#write(); // what was purged is not kept until others are written
  }

  /** Returns what is kept of the log from `first` on. */
  async range(first: number, { commits, bytes }: RangeLimit): Promise<LogRange> {
    const none: LogRange = { first, envelopes: [], more: false };
    return this.#ask(none, (db) => {
      const envelopes: Uint8Array[] = [];
      let total = 0;
      const rows = db.prepare('SELECT idx, envelope FROM log WHERE idx >= ? ORDER BY idx LIMIT ?');
      for (const row of rows.iterate(first, commits + 1)) {
        const { idx, envelope } = row as { idx: number; envelope: Uint8Array };
        if (idx !== first + envelopes.length) break;
        total += envelope.length;
        if (envelopes.length === commits || (envelopes.length > 0 && total > bytes))
          return { first, envelopes, more: true };
        envelopes.push(envelope);
      }
      return { first, envelopes, more: false };
    });
  }

  /** Returns indexes above `index` that are kept. */
  async beyond(index: number, limit: number): Promise<readonly number[]> {
    const statement = 'SELECT idx FROM log WHERE idx > ? ORDER BY idx LIMIT ?';
    return this.#ask([], (db) => db.prepare(statement).pluck().all(index, limit) as number[]);
  }

  async object(digest: Digest): Promise<Uint8Array | undefined> {
    const statement = 'SELECT bytes FROM objects WHERE digest = ?';
    return this.#ask(undefined, (db) => db.prepare(statement).pluck().get(digest) as Uint8Array | undefined);
  }

  /** Asks about everything that was handed over. A file that is damaged or locked has nothing. */
  async #ask<T>(nothing: T, question: (db: BetterSqlite3.Database) => T): Promise<T> {
    await this.#write();
    const db = await this.#open();
    try {
      return db === undefined ? nothing : question(db);
    } catch {
      return nothing; // the caller says that the database is away, which is why it was asked
    }
  }

  async close(): Promise<void> {
    await this.#write();
    this.#unusable = true;
    this.#db?.close();
    this.#db = undefined;
  }

  /** Not now: an answer does not wait for it. */
  #soon(work: (db: BetterSqlite3.Database) => void): void {
    if (this.#unusable) return;
    this.#later.push(work);
    const ms = Math.max(SOON_MS, this.#writtenAt + GATHER_MS - performance.now());
    this.#timer ??= setTimeout(() => void this.#write(), ms).unref();
  }

  /** One after the other, so that no caller is answered while an earlier one waits for the file to be opened. */
  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#written = this.#written.then(() => this.#writeLater());
    return this.#written;
  }

  async #writeLater(): Promise<void> {
    const work = this.#later;
    if (work.length === 0) return;
    this.#later = [];
    this.#writtenAt = performance.now();
    const db = await this.#open();
    try {
      db?.transaction(() => {
        for (const one of work) one(db);
      }).immediate();
    } catch {
      // full, locked or damaged: what was not kept is read from the database
    }
  }

  async #open(): Promise<BetterSqlite3.Database | undefined> {
    if (this.#db === undefined && !this.#unusable) {
      this.#opening ??= this.#openFile();
      await this.#opening;
    }
    return this.#db;
  }

  async #openFile(): Promise<void> {
    try {
      const path = await this.#path();
      const { default: Database } = await import('better-sqlite3');
      const db = new Database(path, { timeout: 1_000 });
      this.#db = db;
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = NORMAL');
      db.pragma('secure_delete = ON'); // a purge leaves nothing behind
      db.exec(
        'CREATE TABLE IF NOT EXISTS log (idx INTEGER PRIMARY KEY, envelope BLOB NOT NULL) STRICT; CREATE TABLE IF NOT EXISTS objects (n INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL) STRICT',
      );
    } catch {
      this.#db?.close();
      this.#db = undefined;
      this.#unusable = true;
    }
  }

  #prepare(db: BetterSqlite3.Database, sql: string): BetterSqlite3.Statement<unknown[]> {
    const known = this.#statements.get(sql) ?? db.prepare<unknown[]>(sql);
    this.#statements.set(sql, known);
    return known;
  }

  /** The artifacts that were kept first go first. */
  #shrink(db: BetterSqlite3.Database): void {
    this.#kept = 0;
    const total = db.prepare('SELECT coalesce(sum(length(bytes)), 0) FROM objects').pluck().get() as number;
    if (total <= MAX_TOTAL_BYTES) return;
    db.prepare(
      'DELETE FROM objects WHERE n IN (SELECT n FROM (SELECT n, sum(length(bytes)) OVER (ORDER BY n DESC) AS kept FROM objects) WHERE kept > ?)',
    ).run(MAX_TOTAL_BYTES / 2);
  }
}
