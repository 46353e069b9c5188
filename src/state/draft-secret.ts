import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Durable } from '../disk/durable.ts';
import type { StateFolder } from './state-folder.ts';

export class DraftSecret {
  readonly #folder: StateFolder;
  readonly #disk: Durable;

  constructor(folder: StateFolder, disk: Durable) {
    this.#folder = folder;
    this.#disk = disk;
  }

  read(): Uint8Array | undefined {
    try {
      return readFileSync(join(this.#folder.path, 'draft-secret'));
    } catch {
      return undefined;
    }
  }

  async make(): Promise<Uint8Array | undefined> {
    const known = this.read();
    if (known !== undefined) return known;
    await this.#folder.make();
    const path = this.#folder.path;
    await this.#disk.link(this.#disk.stage(path, randomBytes(32), 0o600), join(path, 'draft-secret'));
    return this.read();
  }
}
