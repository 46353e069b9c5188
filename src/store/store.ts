import type { Author } from '../core/commit/statement.ts';
import type { Hex } from '../core/digest.ts';
import { isStoreError, StoreError } from '../core/errors.ts';
import type { Notice } from '../core/notice.ts';
import type { Receipt } from '../core/receipt.ts';
import type { StorageLayout } from '../engine/files/layout.ts';
import type { FileObjectStore } from '../engine/files/object-store.ts';
import type { Drafts } from './api/drafts.ts';
import { notThere } from './api/faults.ts';
import type { Changes, StoreFeed } from './api/feed.ts';
import type { StoreKeys } from './api/keys.ts';
import type { BadTail, StoreMaintenance, VerifyReport, VerifyRequest } from './api/maintenance.ts';
import type { StoreObserver } from './api/observer.ts';
import type { ExportedVersion, HeadsQuery, StoreReader } from './api/reader.ts';
import type { CheckTexts } from './api/signed-text.ts';
import type { StoreState, StoreStatus } from './api/state.ts';
import type { Store } from './api/store.ts';
import type { CommitEntry, Page, Verdict, VerifiedRead, VersionRow } from './api/versions.ts';
import type { CommitOutcome, CommitRequest, StoreWriter } from './api/writer.ts';
import type { Cache } from './cache/cache.ts';
import { CacheRowWrong } from './commits/commit-cache.ts';
import type { FileDrafts } from './drafts/drafts.ts';
import type { FileAdministration } from './maintain/administration.ts';
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
  readonly administration: FileAdministration;
  readonly observer: StoreObserver;
  readonly checkTexts: CheckTexts;
}

/** A store on local files. */
export class FileStore implements Store, StoreReader, StoreWriter, StoreMaintenance, StoreFeed, StoreState {
  readonly reader: StoreReader = this;
  readonly writer: StoreWriter = this;
  readonly maintenance: StoreMaintenance = this;
  readonly feed: StoreFeed = this;
  readonly state: StoreState = this;
  readonly drafts: Drafts;
  readonly keys: StoreKeys;
  readonly #parts: StoreParts;
  readonly #listeners = new Set<(changes: Changes) => void>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
    this.drafts = parts.drafts;
    this.keys = parts.administration;
  }

  async head(name: string): Promise<VersionRow | undefined> {
    const head = await this.#parts.view.headRow(name);
    if (head === undefined) this.#present();
    return head;
  }

  async heads(query: HeadsQuery): Promise<Page<VersionRow, string>> {
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
    const { standing, view, checkTexts } = this.#parts;
    // Also where the store is there and the label is not signed: the refusal must not depend on that.
    if (label !== undefined) await checkTexts([{ field: 'label', text: label }]);
    await standing.make({ author, fresh: fresh ?? false, ...(label === undefined ? {} : { label }) });
    if (view.head === undefined)
      throw new StoreError('INTERNAL', 'the store was made, but its first commit cannot be read', {
        hint: 'Run "config-store verify".',
      });
    return commitReceipt(view.head);
  }

  async verify(request: VerifyRequest): Promise<VerifyReport> {
    const report = await checkStore(this.#parts, request);
    this.#parts.observer.verified?.(request, report);
    return report;
  }

  accept(request: { author: Author; reason: string }): Promise<Receipt> {
    return this.#parts.administration.accept(request);
  }

  badTail(): Promise<BadTail | undefined> {
    return this.#parts.administration.badTail();
  }

  repair(request: { author: Author; tail: BadTail; reason: string }): Promise<Receipt> {
    return this.#parts.administration.repair(request);
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

  async exportVersion(name: string, version?: number): Promise<ExportedVersion> {
    const read = await this.read(name, version);
    const envelope = this.#parts.view.log.readSync(read.row.index);
    const publicKeyPem = this.#parts.view.keyring.publicKeyPem(read.row.keyId);
    if (envelope === undefined || publicKeyPem === undefined)
      throw new StoreError('CORRUPT', `commit ${read.row.index} went away while it was exported`, {
        hint: 'Run "config-store verify".',
      });
    return { read, envelope, publicKeyPem };
  }

  async *commits(from: number): AsyncIterable<CommitEntry> {
    const { view } = this.#parts;
    await view.absorb();
    for (let index = from; index <= (view.head?.index ?? -1); index++) {
      const record = view.commits.at(index);
      const verdict = view.commits.untrusted(record) === undefined ? 'ok' : 'untrusted';
      yield { index, verdict, commit: record.id, keyId: record.keyId, statement: record.statement };
    }
  }

  subscribe(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async look(): Promise<void> {
    const { view } = this.#parts;
    await view.absorb();
    const changes = view.heads.takeChanges();
    if (changes.changed.length === 0 && !changes.listChanged) return;
    for (const listener of this.#listeners) listener(changes);
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

  notices(): readonly Notice[] {
    return this.#parts.standing.current().notices;
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
