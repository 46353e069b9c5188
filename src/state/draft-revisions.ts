import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { Durable } from '../disk/durable.ts';
import { findStateFile, isIndex, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

const NAME = 'draft-revisions.json';
/** The most drafts that are remembered; those that changed last are kept. */
const MAX_DRAFTS = 500;

/**
 * `state/draft-revisions.json`: the newest revision of each draft that was saved or discarded here. A file with the proof of this
 * installation that has an older one was put back by another process.
 */
export class DraftRevisionsFile {
  readonly #folder: StateFolder;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#disk = disk;
  }

  /** Returns the revisions by the key of the draft; none where nothing is remembered, or it cannot be believed. Never throws. */
  read(): ReadonlyMap<Hex, number> {
    const { text } = findStateFile(this.#folder, NAME);
    const found = Object.entries((text === undefined ? undefined : parseObject(text)) ?? {});
    return new Map(found.filter((one): one is [Hex, number] => isHexDigest(one[0]) && isIndex(one[1])));
  }

  /** Remembers a revision, where something can be remembered. @throws StoreError as `Durable.writeFile` */
  async note(key: Hex, revision: number): Promise<void> {
    if (this.#folder.writable() !== undefined) return;
    const known = new Map(this.read());
    if ((known.get(key) ?? 0) >= revision) return;
    known.delete(key);
    const kept = [...known, [key, revision] as const].slice(-MAX_DRAFTS);
    await this.#folder.make();
    const { path } = this.#folder;
    const text = `${JSON.stringify(Object.fromEntries(kept))}\n`;
    await this.#disk.writeFile(path, join(path, NAME), Buffer.from(text), 0o600);
  }
}
