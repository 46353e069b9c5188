import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type CommitId, isHexDigest, type StoreId } from '../core/digest.ts';
import { isStoreError } from '../core/errors.ts';
import { Durable, type TmpFile } from '../disk/durable.ts';
import { type FoundFile, findFile, findStateFile, isIndex, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

/** Memory of this installation outside the storage volume: the store, and the highest commit seen. */
export interface Pin {
  readonly store: StoreId;
  readonly index: number;
  readonly commit: CommitId;
}

/** The pin as it was found; neither member when there is none. */
export interface FoundPin {
  readonly pin?: Pin;
  /** Why the pin that is there cannot be used. It is never taken for none. */
  readonly damaged?: string;
}

const NAME = 'pin.json';

/**
 * `state/pin.json`. A copy in `keys/`, where earlier releases kept it, counts while there is none in `state/`: so a rollback
 * is also noticed by an installation that lost its state folder, which looks like a mere cache.
 */
export class PinFile {
  readonly #folder: StateFolder;
  readonly #path: string;
  readonly #keysFolder: string;
  readonly #copyPath: string;
  readonly #disk: Durable;

  constructor(folder: StateFolder, keysFolder: string, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#path = join(folder.path, NAME);
    this.#keysFolder = keysFolder;
    this.#copyPath = join(keysFolder, NAME);
    this.#disk = disk;
  }

  /** Reads the pin. Never throws. */
  read(): FoundPin {
    return this.#own() ?? found(findFile(this.#copyPath), this.#copyPath) ?? {};
  }

  /**
   * Writes the pin if it is higher than the one there, of the same store. A damaged pin is left for a person to see. Other
   * processes do the same at the same time, and a rename cannot compare: so it is looked at again right before, and after.
   *
   * @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL, STATE_UNKNOWN
   */
  async raise(pin: Pin): Promise<void> {
    for (let wanted = this.#toWrite(pin); wanted !== undefined; wanted = this.#toWrite(pin)) {
      await this.#folder.make();
      const staged = this.#stage(wanted);
      await staged.durable;
      const still = this.#toWrite(pin);
      if (still !== undefined && still.index === wanted.index) await this.#disk.publish(staged, this.#path);
      else this.#disk.drop(staged);
    }
    const own = this.#own()?.pin;
    if (own !== undefined) await this.#copy(own);
  }

  /** Writes the pin, whatever is there: a person decided. @throws StoreError as `raise` */
  async replace(pin: Pin): Promise<void> {
    await this.#folder.make();
    await this.#disk.publish(this.#stage(pin), this.#path);
    await this.#copy(pin);
  }

  #own(): FoundPin | undefined {
    return found(findStateFile(this.#folder, NAME), this.#path);
  }

  /** Returns the pin to write to `state/`: this one where it is higher, or the higher one of an earlier release. */
  #toWrite(pin: Pin): Pin | undefined {
    const own = this.#own();
    const { pin: there, damaged } = own ?? this.read();
    if (damaged !== undefined) return undefined;
    if (there === undefined) return pin;
    if (there.store !== pin.store) return undefined;
    if (there.index < pin.index) return pin;
    return own === undefined ? there : undefined;
  }

  /** Keeps the copy in step; where keys/ is read-only, not there, or something else is in its place, there is none. */
  async #copy(pin: Pin): Promise<void> {
    try {
      const there = lstatSync(this.#copyPath, { throwIfNoEntry: false });
      const kept = found(findFile(this.#copyPath), this.#copyPath)?.pin;
      if (kept?.commit === pin.commit || (there !== undefined && !there.isFile())) return;
      if (lstatSync(this.#keysFolder, { throwIfNoEntry: false })?.isDirectory() !== true) return;
      await this.#disk.publish(this.#stage(pin, this.#keysFolder), this.#copyPath);
    } catch (error) {
      if (!isStoreError(error) || error.code === 'STATE_UNKNOWN') throw error;
    }
  }

  #stage(pin: Pin, folder = this.#folder.path): TmpFile {
    return this.#disk.stage(folder, pinBytes(pin), 0o600);
  }
}

/** Returns a pin as it is written to its file. */
export function pinBytes({ store, index, commit }: Pin): Uint8Array {
  return Buffer.from(`${JSON.stringify({ store, index, commit })}\n`);
}

/** Returns the pin that the bytes of its file say; undefined when they are no pin. */
export function parsePin(bytes: Uint8Array): Pin | undefined {
  const { store, index, commit } = parseObject(Buffer.from(bytes).toString('utf8')) ?? {};
  return isHexDigest(store) && isHexDigest(commit) && isIndex(index) ? { store, index, commit } : undefined;
}

function found({ text, damaged }: FoundFile, path: string): FoundPin | undefined {
  if (damaged !== undefined) return { damaged };
  if (text === undefined) return undefined;
  const pin = parsePin(Buffer.from(text));
  return pin === undefined ? { damaged: `${path} is not a pin` } : { pin };
}
