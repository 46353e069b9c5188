import { isStoreError, StoreError } from '../../core/errors.ts';
import { isBusy, pause } from '../../disk/busy.ts';
import { look } from '../../disk/file-fault.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { closedStore } from '../commits/faults.ts';
import type { Cache } from './cache.ts';
import { dropCacheFile, isDamaged, openCache } from './cache-open.ts';
import { CacheDisagrees, CacheTaken } from './cache-rows.ts';

/** How long commits wait to be written with those that follow, in milliseconds: a transaction costs more than its rows. */
const GATHER_MS = 1_000;
/** Commits that wait for each other at most: with fewer in a transaction, the same pages are written again and again. */
const GATHERED = 8_192;
/** How long a question waits for other processes' writes to the cache, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Where a cache file may be. */
export interface CachePlace {
  /** True when there is a file. */
  hasCache(): boolean;
  /** Returns the absolute path, in a folder that is there. @throws StoreError why there can be none */
  cachePath(): Promise<string>;
}

/**
 * The cache as a file that may be deleted, replaced, locked or damaged at any time: commits that could not be written are
 * kept until they can be, and a file that was taken away is started again. Without a path, or until `useFile`, it is in memory.
 */
export class CacheFile {
  /** Where its file will be, once the store is known to be ours. */
  readonly #place: CachePlace | undefined;
  #path: string | undefined;
  #cache: Cache;
  #inode: number | undefined;
  #unwritten: CommitRecord[] = [];
  /** Why the cache must be made again, if it must. */
  #damage: unknown;
  #flushSoon: NodeJS.Timeout | undefined;
  #closed = false;
  /** Why it is in memory, where it should not be. */
  warning: string | undefined;

  private constructor(place: CachePlace | undefined, cache: Cache) {
    this.#place = place;
    this.#cache = cache;
  }

  /** Returns a cache in memory, until `useFile`. */
  static async open(place: CachePlace | undefined): Promise<CacheFile> {
    return new CacheFile(place, (await openCache(undefined)).cache);
  }

  /** Goes over to a file that is there; false when there is none. */
  async useExistingFile(): Promise<boolean> {
    if (this.#place?.hasCache() !== true) return false;
    await this.useFile();
    return true;
  }

  /** Goes over to the file, with whatever is in it. What the cache in memory held must be written again. */
  async useFile(): Promise<void> {
    if (this.#place === undefined || this.#path !== undefined) return;
    let path: string;
    try {
      path = await this.#place.cachePath();
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.warning = `the cache has no file (${error.message}); this process keeps one in memory`;
      return;
    }
    const { cache, warning } = await openCache(path);
    this.#cache.close();
    this.#cache = cache;
    this.#path = path;
    this.warning = warning;
    this.#inode = inodeOf(this.#path);
  }

  /** Leaves the file as it is and goes on in memory: the log is not the one the file is about. */
  async leaveFile(): Promise<void> {
    if (this.#path === undefined) return;
    this.#flush();
    this.#cache.close();
    this.#path = undefined;
    this.#cache = (await openCache(undefined)).cache;
    this.#unwritten = [];
    this.#damage = undefined;
  }

  /** Hands over many commits in order, as a log is read: those that follow are awaited a little, for fewer transactions. */
  write(commits: readonly CommitRecord[]): void {
    this.#unwritten.push(...commits);
    if (this.#unwritten.length >= GATHERED) this.#flush();
    else this.#later().refresh();
  }

  /** Hands over a few commits, which are written a moment later: after the answers that are due now, with the commits that follow. */
  writeSoon(commits: readonly CommitRecord[]): void {
    this.#unwritten.push(...commits);
    this.#later();
  }

  #later(): NodeJS.Timeout {
    this.#flushSoon ??= setTimeout(() => {
      this.#flushSoon = undefined;
      this.#flush();
    }, GATHER_MS).unref();
    return this.#flushSoon;
  }

  /**
   * Asks the cache, once everything handed over is in it.
   *
   * @throws CacheDisagrees when it is damaged, was taken away, or disagrees with the log: it must be made again
   * @throws StoreError STORE_BUSY when other processes held it for five seconds
   */
  async ask<T>(question: (cache: Cache) => T): Promise<T> {
    const since = performance.now();
    for (;;) {
      if (this.#closed) throw closedStore();
      if (this.#path !== undefined && this.warning === undefined && inodeOf(this.#path) !== this.#inode)
        this.#damage ??= new CacheTaken('the file was taken away');
      this.#flush();
      if (this.#damage instanceof CacheTaken) throw this.#damage;
      if (this.#damage !== undefined) throw new CacheDisagrees('it must be made again', { cause: this.#damage });
      if (this.#unwritten.length === 0) {
        try {
          return question(this.#cache);
        } catch (error) {
          this.#judge(error);
          if (this.#damage !== undefined) continue;
        }
      }
      await wait(since);
    }
  }

  /**
   * Empties the cache; the caller fills it from the log. Where another process has started a new file already, that one is
   * taken: it is filled with the same rows.
   */
  async reset(): Promise<void> {
    if (this.#closed) throw closedStore();
    const replaced = inodeOf(this.#path) !== this.#inode;
    this.#cache.close();
    if (this.#path !== undefined && this.warning === undefined && !replaced) this.#drop(this.#path);
    const { cache, warning } = await openCache(this.warning === undefined ? this.#path : undefined);
    this.#cache = cache;
    this.warning ??= warning;
    this.#inode = inodeOf(this.#path);
    this.#unwritten = [];
    this.#damage = undefined;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#flushSoon);
    this.#flush();
    this.#cache.close();
  }

  #drop(path: string): void {
    try {
      dropCacheFile(path);
    } catch (error) {
      this.#keepInMemory('cannot be replaced', error);
    }
  }

  #flush(): void {
    if (this.#damage !== undefined || this.#unwritten.length === 0) return;
    try {
      this.#cache.apply(this.#unwritten);
      this.#unwritten = [];
    } catch (error) {
      this.#judge(error);
    }
  }

  /** A locked cache is free again soon, a damaged one is made again, and one that cannot be written is kept in memory. */
  #judge(error: unknown): void {
    if (isBusy(error)) return;
    this.#damage = error;
    if (!(error instanceof CacheDisagrees) && !isDamaged(error)) this.#keepInMemory('cannot be written', error);
  }

  #keepInMemory(why: string, error: unknown): void {
    const code = (error as { code?: unknown }).code;
    this.warning ??= `the cache file ${why} (${typeof code === 'string' ? code : 'unknown'}); this process keeps one in memory`;
  }
}

/** Waits a little for other processes. @throws StoreError STORE_BUSY when they held the cache for five seconds */
async function wait(since: number): Promise<void> {
  if (performance.now() - since > PATIENCE_MS)
    throw new StoreError('STORE_BUSY', 'other processes kept the cache locked for five seconds', {
      hint: 'Nothing was changed. Try again; if it repeats, look for a process that hangs with state/cache.sqlite open.',
    });
  await pause();
}

function inodeOf(path: string | undefined): number | undefined {
  return path === undefined ? undefined : look(path)?.ino;
}
