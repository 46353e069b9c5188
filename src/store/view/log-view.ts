import { StoreError, toStoreError } from '../../core/errors.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import { Keyring } from '../../keys/keyring.ts';
import type { VersionRow } from '../api/versions.ts';
import type { Cache } from '../cache/cache.ts';
import { CacheFile } from '../cache/cache-file.ts';
import { ChainCheck } from '../commits/chain-check.ts';
import { brokenChain } from '../commits/chain-walk.ts';
import { CacheRowWrong, says, VerifiedCommits } from '../commits/commit-cache.ts';
import { type CommitRecord, keyCommitOf, versionRows } from '../commits/commit-record.ts';
import { trustedStart } from '../commits/keyring-load.ts';
import { replacedSince } from '../trust/trust-policy.ts';
import { absorbRun } from './catch-up.ts';
import { KnownHeads } from './known-heads.ts';

/**
 * What this process knows of the log: the newest commit it has verified, the keyring, and the cache beside it. Everything
 * in it comes from commits whose signature and place in the chain were checked here.
 */
export class LogView {
  readonly log: FileCommitLog;
  /** Single commits, verified. */
  readonly commits: VerifiedCommits;
  readonly #cache: CacheFile;
  readonly #onFault: (error: StoreError) => void;
  /** The newest versions, as far as the log itself said them. */
  readonly heads = new KnownHeads();
  #head: CommitRecord | undefined;
  #keyring: Keyring = Keyring.empty;
  readonly #chain: ChainCheck;
  #absorbing: Promise<void> | undefined;
  #rebuilding: Promise<void> | undefined;
  #closed = false;
  #tailFault: StoreError | undefined;
  #gapFault: StoreError | undefined;

  private constructor(log: FileCommitLog, cache: CacheFile, onFault: (error: StoreError) => void) {
    this.log = log;
    this.commits = new VerifiedCommits(log, () => this.#keyring);
    this.#cache = cache;
    this.#onFault = onFault;
    this.#chain = new ChainCheck(this, onFault);
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
    view.#lookForGap();
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
    return this.heads.complete ? 'log' : 'cache';
  }

  /** Why nothing may be appended: garbage after the newest commit, a gap, or a broken chain. */
  get fault(): StoreError | undefined {
    return this.#chain.fault ?? this.#gapFault ?? this.#tailFault;
  }

  /** Set when commits are known to be there after the last one that could be read: then no version is surely the newest. */
  get truncated(): StoreError | undefined {
    return this.fault !== undefined && this.log.lastIndex() > this.#next() ? this.fault : undefined;
  }

  get cacheWarning(): string | undefined {
    return this.#cache.warning;
  }

  /** Reads what was committed since, by whomever; returns when this process may answer from it. */
  async absorb(): Promise<void> {
    while (this.#absorbing !== undefined) await this.#absorbing;
    if (this.log.probe(this.#next())) await this.#alone(this.#absorbAll());
    else this.#tailFault = undefined;
  }

  /** Lets nobody answer from a state that is being read. */
  async #alone(work: Promise<void>): Promise<void> {
    this.#absorbing = work.finally(() => {
      this.#absorbing = undefined;
    });
    await this.#absorbing;
  }

  async #absorbAll(onProgress?: (done: number) => void): Promise<void> {
    for (let ended = false; !ended && !this.#closed; ) {
      const run = await absorbRun(this.log, this.#head, this.#keyring);
      let { fault } = run;
      try {
        for (const index of run.folders) await this.log.syncFolder(index);
        await this.#cache.settleIn();
        // This process may have taken over its own commits while these were read.
        const records = run.records.filter(({ index }) => index >= this.#next());
        for (const record of records) this.#accept(record);
        this.#cache.write(records);
        if (run.records.length > 0) this.#gapFault = undefined;
      } catch (error) {
        fault = toStoreError(error); // what is not durable is not answered from
      }
      onProgress?.(this.#next());
      if (fault !== undefined && fault.message !== this.#tailFault?.message) this.#onFault(fault);
      this.#tailFault = fault;
      ended = run.ended || fault !== undefined;
    }
  }

  /** Takes over a commit that this process linked itself and verified before. */
  acceptOwn(record: CommitRecord): void {
    if (record.index !== this.#next()) return; // the log is being read: it comes with the rest
    this.#accept(record);
    this.#cache.writeSoon(record);
  }

  #next(): number {
    return (this.#head?.index ?? -1) + 1;
  }

  #accept(record: CommitRecord): void {
    this.#head = record;
    this.commits.remember(record);
    if (record.statement.keys.length > 0) this.#keyring = this.#keyring.with(keyCommitOf(record));
    for (const row of versionRows(record)) this.heads.absorbed(row);
  }

  /** The newest version of a config as the log says; never from a commit this process has not absorbed. */
  async headRow(name: string): Promise<VersionRow | undefined> {
    for (let rebuilt = false; ; ) {
      await this.absorb();
      const known = this.heads.remembered(name);
      if (known !== undefined) return known;
      const row = await this.query((cache) => cache.head(name));
      if (this.heads.remembered(name) !== undefined) continue; // absorbed meanwhile
      if (row !== undefined && row.index > (this.#head?.index ?? -1) && this.log.probe(row.index)) continue; // a neighbour was quick
      if (rebuilt || !this.heads.contradicts(name, row)) {
        if (row !== undefined) this.heads.remember(row);
        return row;
      }
      rebuilt = true;
      await this.rebuild();
    }
  }

  /**
   * Asks the cache, once everything absorbed is in it.
   *
   * @throws StoreError STORE_BUSY when other processes held the cache for five seconds.
   */
  query<T>(ask: (cache: Cache) => T): Promise<T> {
    return this.#cache.query(ask, { underWay: () => this.#rebuilding, run: () => this.rebuild() });
  }

  /**
   * The commit that a row of the cache names, read from the log and verified anew. A row that says something else than the
   * log makes the cache be rebuilt.
   *
   * @throws StoreError CORRUPT, SIGNATURE_INVALID
   * @throws CacheRowWrong after the rebuild: ask again.
   */
  async commitOf(row: VersionRow): Promise<CommitRecord> {
    const record = this.commits.at(row.index);
    if (says(record, row)) return record;
    const fault = `the cache's row for ${row.name} version ${row.version} disagrees with the log`;
    this.#onFault(new StoreError('CORRUPT', fault, { hint: 'It was rebuilt from the log; nothing is lost.' }));
    await this.rebuild();
    throw new CacheRowWrong();
  }

  /** Forgets everything and begins again from the disk: the log under this process was replaced. */
  async reopen(): Promise<void> {
    while (this.#rebuilding !== undefined) await this.#rebuilding;
    await this.rebuild();
    this.#chain.reset();
  }

  /** The cache anew from the log, every commit verified. Who asks while that is under way waits for the same. */
  rebuild(onProgress?: (done: number) => void): Promise<void> {
    this.#rebuilding ??= this.#rebuildAll(onProgress).finally(() => {
      this.#rebuilding = undefined;
    });
    return this.#rebuilding;
  }

  async #rebuildAll(onProgress?: (done: number) => void): Promise<void> {
    while (this.#absorbing !== undefined) await this.#absorbing;
    await this.#alone(this.#absorbAnew(onProgress));
  }

  async #absorbAnew(onProgress?: (done: number) => void): Promise<void> {
    const before = this.#head;
    await this.#cache.reset();
    this.#head = undefined;
    this.#keyring = Keyring.empty;
    this.heads.reset(true);
    this.commits.clear();
    await this.#absorbAll(onProgress);
    this.#lookForGap();
    this.#chain.fault = this.#closed ? undefined : replacedSince(this.log, before, this.#head);
  }

  /** Walks the whole chain once, in the background; afterwards `freshness` is `log`. */
  walk(): Promise<void> {
    return this.#chain.walk();
  }

  /** Ends the walk and closes the cache. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#absorbing?.catch(() => undefined); // whoever asked for it got the error
    await this.#chain.close();
    this.#cache.close();
  }

  async #startFromCache(): Promise<void> {
    const newest = this.#cache.newest();
    const start = trustedStart(this.log, newest, this.#onFault);
    if (start === undefined) {
      if (newest !== undefined || (await this.#cache.settle()) !== undefined) await this.#cache.reset();
      this.heads.reset(true);
      return;
    }
    this.#head = start.head;
    this.#keyring = start.keyring;
    this.commits.remember(start.head);
  }

  /** A commit after a missing one means a gap, never a shorter log. Lists a folder, so only where the log is begun. */
  #lookForGap(): void {
    const next = this.#next();
    if (this.log.lastIndex() > next && !this.log.probe(next)) this.#gapFault = brokenChain(next, true);
  }
}
