import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { Durable, type TmpFile } from '../disk/durable.ts';

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

  constructor(keysFolder: string, disk: Durable = new Durable()) {
    this.#folder = keysFolder;
    this.#path = join(keysFolder, 'pin.json');
    this.#disk = disk;
  }

  /** The pin; without one, or with one that cannot be read, the anchor's rule holds, and `warning` says why. Never throws. */
  read(): { pin?: Pin; warning?: string } {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      return code === 'ENOENT' || code === 'ENOTDIR'
        ? {}
        : { warning: `the pin ${this.#path} cannot be read (${code ?? 'unknown'}); a rollback would not be seen` };
    }
    const pin = parsePin(text);
    return pin === undefined
      ? {
          warning: `the pin ${this.#path} is damaged; a rollback would not be seen. Remove it once "config-store verify" is clean, and it is written anew`,
        }
      : { pin };
  }

  /**
   * Writes the pin if it is higher than the one there, of the same store. A damaged pin is left for a person to see. Other
   * processes do the same at the same time, and a rename cannot compare: so it is looked at again right before, and after.
   *
   * @throws StoreError as `Durable.writeFile`
   */
  async raise(pin: Pin): Promise<void> {
    while (this.#isLowerThan(pin)) {
      const staged = this.#stage(pin);
      await staged.durable;
      if (this.#isLowerThan(pin)) await this.#disk.publish(staged, this.#path);
      else this.#disk.drop(staged);
    }
  }

  /** Writes the pin whatever is there: the person decided. @throws StoreError as `Durable.writeFile` */
  async replace(pin: Pin): Promise<void> {
    await this.#disk.publish(this.#stage(pin), this.#path);
  }

  #isLowerThan(pin: Pin): boolean {
    const { pin: there, warning } = this.read();
    return warning === undefined && (there === undefined || (there.store === pin.store && there.index < pin.index));
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
