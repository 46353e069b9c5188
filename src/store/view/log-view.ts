import { isStoreError, type StoreError } from '../../core/errors.ts';
import type { CommitLog, LogRange } from '../../engine/port.ts';
import { Keyring } from '../../keys/keyring.ts';
import type { Cache } from '../cache/cache.ts';
import { type CommitRecord, keyCommitOf } from '../commits/commit-record.ts';
import { askTwice, untilAgreed } from './ask-twice.ts';
import { cachedStart } from './cached-start.ts';
import { findGap } from './find-gap.ts';
import { hasCommit } from './has-commit.ts';
import { keepNearby } from './keep-nearby.ts';
import { LogFaults } from './log-faults.ts';
import { Looks, type Reach } from './looks.ts';
import { Refill } from './refill.ts';
import { runsAfter } from './runs-after.ts';
import type { Versions } from './versions.ts';
import type { Witness } from './witness.ts';

/**
 * The log as this process has verified it: the newest commit, the keyring, and the versions. Commits come in here in order,
 * each verified, from the first one or from where the installation's own cache stands; there is no other way in.
 */
export class LogView {
  readonly versions: Versions;
  readonly #log: CommitLog;
  readonly #witness: Witness;
  readonly #onFault: (error: StoreError) => void;
  readonly #faults: LogFaults;
  #head: CommitRecord | undefined;
  #keyring: Keyring = Keyring.empty;
  readonly #looks = new Looks();
  readonly #refill = new Refill<{ readonly head: CommitRecord | undefined; readonly keyring: Keyring }>();
  /** Set when a look found another log under this process. */
  #moved = false;
  #rebuilding: Promise<void> | undefined;
  #closed = false;
  /** Set when commits that this process has verified are in the log no longer. */
  #replaced: CommitRecord | undefined;

  constructor(log: CommitLog, versions: Versions, witness: Witness, onFault: (error: StoreError) => void) {
    this.#log = log;
    this.versions = versions;
    this.#witness = witness;
    this.#onFault = onFault;
    this.#faults = new LogFaults(onFault);
  }

  /** Begins where the cache file stands, if the log has that very commit, and takes in what follows; true when that was all of the log. */
  async open(exists: boolean, onProgress?: (commits: number) => void): Promise<boolean> {
    if (exists) await this.#startFromCache();
    const { head } = this;
    await this.catchUp('ours', onProgress);
    await this.#lookForGap();
    return head === undefined;
  }

  /** The newest commit that was verified. */
  get head(): CommitRecord | undefined {
    return (this.#refill.shown ?? { head: this.#head }).head;
  }

  get keyring(): Keyring {
    return (this.#refill.shown ?? { keyring: this.#keyring }).keyring;
  }

  get next(): number {
    return after(this.head);
  }

  /** Why nothing may be appended: an entry after the newest commit that is none, or a gap. */
  get fault(): StoreError | undefined {
    return this.#faults.first;
  }

  /** The newest commit this process had verified when the log under it was replaced by another. */
  get replaced(): CommitRecord | undefined {
    return this.#replaced;
  }

  /**
   * Takes in what was committed since, by any process; returns when this process may answer from it.
   *
   * @param reach `all` also for a store that is not ours, whose log is otherwise taken in up to its first commit
   * @param seen what was read of the log since this was asked for
   */
  async catchUp(reach: Reach = 'ours', onProgress?: (commits: number) => void, seen?: LogRange): Promise<void> {
    await this.#looks.look(reach, () => {
      if (reach === 'ours' && this.#isForeign()) return undefined;
      if (this.#log.peek(after(this.#head)) !== false)
        return this.#surely(() => this.#takeIn(reach, onProgress, seen), onProgress);
      this.#faults.tail = undefined;
      return undefined;
    });
    if (this.#moved) await this.checkReplaced();
  }

  #isForeign(): boolean {
    return this.#head !== undefined && this.#witness.whose(this.#head.statement.store) === 'foreign';
  }

  /**
   * A cache that turns out to be wrong meanwhile is made again; an entry that cannot be read ends the log as one that is none.
   * One that was only not to be had now says nothing about the log: then there is no answer.
   */
  async #surely(takeIn: () => Promise<void>, onProgress?: (commits: number) => void): Promise<void> {
    try {
      await untilAgreed(takeIn, () => this.#takeInAgain(onProgress));
    } catch (error) {
      if (!isStoreError(error) || error.code === 'STORE_BUSY') throw error;
      this.#faults.tail = error;
    }
  }

  /** Forgets everything and begins at the first commit. */
  #takeInAgain(onProgress?: (commits: number) => void): Promise<void> {
    return this.#refill.run({ head: this.#head, keyring: this.#keyring }, async () => {
      this.#head = undefined;
      this.#keyring = Keyring.empty;
      await this.versions.reset();
      await this.#takeIn('all', onProgress);
    });
  }

  async #takeIn(reach: Reach, onProgress?: (commits: number) => void, seen?: LogRange): Promise<void> {
    if (this.#closed) return;
    this.#moved = false;
    const taken = () => ({ head: this.#head, keyring: this.#keyring });
    for await (const run of runsAfter(this.#log, taken, this.versions, seen)) {
      this.#moved = run === 'moved';
      if (run === 'moved') return;
      const { entries, records, fault } = run;
      if (this.#head === undefined && records.length > 0 && !this.#closed) await this.#placeCache(records);
      keepNearby(this.#log, this.#witness, entries.slice(0, records.length), records);
      this.#accept(records);
      this.#faults.tail = fault;
      if (fault !== undefined) return;
      this.#faults.gap = undefined;
      onProgress?.(after(this.#head));
      if (this.#closed || (reach === 'ours' && this.#isForeign())) return;
    }
    this.#faults.tail = undefined;
  }

  /** Once the first commit says whose the store is, the cache of ours goes into its file. */
  async #placeCache([first]: readonly CommitRecord[]): Promise<void> {
    if (first !== undefined && this.#witness.whose(first.statement.store) === 'ours' && (await this.#hasSeen()))
      await this.versions.cache.useFile();
  }

  /** True when the log has the commit that was seen here, or none was: another log's cache is not kept over that one's. */
  async #hasSeen(): Promise<boolean> {
    const { seen } = this.#witness;
    return seen === undefined || hasCommit(this.#log, { index: seen.index, id: seen.commit });
  }

  #accept(records: readonly CommitRecord[]): void {
    for (const record of records) {
      this.#head = record;
      if (record.statement.keys.length > 0) this.#keyring = this.#keyring.with(keyCommitOf(record));
    }
    if (records.length > 0) this.versions.apply(records);
  }

  /** Takes over commits that this process made, in order. */
  acceptOwn(records: readonly CommitRecord[]): void {
    // While the log is being read they come with the rest: what was read already must not be taken for what follows them.
    if (this.#looks.isUnderWay) return;
    const own = records.filter(({ index }) => index >= this.next);
    keepNearby(this.#log, this.#witness, [], own);
    if (own[0]?.index === this.next) this.#accept(own);
  }

  /** Asks the cache; one that is damaged or wrong is made again from the log, once. @throws StoreError CORRUPT, STORE_BUSY */
  ask<T>(question: (cache: Cache) => T): Promise<T> {
    return this.withVersions((versions) => versions.ask(question));
  }

  /** As `ask`, for what goes through the versions in memory. `work` may throw CacheDisagrees itself, and is done again at need. */
  withVersions<T>(work: (versions: Versions) => Promise<T>): Promise<T> {
    const ask = () => this.#refill.outside(() => work(this.versions));
    return askTwice(ask, { rebuild: () => this.rebuild(), onFault: this.#onFault });
  }

  /** Makes keyring, versions and cache again from the log, every commit verified. */
  rebuild(onProgress?: (commits: number) => void): Promise<void> {
    this.#rebuilding ??= this.#looks
      .alone(() => this.#rebuildAll(onProgress))
      .finally(() => {
        this.#rebuilding = undefined;
      });
    return this.#rebuilding;
  }

  async #rebuildAll(onProgress?: (commits: number) => void): Promise<void> {
    const before = this.#head;
    await this.#surely(() => this.#takeInAgain(onProgress), onProgress);
    await this.#lookForGap();
    if (before !== undefined && !this.#closed && !(await hasCommit(this.#log, before))) this.#replaced = before;
  }

  /** Begins again when the log under this process is another than the one it verified. */
  async checkReplaced(): Promise<void> {
    const head = this.#head;
    const looked = this.#log.peek(this.next) === undefined; // then each look compares the head as well
    if (head === undefined || (looked ? !this.#moved : await hasCommit(this.#log, head))) return;
    await this.versions.cache.leaveFile(); // it says what the log was
    await this.rebuild();
  }

  /** Goes on with the log as it is: a person decided. */
  acceptReplaced(): void {
    this.#replaced = undefined;
  }

  /** Commits that are there after the last one that could be read: then no version is surely the newest. */
  async truncated(): Promise<StoreError | undefined> {
    const { fault } = this;
    if (fault === undefined || fault.code === 'STORE_NEWER') return fault;
    return (await this.#log.beyond(this.next, 1)).length > 0 ? fault : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looks.settled();
    this.versions.cache.close();
  }

  /** The installation verified everything up to the cache's newest commit; the hash of its log file covers all before it. */
  async #startFromCache(): Promise<void> {
    if (!(await this.versions.cache.useExistingFile())) return;
    const start = await cachedStart(this.#log, this.versions);
    if (start === 'empty') return;
    if (start !== undefined) {
      this.#head = start.head;
      this.#keyring = start.keyring;
      return;
    }
    // The log is another, or shorter: a cache of what was seen is evidence, and stays; any other is made again.
    if (await this.#hasSeen()) await this.versions.reset();
    else await this.versions.cache.leaveFile();
  }

  async #lookForGap(): Promise<void> {
    if (this.#faults.tail === undefined && !this.#isForeign()) this.#faults.gap = await findGap(this.#log, this.next);
  }
}

function after(head: CommitRecord | undefined): number {
  return (head?.index ?? -1) + 1;
}
