import type { CommitId, Digest } from '../../core/digest.ts';
import type { Changes } from '../api/feed.ts';
import type { VersionRow } from '../api/versions.ts';
import type { Cache } from '../cache/cache.ts';
import { CacheFile, type CachePlace } from '../cache/cache-file.ts';
import { CacheDisagrees } from '../cache/cache-rows.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import type { VersionsBefore } from '../commits/version-rules.ts';

/** Heads that are remembered; one that was dropped is asked of the cache again. */
const REMEMBERED = 10_000;
/** At most as many commits come together from requests that wait; more are a log that is read. */
const A_FEW = 64;

/** The versions of all configs, as the commits taken in say: the newest in memory, all of them in the cache. */
export class Versions {
  readonly cache: CacheFile;
  readonly #heads = new Map<string, VersionRow>();
  /** Rows that this process has compared with the log, or taken in from it. */
  readonly #proved = new WeakSet<VersionRow>();
  readonly #listeners = new Set<(changes: Changes) => void>();

  private constructor(cache: CacheFile) {
    this.cache = cache;
  }

  static async open(place: CachePlace | undefined): Promise<Versions> {
    return new Versions(await CacheFile.open(place));
  }

  /** Takes over commits that were verified; those that come a few at a time are left to the cache until after the answers that are due. */
  apply(records: readonly CommitRecord[]): void {
    if (records.length <= A_FEW) this.cache.writeSoon(records);
    else this.cache.write(records);
    const changed = new Set<string>();
    let listChanged = false;
    for (const row of records.flatMap(({ versions }) => versions)) {
      this.#remember(row);
      this.#proved.add(row);
      changed.add(row.name);
      listChanged ||= row.version === 1 || row.action !== 'put';
    }
    if (changed.size === 0) return;
    for (const listener of this.#listeners) listener({ changed: [...changed], listChanged });
  }

  /** Forgets everything; all commits will be applied again. */
  async reset(): Promise<void> {
    this.#heads.clear();
    await this.cache.reset();
  }

  subscribe(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns what was the newest version when the log was last looked at, where that is remembered. */
  remembered(name: string): VersionRow | undefined {
    return this.#heads.get(name);
  }

  /** @throws CacheDisagrees, and StoreError STORE_BUSY, as `CacheFile.ask`; so do the others */
  async head(name: string): Promise<VersionRow | undefined> {
    const known = this.#heads.get(name);
    if (known !== undefined) return known;
    const row = await this.ask((cache) => {
      const head = cache.head(name);
      if (head !== undefined || cache.version(name, 1) === undefined) return head;
      const written = cache.head(name); // by another process between the two questions
      if (written === undefined) throw new CacheDisagrees(`the newest version of ${name} is missing`);
      return written;
    });
    const newer = this.#heads.get(name); // applied meanwhile
    if (newer !== undefined) return newer;
    if (row !== undefined) this.#remember(row);
    return row;
  }

  async version(name: string, version: number): Promise<VersionRow | undefined> {
    const head = this.#heads.get(name);
    return head?.version === version ? head : this.ask((cache) => cache.version(name, version));
  }

  /** True for a row that needs no look at the log any more. */
  isProved(row: VersionRow): boolean {
    return this.#proved.has(row);
  }

  /** Notes that a row says what the log says. */
  setProved(row: VersionRow): void {
    this.#proved.add(row);
  }

  sizeOf(digest: Digest): Promise<number | undefined> {
    return this.ask((cache) => cache.byDigest(digest)[0]?.size);
  }

  /** Returns the versions as they were before a commit: the cache, which processes share, may be ahead of this one. */
  before(index: number): VersionsBefore {
    return {
      head: async (name) => {
        const head = await this.head(name);
        return head === undefined || head.index < index ? head : this.ask((cache) => cache.headBefore(name, index));
      },
      version: async (name, version) => {
        const row = await this.version(name, version);
        return row === undefined || row.index < index ? row : undefined;
      },
      sizeOf: (digest) => this.ask((cache) => cache.sizeBefore(digest, index)),
    };
  }

  commitId(index: number): Promise<CommitId | undefined> {
    return this.ask((cache) => cache.commitId(index));
  }

  ask<T>(question: (cache: Cache) => T): Promise<T> {
    return this.cache.ask(question);
  }

  #remember(row: VersionRow): void {
    if (this.#heads.size >= REMEMBERED) this.#heads.clear();
    this.#heads.set(row.name, row);
  }
}
