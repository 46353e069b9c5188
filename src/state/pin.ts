import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { Durable, type TmpFile } from '../disk/durable.ts';
import type { StateFolder } from './state-folder.ts';

/** What this installation remembers outside the storage volume: the store, and the highest commit seen. */
export interface Pin {
  readonly store: Hex;
  readonly index: number;
  readonly commit: Hex;
}

/** `keys/pin.json`. */
export class PinFile {
  readonly #folder: string;
  readonly #path: string;
  readonly #disk: Durable;

  readonly #legacy: string;
  readonly #state: StateFolder;

  constructor(state: StateFolder, keysFolder: string, disk: Durable = new Durable()) {
    this.#state = state;
    this.#folder = state.path;
    this.#path = join(state.path, 'pin.json');
    this.#legacy = join(keysFolder, 'pin.json');
    this.#disk = disk;
  }

  read(): { pin?: Pin; damaged?: string } {
    const own = this.#readFrom(this.#path);
    return own.pin === undefined && own.damaged === undefined ? this.#readFrom(this.#legacy) : own;
  }

  #readFrom(path: string): { pin?: Pin; damaged?: string } {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      return code === 'ENOENT' || code === 'ENOTDIR' ? {} : { damaged: `${path} cannot be read (${code ?? 'unknown'})` };
    }
    const pin = parsePin(text);
    return pin === undefined ? { damaged: `${path} is not a pin` } : { pin };
  }

  /**
   * Writes the pin if it is higher than the one there, of the same store. A damaged pin is left for a person to see. Other
   * processes do the same at the same time, and a rename cannot compare: so it is looked at again right before, and after.
   *
   * @throws StoreError as `Durable.writeFile`
   */
  async raise(pin: Pin): Promise<void> {
    await this.#state.make();
    while (this.#isLowerThan(pin)) {
      const staged = this.#stage(pin);
      await staged.durable;
      if (this.#isLowerThan(pin)) await this.#disk.publish(staged, this.#path);
      else this.#disk.drop(staged);
    }
  }

  /** Writes the pin whatever is there: the person decided. @throws StoreError as `Durable.writeFile` */
  async replace(pin: Pin): Promise<void> {
    await this.#state.make();
    await this.#disk.publish(this.#stage(pin), this.#path);
  }

  #isLowerThan(pin: Pin): boolean {
    const { pin: there, damaged } = this.#readFrom(this.#path);
    return damaged === undefined && (there === undefined || (there.store === pin.store && there.index < pin.index));
  }

  #stage({ store, index, commit }: Pin): TmpFile {
    return this.#disk.stage(this.#folder, Buffer.from(`${JSON.stringify({ store, index, commit })}\n`), 0o600);
  }
}

function parsePin(text: string): Pin | undefined {
  try {
    const { store, index, commit } = JSON.parse(text) as Record<string, unknown>;
    return isHexDigest(store) &&
      isHexDigest(commit) &&
      typeof index === 'number' &&
      Number.isSafeInteger(index) &&
      index >= 0
      ? { store, index, commit }
      : undefined;
  } catch {
    return undefined; // not JSON: the same as damaged
  }
}
