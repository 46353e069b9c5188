import type { Author } from '../../core/commit/statement.ts';
import { type Hex, sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { pause } from '../../disk/busy.ts';
import type { DraftEntry, DraftRevision, DraftStore } from '../../engine/port.ts';
import type { Draft, DraftRequest, DraftSummary, Drafts } from '../api/drafts.ts';
import { type DiscardedDraft, damagedDraft, encodeDiscarded, encodeDraft, parseDraft } from './draft-file.ts';

/** How often a save that lost against another process starts over before it gives up. */
const MAX_ATTEMPTS = 1_000;
/** Drafts that a store holds, and bytes of their files in all. */
export const DRAFT_LIMITS = { count: 1_000, bytes: 64 * 1_048_576 } as const;
/** Revisions that are listed: drafts, and the marks of discarded ones. */
const MAX_LISTED = 100_000;

/** Parts that drafts need in addition to their store. */
export interface DraftRulesOptions {
  readonly now: () => Date;
  /** Checks what forbids writing, and makes the store where there is none. */
  readonly prepare: (author: Author) => Promise<void>;
  /** The secret of this installation; undefined where it has none. `make` makes one. */
  readonly secret: (make: boolean) => Promise<Uint8Array | undefined>;
  /** Hears of drafts that were left out of a list because their files are damaged. */
  readonly onFault: (error: StoreError) => void;
  /** The newest revisions that this installation made, by key: an older one is not what it left there. */
  readonly revisions?:
    | { readonly read: () => ReadonlyMap<Hex, number>; readonly note: (key: Hex, revision: number) => Promise<void> }
    | undefined;
  readonly saved: (draft: Draft) => void;
  readonly discarded: (name: string) => void;
}

/** The rules of drafts, over any store of revisions. */
export class DraftRules implements Drafts {
  readonly #store: DraftStore;
  readonly #options: DraftRulesOptions;
  /** Drafts read before, by key and revision: a revision never changes. */
  readonly #known = new Map<Hex, { revision: number; summary: DraftSummary | undefined }>();

  constructor(store: DraftStore, options: DraftRulesOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** @throws StoreError `CORRUPT` when the newest revision is damaged. */
  async get(name: string): Promise<Draft | undefined> {
    const newest = await this.#parse(await this.#store.newest(sha256Hex(name)), sha256Hex(name));
    return newest === undefined || 'discarded' in newest ? undefined : newest;
  }

  async list(): Promise<readonly DraftSummary[]> {
    const { drafts, faults } = await this.#readAll();
    for (const fault of faults) this.#options.onFault(fault);
    return drafts;
  }

  /** Returns `CORRUPT` for every draft that cannot be read. */
  async damaged(): Promise<readonly StoreError[]> {
    return (await this.#readAll()).faults;
  }

  async has(name: string): Promise<boolean> {
    return (await this.having([name])).has(name);
  }

  async having(names: readonly string[]): Promise<ReadonlySet<string>> {
    const live = await this.#store.live(names.map((name) => sha256Hex(name)));
    return new Set(names.filter((name) => live.has(sha256Hex(name))));
  }

  /** @throws StoreError VERSION_CONFLICT when another revision than `afterRevision` is the newest; STORE_FULL over the limits */
  async save(request: DraftRequest): Promise<Draft> {
    await this.#options.prepare(request.author);
    const key = sha256Hex(request.name);
    const secret = await this.#options.secret(true);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = await this.#newestOrDamaged(key);
      const live = before !== undefined && 'bytes' in before ? before : undefined;
      if (request.afterRevision !== undefined && request.afterRevision !== (live?.revision ?? 0))
        throw overtaken(request.name, live);
      const content = {
        name: request.name,
        revision: (before?.revision ?? 0) + 1,
        baseVersion: live !== undefined && request.rebase !== true ? live.baseVersion : request.baseVersion,
        mediaType: request.mediaType,
        bytes: request.bytes,
        message: request.message,
        author: request.author,
        time: this.#options.now().toISOString(),
      };
      const body = encodeDraft(content, secret);
      await this.#checkLimits(key, body.length);
      if ((await this.#store.insert({ key, revision: content.revision, body, live: true })) === 'saved') {
        const draft = {
          ...content,
          digest: sha256Hex(request.bytes),
          size: request.bytes.length,
          fromHere: secret !== undefined,
        };
        await this.#note(key, content.revision);
        this.#options.saved(draft);
        return draft;
      }
      await pause();
    }
    throw busy(request.name);
  }

  async discard(name: string, revision?: number): Promise<boolean> {
    const key = sha256Hex(name);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const newest = await this.#newestOrDamaged(key);
      if (newest === undefined || 'discarded' in newest) return false;
      if (revision !== undefined && newest.revision !== revision) return false;
      const next = newest.revision + 1;
      const mark = { key, revision: next, body: encodeDiscarded(name, next), live: false };
      if ((await this.#store.insert(mark)) === 'saved') {
        await this.#note(key, next);
        this.#options.discarded(name);
        return true;
      }
      await pause();
    }
    throw busy(name);
  }

  async #readAll(): Promise<{ drafts: DraftSummary[]; faults: StoreError[] }> {
    const drafts: DraftSummary[] = [];
    const faults: StoreError[] = [];
    let bytes = 0;
    for (const entry of await this.#store.list(MAX_LISTED)) {
      try {
        bytes += entry.size;
        const summary = await this.#summary(entry, bytes);
        if (summary !== undefined) drafts.push(summary);
      } catch (error) {
        if (!isStoreError(error)) throw error;
        faults.push(error);
      }
      if (drafts.length >= DRAFT_LIMITS.count) break;
    }
    return { drafts: drafts.sort((a, b) => (a.name < b.name ? -1 : 1)), faults };
  }

  /** Reads a draft once; what was saved over the limits, by another program, is not read. */
  async #summary({ key, revision }: DraftEntry, bytesUntilNow: number): Promise<DraftSummary | undefined> {
    const known = this.#known.get(key);
    if (known?.revision === revision) return known.summary && this.#unlessOlder(known.summary, key);
    if (bytesUntilNow > 2 * DRAFT_LIMITS.bytes) throw damagedDraft(key, 'the drafts have too many bytes in all');
    const newest = await this.#parse(await this.#store.newest(key), key);
    if (newest === undefined) return undefined;
    let summary: DraftSummary | undefined;
    if (!('discarded' in newest)) {
      const { bytes: _, ...rest } = newest;
      summary = rest;
    }
    this.#known.set(key, { revision: newest.revision, summary });
    return summary;
  }

  async #checkLimits(key: Hex, size: number): Promise<void> {
    let others = (await this.#store.list(MAX_LISTED)).filter((entry) => entry.key !== key);
    if (others.length >= DRAFT_LIMITS.count) {
      const live = await this.#store.live(others.map((entry) => entry.key)); // the marks of discarded drafts are none
      others = others.filter((entry) => live.has(entry.key));
    }
    const bytes = others.reduce((sum, entry) => sum + entry.size, size);
    if (others.length < DRAFT_LIMITS.count && bytes <= DRAFT_LIMITS.bytes) return;
    throw new StoreError(
      'STORE_FULL',
      others.length >= DRAFT_LIMITS.count
        ? `there are ${others.length} drafts, as many as a store holds`
        : `the drafts would have ${bytes} bytes in all, over ${DRAFT_LIMITS.bytes}`,
      { hint: 'Nothing was saved. Publish or discard drafts first.', advice: [{ do: 'list-configs' }] },
    );
  }

  async #parse(found: DraftRevision | undefined, key: Hex): Promise<Draft | DiscardedDraft | undefined> {
    if (found === undefined) return undefined;
    const where = `drafts/${key}/${found.revision}`;
    const draft = parseDraft(found.body, where, await this.#options.secret(false));
    if (draft.revision !== found.revision || sha256Hex(draft.name) !== key)
      throw damagedDraft(where, 'it belongs to another name or revision');
    return 'discarded' in draft ? draft : this.#unlessOlder(draft, key);
  }

  /** A draft that was saved here, and that this installation saved over or discarded since, was put back by another process. */
  #unlessOlder<T extends DraftSummary>(draft: T, key: Hex): T {
    if (!draft.fromHere) return draft;
    return draft.revision < (this.#options.revisions?.read().get(key) ?? 0) ? { ...draft, fromHere: false } : draft;
  }

  /** The draft is saved, or discarded, whether that can be remembered or not. */
  async #note(key: Hex, revision: number): Promise<void> {
    try {
      await this.#options.revisions?.note(key, revision);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#options.onFault(error);
    }
  }

  /** As `get`, but a damaged revision counts by its number: it can be saved over and discarded. */
  async #newestOrDamaged(key: Hex): Promise<Draft | DiscardedDraft | { readonly revision: number } | undefined> {
    let found: DraftRevision | undefined;
    try {
      found = await this.#store.newest(key);
      return await this.#parse(found, key);
    } catch (error) {
      if (!isStoreError(error, 'CORRUPT')) throw error;
      const revision = found?.revision ?? error.details?.['revision'];
      if (typeof revision !== 'number') throw error;
      return { revision };
    }
  }
}

function busy(name: string): StoreError {
  return new StoreError('STORE_BUSY', `other processes kept changing the draft of ${name}`, {
    hint: 'Nothing was changed. Try again.',
  });
}

function overtaken(name: string, draft: Draft | undefined): StoreError {
  const now = draft === undefined ? 'discarded or published' : `saved again as revision ${draft.revision}`;
  return new StoreError('VERSION_CONFLICT', `the draft of ${name} was ${now} meanwhile`, {
    hint: 'Nothing was saved. Read what there is now, and make the change again.',
    advice: [{ do: 'read-draft', name }],
    details: { name, revision: draft?.revision ?? 0 },
  });
}
