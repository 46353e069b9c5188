import { closeSync, fsync, linkSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const flush = promisify(fsync);

/**
 * What the disk alone asks of a put: an artifact and an envelope in the fewest waits, with nothing hashed, signed or checked. Both
 * are written and the artifact gets its name; both files and the artifact's folder are flushed together; the envelope gets its
 * name, and that folder is flushed. No store that keeps its word on this disk can be faster one put at a time.
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
    const name = String(this.#next++);
    const [first, second] = [join(this.#folder, 'tmp', `a${name}`), join(this.#folder, 'tmp', `e${name}`)];
    const written = [write(first, artifact), write(second, envelope)];
    renameSync(first, join(this.#folder, 'objects', name));
    const objects = openSync(join(this.#folder, 'objects'), 'r');
    await Promise.all([...written, objects].map((fd) => flush(fd)));
    for (const fd of [...written, objects]) closeSync(fd);
    linkSync(second, join(this.#folder, 'log', name));
    unlinkSync(second);
    const log = openSync(join(this.#folder, 'log'), 'r');
    await flush(log);
    closeSync(log);
  }
}

function write(path: string, bytes: Uint8Array): number {
  const fd = openSync(path, 'wx', 0o444);
  writeSync(fd, bytes);
  return fd;
}
