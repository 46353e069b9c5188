import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatDigest, type Hex, sha256Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Durable } from '../../disk/durable.ts';
import { fileFault, look } from '../../disk/file-fault.ts';
import { readStart, withFile } from '../../disk/opened-file.ts';
import type { ObjectStore } from '../port.ts';
import { objectPath, type StorageLayout } from './layout.ts';

/** Artifacts up to this many bytes are read synchronously: 4 µs instead of 190 for a small file. */
export const SYNC_READ_BYTES = 65_536;

/** An artifact on its way to the disk. */
export interface PendingObject {
  readonly digest: Hex;
  /** Resolves once the artifact is durable under its address; its handler is attached, so it may be awaited late. */
  readonly durable: Promise<void>;
}

/** Artifacts as files `objects/ab/abcdef…`, mode 0444, each with exactly the bytes its name is the SHA-256 of. */
export class FileObjectStore implements ObjectStore {
  readonly #layout: StorageLayout;
  readonly #disk: Durable;

  constructor(layout: StorageLayout, disk: Durable) {
    this.#layout = layout;
    this.#disk = disk;
  }

  /**
   * Starts writing an artifact: opened and written before this returns, fsynced, renamed and its folder fsynced in
   * `durable`, so that the caller can sign meanwhile. A copy that is there and has the right bytes is not written again;
   * its folder is still fsynced, unless `durablyNamed` says that a durable commit names the artifact already.
   */
  begin(bytes: Uint8Array, options: { durablyNamed?: boolean } = {}): PendingObject {
    const digest = sha256Hex(bytes);
    const durable = this.#write(digest, bytes, options.durablyNamed === true);
    durable.catch(() => undefined); // awaited by the caller, later
    return { digest, durable };
  }

  async put(bytes: Uint8Array): Promise<Hex> {
    const { digest, durable } = this.begin(bytes);
    await durable;
    return digest;
  }

  async get(digest: Hex): Promise<Uint8Array | undefined> {
    const bytes = await this.#read(digest);
    if (bytes === undefined || sha256Hex(bytes) === digest) return bytes;
    throw corruptArtifact(digest);
  }

  /** As `get`, and `undefined` also where the bytes are others: nothing worth keeping. */
  async soundBytes(digest: Hex): Promise<Uint8Array | undefined> {
    const bytes = await this.#read(digest);
    return bytes !== undefined && sha256Hex(bytes) === digest ? bytes : undefined;
  }

  async has(digest: Hex): Promise<boolean> {
    return this.hasSync(digest);
  }

  /** True when there is a file under this address; its bytes are not looked at. About 1 µs. */
  hasSync(digest: Hex): boolean {
    return look(this.#path(digest))?.isFile() === true;
  }

  async remove(digest: Hex): Promise<void> {
    try {
      await this.#disk.remove(this.#path(digest));
    } catch (error) {
      if (!isMissing(error)) throw error; // no fan-out folder, no artifact
    }
  }

  // Not one await before `stage`: an async function runs synchronously up to its first one.
  async #write(digest: Hex, bytes: Uint8Array, durablyNamed: boolean): Promise<void> {
    const path = this.#path(digest);
    if (this.#holds(digest)) {
      if (!durablyNamed) await this.#disk.syncFolder(dirname(path));
      return;
    }
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#disk.publish(this.#disk.stage(this.#layout.tmp, bytes, 0o444), path);
        return;
      } catch (error) {
        // The staged file was swept while this process was suspended, or the fan-out folder is not there.
        if (attempt === 3 || !isMissing(error)) throw error;
        await this.#disk.makeFolder(this.#layout.tmp);
        await this.#disk.makeFolder(this.#layout.objects);
        await this.#disk.makeFolder(dirname(path));
      }
    }
  }

  /** True when the right bytes are there already. */
  #holds(digest: Hex): boolean {
    try {
      return sha256Hex(readFileSync(this.#path(digest))) === digest;
    } catch {
      // Missing or unreadable: writing it anew either mends it or says why it cannot.
      return false;
    }
  }

  async #read(digest: Hex): Promise<Uint8Array | undefined> {
    const path = this.#path(digest);
    try {
      const small = withFile(path, (fd, stat) => {
        if (!stat.isFile()) throw corruptArtifact(digest);
        return stat.size <= SYNC_READ_BYTES ? readStart(fd, stat.size) : 'large';
      });
      return small === 'large' ? await readFile(path) : small;
    } catch (error) {
      if (isStoreError(error)) throw error;
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fileFault(error, path, 'read');
    }
  }

  #path(digest: Hex): string {
    return join(this.#layout.objects, objectPath(digest));
  }
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

function corruptArtifact(digest: Hex): StoreError {
  return new StoreError('CORRUPT', `the artifact ${formatDigest(digest)} has other bytes than its address says`, {
    hint: 'Putting the same content again mends it; or take the file from a backup. "config-store verify" lists every config that needs it.',
    details: { digest: formatDigest(digest) },
  });
}
