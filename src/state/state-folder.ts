import { join } from 'node:path';
import type { Durable } from '../disk/durable.ts';

export class StateFolder {
  readonly path: string;
  readonly #disk: Durable;

  constructor(path: string, disk: Durable) {
    this.path = path;
    this.#disk = disk;
  }

  async make(): Promise<void> {
    await this.#disk.makeFolders(this.path);
  }

  async cachePath(): Promise<string> {
    await this.make();
    return join(this.path, 'cache.sqlite');
  }
}
