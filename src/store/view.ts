import { StoreError, toStoreError } from '../errors.ts';
import { admitPublicKey } from '../keys/ed25519.ts';
import { Keyring } from '../keys/keyring.ts';
import { absorbRun } from './absorb.ts';
import type { VersionRow } from './api.ts';
import type { Cache } from './cache.ts';
import { CacheFile } from './cache-file.ts';
import { brokenChain, walkChain } from './chain-walk.ts';
import { trustedStart } from './keyring-load.ts';
import { KnownHeads } from './known-heads.ts';
import type { FileCommitLog } from './log.ts';
import { type CommitRecord, keyCommitOf, versionRows } from './rows.ts';
import { replacedSince } from './trust.ts';
import { CacheRowWrong, says, VerifiedCommits } from './verified-commits.ts';

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
  readonly #stop = new AbortController();
  #head: CommitRecord | undefined;
  #keyring: Keyring = Keyring.empty;
  #walking: Promise<void> | undefined;
  #absorbing: Promise<void> | undefined;
  #tailFault: StoreError | undefined;
  #chainFault: StoreError | undefined;

  private constructor(log: FileCommitLog, cache: CacheFile, onFault: (error: StoreError) => void) {
    this.log = log;
    this.commits = new VerifiedCommits(log, () => this.#keyring);
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
  }

  /** Takes over a commit that this process linked itself and verified before. */
  acceptOwn(record: CommitRecord): void {
    if (record.index === (this.#head?.index ?? -1) + 1) this.#accept(record);
    this.#cache.writeSoon(record);
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
      if (row !== undefined && row.index > (this.#head?.index ?? -1) && this.log.probe(row.index)) continue; // a neighbour was quick
      if (rebuilt || !this.heads.contradicts(name, row)) {
        if (row !== undefined) this.heads.remember(row);
        return row;
      }
      rebuilt = true;
      await this.rebuild();
    }
  }

  /** Asks the cache, once everything absorbed is in it. */
  async query<T>(ask: (cache: Cache) => T): Promise<T> {
    const damaged = await this.#cache.settle();
    if (damaged) await this.rebuild();
    return this.#cache.ask(ask, () => this.rebuild());
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
    this.heads.reset(true);
    this.commits.clear();
    await this.#absorbAll(onProgress);
    this.#lookForGap();
    this.#chainFault = replacedSince(this.log, before, this.#head);
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
    if (this.#head === undefined) return;
    for (const spki of this.#keyring.spkis()) await admitPublicKey(Buffer.from(spki, 'base64'));
    if (this.heads.complete) return;
    const { indexes } = this.#keyring;
    const result = await walkChain((index) => this.log.readSync(index), this.#head, indexes, this.#stop.signal);
    if (result === undefined || this.heads.complete) return;
    if (result.hidden !== undefined) return this.rebuild(); // from commit 0, where nothing can be left out
    if (result.fault !== undefined) throw result.fault;
    this.heads.learn(result.newest);
    await this.absorb();
    const { count } = this.heads;
    const cached = await this.query((cache) => cache.countHeads('', true));
    if (cached !== count && count === this.heads.count) await this.rebuild();
  }

  /** Ends the walk and closes the cache. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#absorbing?.catch(() => undefined); // whoever asked for it got the error
    await this.#walking;
    this.#cache.close();
  }

  async #startFromCache(): Promise<void> {
    const start = trustedStart(this.log, this.#cache.newest(), this.#onFault);
    if (start === undefined) {
      if (this.#cache.newest() !== undefined) await this.#cache.reset();
      this.heads.reset(true);
      return;
    }
    this.#head = start.head;
    this.#keyring = start.keyring;
    this.commits.remember(start.head);
  }

  /** A commit after a missing one means a gap, never a shorter log. Lists a folder, so only where the log is begun. */
  #lookForGap(): void {
    const next = (this.#head?.index ?? -1) + 1;
    if (this.#tailFault === undefined && this.log.lastIndex() > next) this.#tailFault = brokenChain(next, true);
  }
}
