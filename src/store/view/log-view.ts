import { sha256Hex } from '../../core/digest.ts';
import { isStoreError, type StoreError } from '../../core/errors.ts';
import type { CommitLog, LogRange } from '../../engine/port.ts';
import { Keyring } from '../../keys/keyring.ts';
import type { Cache } from '../cache/cache.ts';
import { CacheDisagrees } from '../cache/cache-rows.ts';
import { type CommitRecord, keyCommitOf } from '../commits/commit-record.ts';
import { askTwice } from './ask-twice.ts';
import { cachedStart } from './cached-start.ts';
import { findGap } from './find-gap.ts';
import { keepNearby } from './keep-nearby.ts';
import { Looks, type Reach } from './looks.ts';
import { readAfter } from './read-after.ts';
import { verifyRun } from './verify-run.ts';
import type { Versions } from './versions.ts';
import type { Witness } from './witness.ts';

const ONE = { commits: 1, bytes: 1_048_576 } as const;

/**
 * The log as this process has verified it: the newest commit, the keyring, and the versions. Commits come in here in order,
 * each verified, from the first one or from where the installation's own cache stands; there is no other way in.
 */
export class LogView {
  readonly versions: Versions;
  readonly #log: CommitLog;
  readonly #witness: Witness;
  readonly #onFault: (error: StoreError) => void;
  #head: CommitRecord | undefined;
  #keyring: Keyring = Keyring.empty;
  readonly #looks = new Looks();
  /** Set when a look found another log under this process. */
  #moved = false;
  #rebuilding: Promise<void> | undefined;
  #closed = false;
  #tailFault: StoreError | undefined;
  #gapFault: StoreError | undefined;
  /** Set when commits that this process has verified are in the log no longer. */
  #replaced: CommitRecord | undefined;

  constructor(log: CommitLog, versions: Versions, witness: Witness, onFault: (error: StoreError) => void) {
    this.#log = log;
    this.versions = versions;
    this.#witness = witness;
    this.#onFault = onFault;
  }

  /** Begins where the cache file stands, if the log has that very commit, and takes in what follows. */
  async open(exists: boolean, onProgress?: (commits: number) => void): Promise<void> {
    if (exists) await this.#startFromCache();
    await this.catchUp('ours', onProgress);
    await this.#lookForGap();
  }

  /** The newest commit that was verified. */
  get head(): CommitRecord | undefined {
    return this.#head;
  }

  get keyring(): Keyring {
    return this.#keyring;
  }

  get next(): number {
    return (this.#head?.index ?? -1) + 1;
  }

  /** Why nothing may be appended: an entry after the newest commit that is none, or a gap. */
  get fault(): StoreError | undefined {
    return this.#gapFault ?? this.#tailFault;
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
      if (this.#log.peek(this.next) !== false) return this.#takeInSurely(reach, onProgress, seen);
      this.#tailFault = undefined;
      return undefined;
    });
    if (this.#moved) await this.checkReplaced();
  }

  #isForeign(): boolean {
    return this.#head !== undefined && this.#witness.whose(this.#head.statement.store) === 'foreign';
  }

  /** A cache that turns out to be wrong meanwhile is made again; an entry that cannot be read ends the log as one that is none. */
  async #takeInSurely(reach: Reach, onProgress?: (commits: number) => void, seen?: LogRange): Promise<void> {
    try {
      await this.#takeIn(reach, onProgress, seen);
    } catch (error) {
      if (isStoreError(error)) return this.#setTailFault(error);
      if (!(error instanceof CacheDisagrees)) throw error;
      await this.#restart();
      await this.#takeIn('all', onProgress);
    }
  }

  async #takeIn(reach: Reach, onProgress?: (commits: number) => void, seen?: LogRange): Promise<void> {
    let known = seen;
    for (let more = true; more && !this.#closed; ) {
      const first = this.#head === undefined;
      const range = await readAfter(this.#log, this.#head, known);
      known = undefined;
      this.#moved = range === undefined;
      if (range === undefined) return;
      let entries = range.envelopes;
      while (entries.length > 0) {
        const { records, fault } = await verifyRun(entries, this.#head, this.#keyring, this.versions.before(this.next));
        if (first && records.length > 0 && !this.#closed) await this.#placeCache(records);
        keepNearby(this.#log, this.#witness, entries.slice(0, records.length), records);
        this.#accept(records);
        this.#setTailFault(fault);
        if (fault !== undefined) return;
        entries = entries.slice(records.length);
      }
      if (range.envelopes.length > 0) this.#gapFault = undefined;
      else this.#setTailFault(undefined);
      onProgress?.(this.next);
      if (reach === 'ours' && this.#isForeign()) return;
      more = range.more || (range.envelopes.length > 0 && this.#log.peek(this.next) === true);
    }
  }

  /** Once the first commit says whose the store is, the cache of ours goes into its file. */
  async #placeCache([first]: readonly CommitRecord[]): Promise<void> {
    if (first !== undefined && this.#witness.whose(first.statement.store) === 'ours' && (await this.#hasSeen()))
      await this.versions.cache.useFile();
  }

  /** True when the log has the commit that was seen here, or none was: another log's cache is not kept over that one's. */
  async #hasSeen(): Promise<boolean> {
    const { seen } = this.#witness;
    if (seen === undefined) return true;
    return this.isInLog(seen.index, seen.commit);
  }

  /** True when the log has a commit with this id at an index. Reads the log. */
  async isInLog(index: number, id: string): Promise<boolean> {
    const [bytes] = (await this.#log.readRange(index, ONE)).envelopes;
    return bytes !== undefined && sha256Hex(bytes) === id;
  }

  #setTailFault(fault: StoreError | undefined): void {
    if (fault !== undefined && fault.message !== this.#tailFault?.message) this.#onFault(fault);
    this.#tailFault = fault;
  }

  #accept(records: readonly CommitRecord[], soon = false): void {
    for (const record of records) {
      this.#head = record;
      if (record.statement.keys.length > 0) this.#keyring = this.#keyring.with(keyCommitOf(record));
    }
    if (records.length > 0) this.versions.apply(records, soon);
  }

  /** Takes over commits that this process made, in order. */
  acceptOwn(records: readonly CommitRecord[]): void {
    // While the log is being read they come with the rest: what was read already must not be taken for what follows them.
    if (this.#looks.isUnderWay) return;
    const own = records.filter(({ index }) => index >= this.next);
    keepNearby(this.#log, this.#witness, [], own);
    if (own[0]?.index === this.next) this.#accept(own, true);
  }

  /** Asks the cache; one that is damaged or wrong is made again from the log, once. @throws StoreError CORRUPT, STORE_BUSY */
  ask<T>(question: (cache: Cache) => T): Promise<T> {
    return this.withVersions((versions) => versions.ask(question));
  }

  /** As `ask`, for what goes through the versions in memory. `work` may throw CacheDisagrees itself. */
  withVersions<T>(work: (versions: Versions) => Promise<T>): Promise<T> {
    return askTwice(() => work(this.versions), { rebuild: () => this.rebuild(), onFault: this.#onFault });
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
    await this.#restart();
    await this.#takeInSurely('all', onProgress);
    await this.#lookForGap();
    if (before !== undefined && !this.#closed && !(await this.isInLog(before.index, before.id)))
      this.#replaced = before;
  }

  async #restart(): Promise<void> {
    this.#head = undefined;
    this.#keyring = Keyring.empty;
    await this.versions.reset();
  }

  /** Begins again when the log under this process is another than the one it verified. */
  async checkReplaced(): Promise<void> {
    const head = this.#head;
    const looked = this.#log.peek(this.next) === undefined; // then each look compares the head as well
    if (head === undefined || (looked ? !this.#moved : await this.isInLog(head.index, head.id))) return;
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
    if (this.#tailFault === undefined && !this.#isForeign()) this.#gapFault = await findGap(this.#log, this.next);
  }
}
