import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { isStoreError } from '../core/errors.ts';
import { Durable, type TmpFile } from '../disk/durable.ts';
import { type FoundFile, findFile, findStateFile, isIndex, parseObject } from './state-file.ts';
import type { StateFolder } from './state-folder.ts';

/** What this installation remembers outside the storage volume: the store, and the highest commit seen. */
export interface Pin {
  readonly store: Hex;
  readonly index: number;
  readonly commit: Hex;
}

/** The pin as it was found; neither member when there is none. */
export interface FoundPin {
  readonly pin?: Pin;
  /** Why the pin that is there cannot be used. It is never taken for none. */
  readonly damaged?: string;
}

const NAME = 'pin.json';

/** `state/pin.json`. Earlier releases kept it in `keys/`, where it counts until there is one in `state/`. */
export class PinFile {
  readonly #folder: StateFolder;
  readonly #path: string;
  readonly #legacyPath: string;
  readonly #disk: Durable;
  /** The file of an earlier release was looked for and removed. */
  #tookOver = false;

  constructor(folder: StateFolder, keysFolder: string, disk: Durable = new Durable()) {
    this.#folder = folder;
    this.#path = join(folder.path, NAME);
    this.#legacyPath = join(keysFolder, NAME);
    this.#disk = disk;
  }

  /** Reads the pin. Never throws. */
  read(): FoundPin {
    // Between the first two looks another process may have taken the earlier one over.
    return this.#own() ?? found(findFile(this.#legacyPath), this.#legacyPath) ?? this.#own() ?? {};
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
    if (this.#own()?.pin !== undefined) await this.#removeLegacy();
  }

  /** Writes the pin, whatever is there: a person decided. @throws StoreError as `raise` */
  async replace(pin: Pin): Promise<void> {
    await this.#folder.make();
    await this.#disk.publish(this.#stage(pin), this.#path);
    this.#tookOver = false;
    await this.#removeLegacy();
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

  /** Removes the plain file of an earlier release; with read-only keys it stays, and does not count any more. */
  async #removeLegacy(): Promise<void> {
    if (this.#tookOver) return;
    this.#tookOver = true;
    try {
      if (lstatSync(this.#legacyPath, { throwIfNoEntry: false })?.isFile() === true)
        await this.#disk.remove(this.#legacyPath);
    } catch (error) {
      if (isStoreError(error, 'STATE_UNKNOWN')) throw error;
    }
  }

  #stage({ store, index, commit }: Pin): TmpFile {
    return this.#disk.stage(this.#folder.path, Buffer.from(`${JSON.stringify({ store, index, commit })}\n`), 0o600);
  }
}

function found({ text, damaged }: FoundFile, path: string): FoundPin | undefined {
  if (damaged !== undefined) return { damaged };
  if (text === undefined) return undefined;
  const { store, index, commit } = parseObject(text) ?? {};
  return isHexDigest(store) && isHexDigest(commit) && isIndex(index)
    ? { pin: { store, index, commit } }
    : { damaged: `${path} is not a pin` };
}
