import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Author } from '../../core/commit/statement.ts';
import { isHexDigest, sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Durable } from '../../disk/durable.ts';
import { fileFault, look } from '../../disk/file-fault.ts';
import { draftFile, draftFolder, parseDraftFile, type StorageLayout } from '../../engine/files/layout.ts';
import type { Draft, DraftRequest, Drafts } from '../api/drafts.ts';
import {
  DISCARDED_END,
  type DiscardedDraft,
  damagedDraft,
  encodeDiscarded,
  encodeDraft,
  MAX_DRAFT_FILE_BYTES,
  parseDraft,
} from './draft-file.ts';

/** A larger file is a draft and needs no look inside to tell it from the mark of a discarded one. */
const MAX_MARK_BYTES = 512;
/** How often a read or a save that lost against a neighbour begins anew before it gives up. */
const MAX_ATTEMPTS = 1_000;

/** What drafts need beside the disk. */
export interface FileDraftsOptions {
  /** The clock. */
  readonly now: () => Date;
  /** Makes the storage folder at the first save, where there is none. */
  readonly prepare: (author: Author) => Promise<void>;
  /** Told of drafts that `list` had to leave out because their files are damaged. */
  readonly onFault?: ((error: StoreError) => void) | undefined;
  readonly saved?: ((draft: Draft) => void) | undefined;
  readonly discarded?: ((name: string) => void) | undefined;
}

/**
 * Drafts as files `drafts/<sha256(name)>/<revision>.json`. Saving and discarding both `link` a finished file to the next
 * revision, so of two at once one wins and the other starts over; the highest number is the draft, older ones are removed
 * after. A discarded draft leaves a small mark under its number, so that numbers never come twice.
 */
export class FileDrafts implements Drafts {
  readonly #layout: StorageLayout;
  readonly #disk: Durable;
  readonly #options: FileDraftsOptions;

  constructor(layout: StorageLayout, disk: Durable, options: FileDraftsOptions) {
    this.#layout = layout;
    this.#disk = disk;
    this.#options = options;
  }

  /** @throws StoreError `CORRUPT` naming the file, when the newest revision is damaged. */
  async get(name: string): Promise<Draft | undefined> {
    const newest = this.#newest(draftFolder(name), name);
    return newest === undefined || 'discarded' in newest ? undefined : newest;
  }

  /** Every draft, by name; one whose file is damaged is left out and reported. */
  async list(): Promise<readonly Draft[]> {
    const { drafts, faults } = this.#readAll();
    for (const fault of faults) this.#options.onFault?.(fault);
    return drafts;
  }

  /** `CORRUPT` for every draft that cannot be read, each naming its file. */
  async damaged(): Promise<readonly StoreError[]> {
    return this.#readAll().faults;
  }

  #readAll(): { drafts: Draft[]; faults: StoreError[] } {
    const drafts: Draft[] = [];
    const faults: StoreError[] = [];
    for (const folder of namesIn(this.#layout.drafts)) {
      try {
        const newest = isHexDigest(folder) ? this.#newest(folder) : undefined;
        if (newest !== undefined && !('discarded' in newest)) drafts.push(newest);
      } catch (error) {
        if (!isStoreError(error)) throw error;
        faults.push(error);
      }
    }
    return { drafts: drafts.sort((a, b) => (a.name < b.name ? -1 : 1)), faults };
  }

  async having(names: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(names.filter((name) => this.#has(name)));
  }

  async has(name: string): Promise<boolean> {
    return this.#has(name);
  }

  /** True when the name has a draft; looks at its folder only, about 5 µs. */
  #has(name: string): boolean {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const revision = this.#newestRevision(draftFolder(name));
      if (revision === undefined) return false;
      const path = this.#path(draftFolder(name), revision);
      const size = look(path)?.size;
      if (size === undefined) continue;
      if (size > MAX_MARK_BYTES) return true;
      const bytes = readIfThere(path);
      if (bytes !== undefined) return !Buffer.from(bytes).toString('latin1').endsWith(DISCARDED_END);
    }
    throw busy(name);
  }

  /** @throws StoreError `VERSION_CONFLICT` when another revision than `afterRevision` is the newest. */
  async save(request: DraftRequest): Promise<Draft> {
    await this.#options.prepare(request.author);
    const folder = draftFolder(request.name);
    await this.#disk.makeFolder(join(this.#layout.drafts, folder));
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const before = this.#newestOrDamaged(folder, request.name);
      const live = before !== undefined && 'bytes' in before ? before : undefined;
      if (request.afterRevision !== undefined && request.afterRevision !== (live?.revision ?? 0)) {
        throw overtaken(request.name, live);
      }
      const draft: Draft = {
        name: request.name,
        revision: (before?.revision ?? 0) + 1,
        baseVersion: live !== undefined && request.rebase !== true ? live.baseVersion : request.baseVersion,
        mediaType: request.mediaType,
        bytes: request.bytes,
        digest: sha256Hex(request.bytes),
        message: request.message,
        author: request.author,
        time: this.#options.now().toISOString(),
      };
      if (await this.#link(folder, draft.revision, encodeDraft(draft))) {
        this.#options.saved?.(draft);
        return draft;
      }
    }
    throw busy(request.name);
  }

  async discard(name: string, revision?: number): Promise<boolean> {
    const folder = draftFolder(name);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const newest = this.#newestOrDamaged(folder, name);
      if (newest === undefined || 'discarded' in newest) return false;
      if (revision !== undefined && newest.revision !== revision) return false;
      if (await this.#link(folder, newest.revision + 1, encodeDiscarded(name, newest.revision + 1))) {
        this.#options.discarded?.(name);
        return true;
      }
    }
    throw busy(name);
  }

  /** Publishes a finished file under a revision; false when another process took the number first. */
  async #link(folder: string, revision: number, bytes: Uint8Array): Promise<boolean> {
    const path = this.#path(folder, revision);
    const tmp = this.#disk.stage(this.#layout.tmp, bytes, 0o444);
    if ((await this.#disk.link(tmp, path)) !== 'linked') return false;
    if ((this.#newestRevision(folder) ?? 0) > revision) {
      // Our view was old: the number was used, superseded and removed meanwhile, so the link proves nothing. Take it back.
      this.#disk.drop({ path, durable: Promise.resolve() });
      return false;
    }
    await this.#disk.syncFolder(dirname(path));
    this.#dropOlder(folder, revision);
    return true;
  }

  /** Takes superseded revisions away. Not fsynced: one that comes back after a power loss is older than the newest. */
  #dropOlder(folder: string, newest: number): void {
    for (const file of namesIn(join(this.#layout.drafts, folder))) {
      const revision = parseDraftFile(file);
      if (revision !== undefined && revision < newest)
        this.#disk.drop({ path: this.#path(folder, revision), durable: Promise.resolve() });
    }
  }

  /** The newest revision of a folder below `drafts/`; `name` is checked where it is known. */
  #newest(folder: string, name?: string): Draft | DiscardedDraft | undefined {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const revision = this.#newestRevision(folder);
      if (revision === undefined) return undefined;
      const path = this.#path(folder, revision);
      const bytes = readIfThere(path);
      // A neighbour saved a newer revision and removed this one between the two calls.
      if (bytes === undefined) continue;
      const draft = parseDraft(bytes, path);
      if (draft.revision !== revision || draftFolder(draft.name) !== folder)
        throw damagedDraft(path, 'it belongs to another name or revision');
      return draft;
    }
    throw busy(name ?? `drafts/${folder}`);
  }

  /** As `#newest`, but a damaged file counts by its number: it can be saved over and discarded. */
  #newestOrDamaged(folder: string, name: string): Draft | DiscardedDraft | { readonly revision: number } | undefined {
    try {
      return this.#newest(folder, name);
    } catch (error) {
      const revision = this.#newestRevision(folder);
      if (!isStoreError(error, 'CORRUPT') || revision === undefined) throw error;
      return { revision };
    }
  }

  #newestRevision(folder: string): number | undefined {
    let newest: number | undefined;
    for (const file of namesIn(join(this.#layout.drafts, folder))) {
      const revision = parseDraftFile(file);
      if (revision !== undefined && revision > (newest ?? 0)) newest = revision;
    }
    return newest;
  }

  #path(folder: string, revision: number): string {
    return join(this.#layout.drafts, folder, draftFile(revision));
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fileFault(error, folder, 'list');
  }
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    const size = look(path)?.size;
    if (size === undefined) return undefined;
    if (size > MAX_DRAFT_FILE_BYTES) throw damagedDraft(path, `it has ${size} bytes, over ${MAX_DRAFT_FILE_BYTES}`);
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileFault(error, path, 'read');
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
    details: { name, revision: draft?.revision ?? 0 },
  });
}
