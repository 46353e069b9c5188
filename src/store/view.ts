import type { Hex } from '../core/digest.ts';
import { sha256Hex } from '../core/digest.ts';
import { isStoreError, StoreError, toStoreError } from '../errors.ts';
import { Keyring } from '../keys/keyring.ts';
import { absorbRun } from './absorb.ts';
import type { Verdict, VersionRow } from './api.ts';
import type { Cache } from './cache.ts';
import { CacheFile } from './cache-file.ts';
import { brokenChain, walkChain } from './chain-walk.ts';
import { loadKeyring } from './keyring-load.ts';
import type { FileCommitLog } from './log.ts';
import { type CommitRecord, keyCommitOf, sameRow, versionRows } from './rows.ts';
import { checkEnvelope } from './verify-commit.ts';

/** Verified commits that are remembered; each holds its statement, so the number bounds the memory. */
const REMEMBERED_COMMITS = 4_096;
/** Heads that are remembered; a head is asked of SQLite again after it was dropped. */
const REMEMBERED_HEADS = 10_000;

/**
 * What this process knows of the log: the newest commit it has verified, the keyring, and the cache beside it. Everything
 * in it comes from commits whose signature and place in the chain were checked here.
 */
export class LogView {
  readonly log: FileCommitLog;
  readonly #cache: CacheFile;
  readonly #onFault: (error: StoreError) => void;
  readonly #verified = new Map<Hex, CommitRecord>();
  readonly #heads = new Map<string, VersionRow>();
  readonly #stop = new AbortController();
  #head: CommitRecord | undefined;
  #keyring: Keyring = Keyring.empty;
  #newest: Map<string, number> | undefined;
  #touched = new Map<string, number>();
  readonly #changed = new Set<string>();
  #listChanged = false;
  #walking: Promise<void> | undefined;
  #absorbing: Promise<void> | undefined;
  #tailFault: StoreError | undefined;
  #chainFault: StoreError | undefined;

  private constructor(log: FileCommitLog, cache: CacheFile, onFault: (error: StoreError) => void) {
    this.log = log;
    this.#cache = cache;
    this.#onFault = onFault;
  }

  /** Opens the cache and takes its newest commit as the start, if that commit is in the log and verifies. */
  static async open(
    log: FileCommitLog,
    cachePath: string,
    exists: boolean,
    onFault: (error: StoreError) => void,
  ): Promise<LogView> {
    const view = new LogView(log, await CacheFile.open(cachePath, exists), onFault);
    await view.#startFromCache();
    await view.absorb();
    return view;
  }

  /** The newest commit that verified. */
  get head(): CommitRecord | undefined {
    return this.#head;
  }

  get keyring(): Keyring {
    return this.#keyring;
  }

  get freshness(): 'log' | 'cache' {
    return this.#newest === undefined ? 'cache' : 'log';
  }

  /** Why nothing may be appended: garbage after the newest commit, a gap, or a broken chain. */
  get fault(): StoreError | undefined {
    return this.#chainFault ?? this.#tailFault;
  }

  /** Set when commits are known to be there after the last one that could be read: then no version is surely the newest. */
  get truncated(): StoreError | undefined {
    const end = (this.#head?.index ?? -1) + 1;
    return this.fault !== undefined && this.log.lastIndex() > end ? this.fault : undefined;
  }

  get cacheWarning(): string | undefined {
    return this.#cache.warning;
  }

  /** Reads what was committed since, by whomever; returns when this process may answer from it. */
  async absorb(): Promise<void> {
    if (this.#absorbing !== undefined) await this.#absorbing;
    if (!this.log.probe((this.#head?.index ?? -1) + 1)) return;
    this.#absorbing ??= this.#absorbAll().finally(() => {
      this.#absorbing = undefined;
    });
    await this.#absorbing;
  }

  async #absorbAll(onProgress?: (done: number) => void): Promise<void> {
    this.#tailFault = undefined;
    for (;;) {
      const run = await absorbRun(this.log, this.#head, this.#keyring);
      for (const record of run.records) this.#accept(record);
      const last = run.records.at(-1);
      if (last !== undefined) {
        for (const index of run.folders) await this.log.syncFolder(index);
        await this.#cache.settleIn();
        this.#cache.write(run.records);
        onProgress?.(last.index + 1);
      }
      if (run.fault !== undefined) {
        this.#tailFault = run.fault;
        this.#onFault(run.fault);
      }
      if (run.ended) break;
    }
    if (this.#tailFault === undefined) this.#tailFault = this.#gap();
  }

  /** Takes over a commit that this process linked itself and verified before. */
  acceptOwn(record: CommitRecord): void {
    if (record.index === (this.#head?.index ?? -1) + 1) this.#accept(record);
    this.#cache.writeSoon(record);
  }

  #accept(record: CommitRecord): void {
    this.#head = record;
    this.#remember(record);
    if (record.statement.keys.length > 0) this.#keyring = this.#keyring.with(keyCommitOf(record));
    for (const row of versionRows(record)) {
      if (this.#heads.size >= REMEMBERED_HEADS) this.#heads.clear();
      this.#heads.set(row.name, row);
      (this.#newest ?? this.#touched).set(row.name, row.index);
      this.#changed.add(row.name);
      if (row.version === 1 || row.action !== 'put') this.#listChanged = true;
    }
  }

  /** The configs that were changed since the last call, and whether names came or went. */
  takeChanges(): { changed: readonly string[]; listChanged: boolean } {
    const changes = { changed: [...this.#changed], listChanged: this.#listChanged };
    this.#changed.clear();
    this.#listChanged = false;
    return changes;
  }

  #remember(record: CommitRecord): void {
    if (this.#verified.size >= REMEMBERED_COMMITS) {
      const oldest = this.#verified.keys().next();
      if (!oldest.done) this.#verified.delete(oldest.value);
    }
    this.#verified.set(record.id, record);
  }

  /** The newest version of a config as the log says; never from a commit this process has not absorbed. */
  async headRow(name: string): Promise<VersionRow | undefined> {
    await this.absorb();
    const known = this.#heads.get(name);
    if (known !== undefined) return known;
    const row = await this.query((cache) => cache.head(name));
    const newest = this.#newest === undefined ? this.#touched.get(name) : (this.#newest.get(name) ?? -1);
    if (newest !== undefined && (row?.index ?? -1) !== newest) {
      await this.rebuild();
      return this.#heads.get(name) ?? (await this.query((cache) => cache.head(name)));
    }
    if (row !== undefined) this.#heads.set(name, row);
    return row;
  }

  /** Asks the cache, once everything absorbed is in it. */
  async query<T>(ask: (cache: Cache) => T): Promise<T> {
    const damaged = await this.#cache.settle();
    if (damaged) await this.rebuild();
    return this.#cache.ask(ask, () => this.rebuild());
  }

  /**
   * The commit that a row of the cache names, read from the log and verified anew (the signature's verdict is remembered
   * by commit id). A row that says something else than the log makes the cache be rebuilt.
   *
   * @throws StoreError CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED
   */
  async commitOf(row: VersionRow): Promise<CommitRecord> {
    const record = this.verifiedCommit(row.index);
    if (record.id === row.commit && versionRows(record).some((signed) => sameRow(signed, row))) return record;
    this.#onFault(
      new StoreError('CORRUPT', `the cache's row for ${row.name} version ${row.version} disagrees with the log`, {
        hint: 'It was rebuilt from the log; nothing is lost.',
      }),
    );
    await this.rebuild();
    throw new CacheRowWrong();
  }

  /**
   * Commit `index`, read from the log now and checked: hash, signature, chain position.
   *
   * @throws StoreError CORRUPT, SIGNATURE_INVALID
   */
  verifiedCommit(index: number): CommitRecord {
    const bytes = this.log.readSync(index);
    if (bytes === undefined) throw brokenChain(index, true);
    const known = this.#verified.get(sha256Hex(bytes));
    if (known !== undefined && known.index === index) return known;
    const record = checkEnvelope(bytes, { index, store: this.#keyring.store }, this.#keyring);
    this.#remember(record);
    return record;
  }

  /** Why a commit is not trusted today; undefined when it is. */
  untrusted({ keyid, index }: CommitRecord): StoreError | undefined {
    const reason = this.#keyring.untrusted(keyid, index);
    return reason === undefined
      ? undefined
      : new StoreError('KEY_UNTRUSTED', reason, { hint: 'No older version is trusted either; put the config again.' });
  }

  /** What a history says of a version: its commit is verified and says the same, it is not trusted, or it is damaged. */
  verdict(row: VersionRow): Verdict {
    try {
      const record = this.verifiedCommit(row.index);
      if (record.id !== row.commit || !versionRows(record).some((signed) => sameRow(signed, row))) return 'corrupt';
      return this.untrusted(record) === undefined ? 'ok' : 'untrusted';
    } catch (error) {
      if (isStoreError(error)) return 'corrupt';
      throw error;
    }
  }

  /** Forgets everything and begins again from the disk: the log under this process was replaced. */
  async reopen(): Promise<void> {
    this.#walking = undefined;
    this.#chainFault = undefined;
    await this.rebuild();
    this.#chainFault = undefined;
  }

  /** The cache anew from the log, every commit verified. */
  async rebuild(onProgress?: (done: number) => void): Promise<void> {
    while (this.#absorbing !== undefined) await this.#absorbing;
    this.#absorbing = this.#rebuildAll(onProgress).finally(() => {
      this.#absorbing = undefined;
    });
    await this.#absorbing;
  }

  async #rebuildAll(onProgress?: (done: number) => void): Promise<void> {
    const before = this.#head;
    await this.#cache.reset();
    this.#head = undefined;
    this.#keyring = Keyring.empty;
    this.#heads.clear();
    this.#verified.clear();
    this.#newest = new Map();
    this.#touched = new Map();
    await this.#absorbAll(onProgress);
    const head = this.#head as CommitRecord | undefined;
    if (before !== undefined && (head === undefined || head.index < before.index)) {
      this.#chainFault = this.#tailFault ?? brokenChain((head?.index ?? -1) + 1, true);
    }
  }

  /** Walks the whole chain once, in the background; afterwards `freshness` is `log`. */
  walk(): Promise<void> {
    this.#walking ??= this.#walkOnce().catch((error: unknown) => {
      this.#chainFault = toStoreError(error);
      this.#onFault(this.#chainFault);
    });
    return this.#walking;
  }

  async #walkOnce(): Promise<void> {
    if (this.#newest !== undefined || this.#head === undefined) return;
    const result = await walkChain((index) => this.log.readSync(index), this.#head, this.#stop.signal);
    if (result === undefined || this.#newest !== undefined) return;
    if (result.fault !== undefined) {
      this.#chainFault = result.fault;
      this.#onFault(result.fault);
      return;
    }
    const newest = new Map(result.newest);
    for (const [name, index] of this.#touched) newest.set(name, index);
    this.#newest = newest;
    for (const [name, row] of this.#heads) {
      if (newest.get(name) !== row.index) this.#heads.delete(name);
    }
    if ((await this.query((cache) => cache.countHeads('', true))) !== newest.size) await this.rebuild();
  }

  /** Ends the walk and closes the cache. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#absorbing?.catch(() => undefined); // whoever asked for it got the error
    await this.#walking;
    this.#cache.close();
  }

  async #startFromCache(): Promise<void> {
    const newest = this.#cache.newest();
    if (newest === undefined) {
      this.#newest = new Map();
      return;
    }
    const bytes = this.log.readSync(newest.index);
    if (bytes === undefined || sha256Hex(bytes) !== newest.id) {
      await this.#cache.reset();
      this.#newest = new Map();
      return;
    }
    try {
      const { head, keyring } = loadKeyring(this.log, newest.index, bytes);
      this.#head = head;
      this.#keyring = keyring;
      this.#remember(head);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#onFault(error);
      await this.#cache.reset();
      this.#newest = new Map();
    }
  }

  #gap(): StoreError | undefined {
    const head = this.#head?.index ?? -1;
    return this.log.lastIndex() > head + 1 ? brokenChain(head + 1, !this.log.probe(head + 1)) : undefined;
  }
}

/** Thrown inside the store when a row of the cache was wrong and the cache is new now: ask again. */
export class CacheRowWrong extends Error {}
