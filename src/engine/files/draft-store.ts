import { join } from 'node:path';
import { type Hex, isHexDigest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { readStart, withRegularFile } from '../../disk/opened-file.ts';
import type { DraftEntry, DraftRevision, DraftStore } from '../port.ts';
import { draftFile, MAX_REVISION, parseDraftFile } from './layout.ts';
import { refuseMoved } from './moved.ts';
import { isMissing, lookBelow, namesIn, type Storage } from './storage.ts';

/** The most bytes a draft's file may have: 64 MiB of content as base64, and room for the rest. */
export const MAX_DRAFT_FILE_BYTES = 96 * 1_048_576;
/** A larger file is a draft and needs no look inside to tell it from the mark of a discarded one. */
const MAX_MARK_BYTES = 512;
/** How the mark of a discarded draft ends, and no other file: those end with their time. */
const DISCARDED_END = '"discarded":true}';
/** How often a read that lost against another process begins again before it gives up. */
const MAX_ATTEMPTS = 1_000;

/**
 * Drafts as files `drafts/<key>/<revision>.json`. A finished file is linked to its revision, so of two at once one wins;
 * the highest number is the draft, older ones are removed after. The mark of a discarded one keeps the numbers rising.
 */
export class FileDraftStore implements DraftStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async newest(key: Hex): Promise<DraftRevision | undefined> {
    const body = this.#read(key, (fd, size, revision) => {
      if (size > MAX_DRAFT_FILE_BYTES) throw this.#damaged(key, revision, `has ${size} bytes`);
      const bytes = readStart(fd, size);
      return { key, revision, body: bytes, live: !isMark(bytes) };
    });
    return body;
  }

  async live(keys: readonly Hex[]): Promise<ReadonlySet<Hex>> {
    return new Set(keys.filter((key) => this.#isLive(key)));
  }

  async list(limit: number): Promise<readonly DraftEntry[]> {
    const entries: DraftEntry[] = [];
    for (const key of namesIn(this.#storage, this.#storage.layout.drafts, isHexDigest)) {
      if (entries.length >= limit) break;
      const revision = this.#isFolder(key) ? this.#newestRevision(key) : 0; // of what is no folder reading says so
      if (revision === undefined) continue;
      const size = revision === 0 ? 0 : (lookBelow(this.#storage, this.#path(key, revision))?.size ?? 0);
      entries.push({ key, revision, size });
    }
    return entries;
  }

  async insert({ key, revision, body }: DraftRevision): Promise<'saved' | 'conflict'> {
    refuseMoved(this.#storage);
    const { disk, layout } = this.#storage;
    if (revision > MAX_REVISION) throw noRevisionLeft(this.#folder(key));
    const path = this.#path(key, revision);
    await disk.makeFolders(this.#folder(key));
    if ((this.#newestRevision(key) ?? 0) >= revision) return 'conflict';
    if ((await disk.link(disk.stage(layout.tmp, body, 0o444), path)) !== 'linked') return 'conflict';
    if ((this.#newestRevision(key) ?? 0) > revision) {
      // The number was used, superseded and removed meanwhile, so the link proves nothing. Take it back.
      disk.drop({ path, durable: Promise.resolve() });
      return 'conflict';
    }
    await disk.syncFolder(this.#folder(key));
    this.#dropOlder(key, revision);
    return 'saved';
  }

  /** Takes superseded revisions away. Not flushed: one that comes back after a power loss is older than the newest. */
  #dropOlder(key: Hex, newest: number): void {
    const { disk } = this.#storage;
    for (const revision of this.#revisions(key))
      if (revision < newest) disk.drop({ path: this.#path(key, revision), durable: Promise.resolve() });
  }

  #isLive(key: Hex): boolean {
    const live = this.#read(key, (fd, size) => size > MAX_MARK_BYTES || !isMark(readStart(fd, size)));
    return live === true;
  }

  /** Hands over the open file of the newest revision; undefined when there is none. */
  #read<T>(key: Hex, use: (fd: number, size: number, revision: number) => T): T | undefined {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const revision = this.#newestRevision(key);
      if (revision === undefined) return undefined;
      const path = this.#path(key, revision);
      try {
        const result = withRegularFile(
          this.#storage.folders.toRead(path),
          (fd, { size }) => ({ value: use(fd, size, revision) }),
          (found) => {
            throw this.#damaged(key, revision, `is ${found}`);
          },
        );
        if (result !== undefined) return result.value;
      } catch (error) {
        if (!isMissing(error)) throw fileFault(error, path, 'read');
      }
      // Another process saved a newer revision and removed this one between the two calls.
    }
    throw new StoreError('STORE_BUSY', `other processes keep changing ${this.#folder(key)}`, {
      hint: 'Nothing was changed. Try again.',
    });
  }

  #newestRevision(key: Hex): number | undefined {
    let newest: number | undefined;
    for (const revision of this.#revisions(key)) if (revision > (newest ?? 0)) newest = revision;
    return newest;
  }

  *#revisions(key: Hex): Generator<number> {
    for (const name of namesIn(this.#storage, this.#folder(key), (one) => parseDraftFile(one) !== undefined))
      yield parseDraftFile(name) as number;
  }

  #isFolder(key: Hex): boolean {
    return lookBelow(this.#storage, this.#folder(key))?.isDirectory() === true;
  }

  #damaged(key: Hex, revision: number, why: string): StoreError {
    const where = this.#path(key, revision);
    return new StoreError('CORRUPT', `the draft file ${where} is damaged: it ${why}`, {
      hint: 'Save the draft again or discard it; committed versions are not touched by this.',
      details: { where, revision },
    });
  }

  #folder(key: Hex): string {
    return join(this.#storage.layout.drafts, key);
  }

  #path(key: Hex, revision: number): string {
    return join(this.#folder(key), draftFile(revision));
  }
}

function isMark(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_MARK_BYTES && Buffer.from(bytes).toString('latin1').endsWith(DISCARDED_END);
}

function noRevisionLeft(folder: string): StoreError {
  return new StoreError('STORE_FULL', `the draft has no revision left: a file in ${folder} has the highest number`, {
    hint: 'Nothing was saved. That file was not written by this program: look at it, and remove it.',
    details: { where: folder },
  });
}
