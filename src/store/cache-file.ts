import { statSync } from 'node:fs';
import type { Hex } from '../core/digest.ts';
import { StoreError } from '../errors.ts';
import { type Cache, CacheDisagrees } from './cache.ts';
import { dropCacheFile, isBusy, isDamaged, openCache, pause } from './cache-open.ts';
import type { CommitRecord } from './rows.ts';

/** How long a question waits for other processes' writes to the cache, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * The cache as a file that may be deleted, replaced, locked or damaged at any time: commits that could not be written
 * are kept until they can be, and a file that was taken away is begun anew.
 */
export class CacheFile {
  #path: string | undefined;
  #later: string | undefined;
  #cache: Cache;
  #inode: number | undefined;
  #unwritten: CommitRecord[] = [];
  #damaged = false;
  #flushSoon: NodeJS.Immediate | undefined;
  warning: string | undefined;

  private constructor(path: string | undefined, cache: Cache, warning: string | undefined) {
    this.#path = path;
    this.#cache = cache;
    this.warning = warning;
    this.#inode = inodeOf(path);
  }

  /** With `exists` false there is no store yet, so the cache stays in memory until `settleIn` puts it beside the log. */
  static async open(path: string, exists: boolean): Promise<CacheFile> {
    const { cache, warning } = await openCache(exists ? path : undefined);
    const file = new CacheFile(exists ? path : undefined, cache, warning);
    if (!exists) file.#later = path;
    return file;
  }

  /** Called when there is a log: a cache that was kept in memory for want of a store gets its file. */
  async settleIn(): Promise<void> {
    if (this.#later === undefined) return;
    this.#path = this.#later;
    this.#later = undefined;
    this.#cache.close();
    const { cache, warning } = await openCache(this.#path);
    this.#cache = cache;
    this.warning = warning;
    this.#inode = inodeOf(this.#path);
  }

  newest(): { index: number; id: Hex } | undefined {
    return this.#cache.newest();
  }

  /** Hands over commits in order; what cannot be written now is written at the next call. */
  write(commits: readonly CommitRecord[]): void {
    this.#unwritten.push(...commits);
    this.#flush();
  }

  /** Like `write`, after the answers that are due now. */
  writeSoon(commit: CommitRecord): void {
    this.#unwritten.push(commit);
    this.#flushSoon ??= setImmediate(() => {
      this.#flushSoon = undefined;
      this.#flush();
    });
  }

  /**
   * Returns once everything handed over is in the cache; true means that the cache disagrees with the log or was taken
   * away, and must be rebuilt first.
   *
   * @throws StoreError STORE_BUSY when other processes held the cache for five seconds.
   */
  async settle(): Promise<boolean> {
    if (!this.#damaged && this.#path !== undefined && this.warning === undefined && inodeOf(this.#path) !== this.#inode)
      this.#damaged = true;
    const since = Date.now();
    while (!this.#damaged && this.#unwritten.length > 0) {
      this.#flush();
      if (this.#unwritten.length === 0) break;
      await this.#wait(since);
    }
    return this.#damaged;
  }

  /** Asks the cache; waits while it is locked, and lets it be rebuilt once when the file turns out to be damaged. */
  async ask<T>(question: (cache: Cache) => T, rebuild: () => Promise<void>): Promise<T> {
    const since = Date.now();
    for (let rebuilt = false; ; ) {
      try {
        return question(this.#cache);
      } catch (error) {
        if (isBusy(error)) {
          await this.#wait(since);
        } else if (isDamaged(error) && !rebuilt) {
          rebuilt = true;
          this.#damaged = true;
          await rebuild();
        } else throw error;
      }
    }
  }

  /** Begins an empty cache; the caller fills it from the log. */
  async reset(): Promise<void> {
    this.#cache.close();
    if (this.#path !== undefined && this.warning === undefined) this.#drop(this.#path);
    const { cache, warning } = await openCache(this.warning === undefined ? this.#path : undefined);
    this.#cache = cache;
    this.warning ??= warning;
    this.#inode = inodeOf(this.#path);
    this.#unwritten = [];
    this.#damaged = false;
  }

  close(): void {
    if (this.#flushSoon !== undefined) clearImmediate(this.#flushSoon);
    this.#flush();
    this.#cache.close();
  }

  #drop(path: string): void {
    try {
      dropCacheFile(path);
    } catch (error) {
      this.warning = `the cache file cannot be replaced (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); this process keeps one in memory`;
    }
  }

  #flush(): void {
    if (this.#damaged || this.#unwritten.length === 0) return;
    try {
      this.#cache.apply(this.#unwritten);
      this.#unwritten = [];
    } catch (error) {
      if (isBusy(error)) return;
      if (error instanceof CacheDisagrees || isDamaged(error)) this.#damaged = true;
      else if (!isFull(error)) throw error;
    }
  }

  async #wait(since: number): Promise<void> {
    if (Date.now() - since > PATIENCE_MS) {
      throw new StoreError('STORE_BUSY', 'other processes kept the cache locked for five seconds', {
        hint: 'Nothing was changed. Try again; if it repeats, look for a process that hangs with storage/cache.sqlite open.',
      });
    }
    await pause();
  }
}

function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    code === 'SQLITE_FULL' ||
    (typeof code === 'string' && (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_READONLY')))
  );
}

function inodeOf(path: string | undefined): number | undefined {
  return path === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.ino;
}
