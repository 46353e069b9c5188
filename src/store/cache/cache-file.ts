import type { Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { isBusy, pause } from '../../disk/busy.ts';
import { look } from '../../disk/file-fault.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { closedStore } from '../commits/faults.ts';
import { type Cache, CacheDisagrees } from './cache.ts';
import { dropCacheFile, isDamaged, openCache } from './cache-open.ts';

/** How long a question waits for other processes' writes to the cache, in milliseconds. */
const PATIENCE_MS = 5_000;

/** How often a question begins anew with a fresh cache, before what is wrong with it is told. */
const MAX_REBUILDS = 3;

/** How the cache is filled anew from the log. */
export interface Rebuild {
  /** Somebody's that is not done yet. */
  underWay(): Promise<void> | undefined;
  run(): Promise<void>;
}

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
  /** Why the cache must be begun anew, if it must. */
  #damage: unknown;
  #flushSoon: NodeJS.Immediate | undefined;
  #closed = false;
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
    const path = this.#later;
    if (path === undefined) return;
    this.#later = undefined;
    const { cache, warning } = await openCache(path);
    this.#cache.close();
    this.#path = path;
    this.#cache = cache;
    this.warning = warning;
    this.#inode = inodeOf(path);
  }

  /** The newest commit it holds, if it can be asked. */
  newest(): { index: number; id: Hex } | undefined {
    return this.#ask((cache) => cache.newest())?.answer;
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
   * Returns once everything handed over is in the cache; otherwise why it must be rebuilt first: it disagrees with the log,
   * is damaged, or was taken away.
   *
   * @throws StoreError STORE_BUSY when other processes held the cache for five seconds.
   */
  async settle(): Promise<unknown> {
    if (this.#closed) throw closedStore();
    if (this.warning === undefined && inodeOf(this.#path) !== this.#inode)
      this.#damage ??= new CacheDisagrees('the file was taken away');
    const since = Date.now();
    for (;;) {
      this.#flush();
      if (this.#damage !== undefined || this.#unwritten.length === 0) return this.#damage;
      await this.#wait(since);
    }
  }

  /**
   * Asks the cache, once everything handed over is in it. While it is filled anew it knows half, so nobody is answered.
   *
   * @throws StoreError STORE_BUSY as `settle`; what is wrong with a cache that is damaged again and again
   */
  async query<T>(question: (cache: Cache) => T, rebuild: Rebuild): Promise<T> {
    const since = Date.now();
    for (let rebuilds = 0; ; ) {
      for (let others = rebuild.underWay(); others !== undefined; others = rebuild.underWay()) await others;
      const damage = await this.settle();
      if (damage !== undefined) {
        if (++rebuilds > MAX_REBUILDS) throw damage;
        await rebuild.run();
      } else if (rebuild.underWay() === undefined) {
        const asked = this.#ask(question);
        if (asked !== undefined) return asked.answer;
        await this.#wait(since);
      }
    }
  }

  /** Asks the cache as it is now. `undefined` when it is locked or turns out to be damaged: settle, and ask again. */
  #ask<T>(question: (cache: Cache) => T): { readonly answer: T } | undefined {
    try {
      return { answer: question(this.#cache) };
    } catch (error) {
      this.#judge(error);
      return undefined;
    }
  }

  /**
   * Begins an empty cache; the caller fills it from the log. Where another process has begun a new file already, that one
   * is taken: it is filled with the same rows, and nobody takes away what a neighbour fills.
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
    if (this.#damage !== undefined || this.#unwritten.length === 0) return;
    try {
      this.#cache.apply(this.#unwritten);
      this.#unwritten = [];
    } catch (error) {
      this.#judge(error);
    }
  }

  /** A short wait for other processes. @throws StoreError STORE_BUSY when they held the cache for five seconds */
  async #wait(since: number): Promise<void> {
    if (Date.now() - since > PATIENCE_MS) {
      throw new StoreError('STORE_BUSY', 'other processes kept the cache locked for five seconds', {
        hint: 'Nothing was changed. Try again; if it repeats, look for a process that hangs with storage/cache.sqlite open.',
      });
    }
    await pause();
  }

  /** A locked cache is free again soon, a damaged one is begun anew, and one that cannot be written is kept in memory. */
  #judge(error: unknown): void {
    if (isBusy(error)) return;
    this.#damage = error;
    if (error instanceof CacheDisagrees || isDamaged(error)) return;
    const code = (error as { code?: unknown }).code;
    this.warning ??= `the cache file cannot be written (${typeof code === 'string' ? code : 'unknown'}); this process keeps one in memory`;
  }
}

function inodeOf(path: string | undefined): number | undefined {
  return path === undefined ? undefined : look(path)?.ino;
}
