import type { Author } from '../core/commit/statement.ts';
import type { Hex } from '../core/digest.ts';
import { isStoreError, StoreError } from '../core/errors.ts';
import type { StorageLayout } from '../engine/files/layout.ts';
import type { FileObjectStore } from '../engine/files/object-store.ts';
import type { Administration } from './api/administration.ts';
import { notThere } from './api/faults.ts';
import type {
  CommitEntry,
  CommitOutcome,
  CommitRequest,
  Drafts,
  Page,
  Receipt,
  Store,
  StoreStatus,
  Verdict,
  VerifiedRead,
  VerifyReport,
  VerifyRequest,
  VersionRow,
} from './api/store.ts';
import type { Cache } from './cache/cache.ts';
import { CacheRowWrong } from './commits/commit-cache.ts';
import type { FileDrafts } from './drafts/drafts.ts';
import { collectGarbage } from './maintain/collect.ts';
import { checkStore } from './maintain/verify.ts';
import type { Reader } from './read/reader.ts';
import { recentCommits } from './read/recent.ts';
import type { Signers } from './trust/signers.ts';
import type { Standing } from './trust/standing.ts';
import type { LogView } from './view/log-view.ts';
import type { Committer } from './write/committer.ts';
import { commitReceipt } from './write/receipt.ts';

/** How often a page is asked of a cache begun anew. */
const MAX_REBUILDS = 2;

/** The rooms of one open store, put together by open.ts. */
export interface StoreParts {
  readonly layout: StorageLayout;
  readonly view: LogView;
  readonly objects: FileObjectStore;
  readonly reader: Reader;
  readonly committer: Committer;
  readonly drafts: FileDrafts;
  readonly standing: Standing;
  readonly signers: Signers;
  readonly administration: Administration;
}

/** A store on local files. */
export class FileStore implements Store {
  readonly drafts: Drafts;
  readonly administration: Administration;
  readonly #parts: StoreParts;

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.drafts = parts.drafts;
    this.administration = parts.administration;
  }

  async head(name: string): Promise<VersionRow | undefined> {
    const head = await this.#parts.view.headRow(name);
    if (head === undefined) this.#present();
    return head;
  }

  async heads(query: {
    prefix?: string | undefined;
    includeDeleted?: boolean | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<Page<VersionRow, string>> {
    const { view } = this.#parts;
    await view.absorb();
    this.#present();
    const { prefix = '', includeDeleted = false, after = '', limit } = query;
    const { rows, total } = await this.#page((cache) => ({
      rows: cache.heads({ prefix, includeDeleted, after, limit: limit + 1 }),
      total: cache.countHeads(prefix, includeDeleted),
    }));
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, total, ...(rows.length > limit && last !== undefined ? { next: last.name } : {}) };
  }

  async versions(
    name: string,
    page: { before?: number | undefined; limit: number },
  ): Promise<Page<VersionRow & { readonly verdict: Verdict }, number>> {
    const { view } = this.#parts;
    const head = await view.headRow(name);
    this.#present();
    if (head === undefined) throw view.truncated ?? notThere(name, head);
    const before = Math.min(page.before ?? head.version + 1, head.version + 1);
    const { rows, total } = await this.#page(
      (cache) => ({ rows: cache.versions(name, before, page.limit + 1), total: cache.countVersions(name) }),
      Math.min(page.limit + 1, before - 1), // versions have no gaps
    );
    const items = rows.slice(0, page.limit).map((row) => ({ ...row, verdict: view.commits.verdict(row) }));
    const last = items.at(-1);
    return { items, total, ...(rows.length > page.limit && last !== undefined ? { next: last.version } : {}) };
  }

  async read(name: string, version?: number): Promise<VerifiedRead> {
    if (this.#parts.view.head === undefined) await this.#parts.view.absorb(); // otherwise the reader does
    this.#present();
    return this.#parts.reader.read(name, version);
  }

  async readDigest(prefix: Hex): Promise<VerifiedRead> {
    await this.#parts.view.absorb();
    this.#present();
    return this.#parts.reader.readDigest(prefix);
  }

  async recent(limit: number): Promise<readonly CommitEntry[]> {
    const { view } = this.#parts;
    await view.absorb();
    this.#present();
    return recentCommits(view, limit);
  }

  commit(request: CommitRequest): Promise<CommitOutcome> {
    return this.#parts.committer.commit(request);
  }

  async init({ author, label, fresh }: { author: Author; label?: string; fresh?: boolean }): Promise<Receipt> {
    const { standing, view } = this.#parts;
    await standing.make({ author, fresh: fresh ?? false, ...(label === undefined ? {} : { label }) });
    if (view.head === undefined)
      throw new StoreError('INTERNAL', 'the store was made, but its first commit cannot be read', {
        hint: 'Run "config-store verify".',
      });
    return commitReceipt(view.head);
  }

  async probeSigning(): Promise<Hex> {
    const key = await this.#parts.signers.key(false);
    const probe = Buffer.from('config-store signing probe');
    await key.check(probe, key.sign(probe));
    return key.keyId;
  }

  verify(request: VerifyRequest): Promise<VerifyReport> {
    return checkStore(this.#parts, request);
  }

  async rebuild(onProgress?: (done: number, total: number) => void): Promise<{ commits: number; seconds: number }> {
    const { view } = this.#parts;
    const since = performance.now();
    const total = await view.log.length();
    await view.rebuild(onProgress === undefined ? undefined : (done) => onProgress(done, total));
    await view.query((cache) => cache.newest());
    return { commits: (view.head?.index ?? -1) + 1, seconds: (performance.now() - since) / 1000 };
  }

  collect(options: { apply: boolean }): Promise<{ digests: readonly Hex[]; bytes: number; removed: boolean }> {
    return collectGarbage(this.#parts, options);
  }

  async exportVersion(
    name: string,
    version?: number,
  ): Promise<{ read: VerifiedRead; envelope: Uint8Array; publicKeyPem: string }> {
    const read = await this.read(name, version);
    const envelope = this.#parts.view.log.readSync(read.row.index);
    const publicKeyPem = this.#parts.view.keyring.publicKeyPem(read.row.keyId);
    if (envelope === undefined || publicKeyPem === undefined)
      throw new StoreError('CORRUPT', `commit ${read.row.index} went away while it was exported`, {
        hint: 'Run "config-store verify".',
      });
    return { read, envelope, publicKeyPem };
  }

  async publicKeyPem(keyId: Hex): Promise<string> {
    const { view } = this.#parts;
    await view.absorb();
    const pem = view.keyring.publicKeyPem(keyId);
    if (pem !== undefined) return pem;
    throw new StoreError('NOT_FOUND', `key ${keyId.slice(0, 16)}… is not in this store's keyring`, {
      hint: '"config-store keys list" shows the keys.',
    });
  }

  async changes(): Promise<{ changed: readonly string[]; listChanged: boolean }> {
    const { view } = this.#parts;
    await view.absorb();
    return view.heads.takeChanges();
  }

  /** Rows as the log has them: one that says something else, or is missing, makes the cache be rebuilt. */
  async #page<T extends { readonly rows: readonly VersionRow[] }>(ask: (cache: Cache) => T, atLeast = 0): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      const page = await this.#parts.view.query(ask);
      const lacks = page.rows.length < atLeast;
      if (attempt === MAX_REBUILDS || (!lacks && (await this.#agrees(page.rows)))) return page;
      if (lacks) await this.#parts.view.rebuild();
    }
  }

  async #agrees(rows: readonly VersionRow[]): Promise<boolean> {
    for (const row of rows) {
      try {
        await this.#parts.view.commitOf(row);
      } catch (error) {
        if (error instanceof CacheRowWrong) return false;
        if (!isStoreError(error)) throw error; // a damaged commit is listed all the same: its reader is told
      }
    }
    return true;
  }

  /** @throws StoreError STORE_MISSING when there are keys or a pin, and no log. */
  #present(): void {
    const missing = this.#parts.standing.missing();
    if (missing !== undefined) throw missing;
  }

  doubts(): readonly string[] {
    return this.#parts.standing.current().warnings;
  }

  status(): Promise<StoreStatus> {
    return this.#parts.standing.status();
  }

  async close(): Promise<void> {
    const { committer, standing, view } = this.#parts;
    await committer.close();
    await standing.close();
    await view.close();
  }
}
