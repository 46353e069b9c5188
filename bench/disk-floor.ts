import { closeSync, fsync, linkSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const flush = promisify(fsync);

/**
 * What the disk alone asks of a put: an artifact and an envelope, each written, flushed and published in a folder that is
 * flushed too; nothing is hashed, signed or checked. No store that keeps its word on this disk can be faster one put at a time.
 */
export class DiskFloor {
  readonly #folder: string;
  #next = 0;

  constructor(folder: string) {
    this.#folder = folder;
    for (const name of ['tmp', 'objects', 'log']) mkdirSync(join(folder, name), { recursive: true });
  }

  /** Makes both files durable. */
  async put(artifact: Uint8Array, envelope: Uint8Array): Promise<void> {
    const name = String(this.#next);
    this.#next += 1;
    const tmp = join(this.#folder, 'tmp', name);
    await writeDurably(tmp, artifact);
    renameSync(tmp, join(this.#folder, 'objects', name));
    await flushFolder(join(this.#folder, 'objects'));
    await writeDurably(tmp, envelope);
    linkSync(tmp, join(this.#folder, 'log', name));
    unlinkSync(tmp);
    await flushFolder(join(this.#folder, 'log'));
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const fd = openSync(path, 'wx', 0o444);
  writeSync(fd, bytes);
  await flush(fd);
  closeSync(fd);
}

async function flushFolder(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  await flush(fd);
  closeSync(fd);
}
