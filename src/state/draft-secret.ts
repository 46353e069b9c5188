import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { StoreError } from '../core/errors.ts';
import { Durable } from '../disk/durable.ts';
import { readRegularFile } from '../disk/opened-file.ts';
import type { StateFolder } from './state-folder.ts';

const SECRET_BYTES = 32;

/** `state/draft-secret`: what proves that a draft was saved by this installation. */
export class DraftSecret {
  readonly #folder: StateFolder;
  readonly #path: string;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#path = join(folder.path, 'draft-secret');
    this.#disk = disk;
  }

  /** Returns the 32 bytes; undefined when there are none yet, or what is there cannot be used. */
  read(): Uint8Array | undefined {
    try {
      return this.#secret();
    } catch {
      return undefined; // a draft that cannot be proven ours is shown as such; `make` says why
    }
  }

  /**
   * Returns the 32 bytes, made of the system's randomness at first use; of several processes that do so at once, all return
   * the same. Undefined where nothing can be kept in the state folder.
   *
   * @throws StoreError STORE_UNREADABLE when something else is in the secret's place, and as `Durable.link`
   */
  async make(): Promise<Uint8Array | undefined> {
    const unwritable = this.#folder.writable();
    const known = unwritable === undefined ? this.#secret() : this.read();
    if (known !== undefined || unwritable !== undefined) return known;
    await this.#folder.make();
    const secret = randomBytes(SECRET_BYTES);
    let linked = await this.#link(secret);
    while (linked === 'gone') linked = await this.#link(secret);
    await this.#disk.syncFolder(this.#folder.path);
    return this.#secret();
  }

  #link(secret: Uint8Array): Promise<'linked' | 'exists' | 'gone'> {
    return this.#disk.link(this.#disk.stage(this.#folder.path, secret, 0o600), this.#path);
  }

  #secret(): Uint8Array | undefined {
    const flaw = this.#folder.flaw();
    if (flaw !== undefined) throw flaw;
    const bytes = readRegularFile(this.#path, SECRET_BYTES);
    if (bytes === undefined || bytes.length === SECRET_BYTES) return bytes;
    throw new StoreError('STORE_UNREADABLE', `${this.#path} has ${bytes.length} bytes instead of ${SECRET_BYTES}`, {
      hint: 'Move that file away; a new one is made. Drafts that were saved before then count as not from this installation.',
    });
  }
}
