import { createHash } from 'node:crypto';
import { closeSync, readSync, read as readWithCallback } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Digest, formatDigest, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { openRegularFile, readStart, withRegularFile } from '../../disk/opened-file.ts';
import type { ObjectStore, PendingObject } from '../port.ts';
import { objectPath } from './layout.ts';
import { sweptEachTime } from './log-faults.ts';
import { isMissing, lookBelow, type Storage } from './storage.ts';

/** Artifacts up to this many bytes are read synchronously: 4 µs instead of 190 for a small file. */
const SYNC_READ_BYTES = 65_536;
/** Larger ones are read and hashed in pieces of this many bytes, so that nothing else waits for long. */
const PIECE_BYTES = 1_048_576;

const readAt = promisify(readWithCallback);

/** Artifacts as files `objects/ab/abcdef…`, mode 0444, each with exactly the bytes its name is the SHA-256 of. */
export class FileObjectStore implements ObjectStore {
  readonly withCommit = false;
  readonly byRequest = false;
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** Written and named before this returns, flushed with its folder in `durable`, so that the caller can sign meanwhile. */
  begin(bytes: Uint8Array, options: { readonly durablyNamed?: boolean } = {}): PendingObject {
    const digest = sha256Hex(bytes);
    const durable = this.#write(digest, bytes, options.durablyNamed === true);
    durable.catch(() => undefined); // awaited by the caller, later
    return { digest, bytes, durable };
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const { digest, durable } = this.begin(bytes);
    await durable;
    return digest;
  }

  async get(digest: Digest, size: number): Promise<Uint8Array | undefined> {
    const path = this.#path(digest);
    let bytes: Uint8Array | 'other' | undefined;
    try {
      const small = size <= SYNC_READ_BYTES;
      bytes = small ? this.#readSmall(path, size) : await this.#readLarge(path, size, digest);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fileFault(error, path, 'read');
    }
    if (bytes === undefined) return undefined;
    if (bytes === 'other' || (size <= SYNC_READ_BYTES && sha256Hex(bytes) !== digest)) throw corruptArtifact(digest);
    return bytes;
  }

  async has(digest: Digest): Promise<boolean> {
    return lookBelow(this.#storage, this.#path(digest)) !== undefined;
  }

  /** Removes an artifact durably; that it is gone already is fine. */
  async remove(digest: Digest): Promise<void> {
    try {
      await this.#storage.disk.remove(this.#path(digest));
    } catch (error) {
      if (!isMissing(error)) throw error; // no fan-out folder, no artifact
    }
  }

  // Not one await before `place`: an async function runs synchronously up to its first one.
  async #write(digest: Digest, bytes: Uint8Array, durablyNamed: boolean): Promise<void> {
    const { disk, layout } = this.#storage;
    const path = this.#path(digest);
    for (let attempt = 1; ; attempt++) {
      // Another process may have named the same bytes a moment ago, and not flushed them.
      if (this.#holds(path, bytes)) return durablyNamed ? undefined : disk.flush(path);
      try {
        const outcome = await disk.place(layout.tmp, path, bytes, 0o444);
        if (outcome === 'linked') return;
        if (outcome === 'exists' && !this.#holds(path, bytes))
          return await disk.publish(disk.stage(layout.tmp, bytes, 0o444), path); // over a damaged copy
        if (attempt === 3) throw sweptEachTime();
      } catch (error) {
        // The new file was swept while this process was suspended, or the fan-out folder is not there.
        if (attempt === 3 || !isMissing(error)) throw error;
        await disk.makeFolder(layout.tmp);
        await disk.makeFolder(layout.objects);
        await disk.makeFolder(dirname(path));
      }
    }
  }

  /** True when these very bytes are there already. */
  #holds(path: string, bytes: Uint8Array): boolean {
    try {
      return (
        withRegularFile(
          this.#storage.folders.toRead(path),
          (fd, { size }) => size === bytes.length && startsWith(fd, bytes),
          () => false,
        ) === true
      );
    } catch {
      return false; // missing or unreadable: writing it again either repairs it or says why it cannot
    }
  }

  #readSmall(path: string, size: number): Uint8Array | 'other' | undefined {
    return withRegularFile<Uint8Array | 'other'>(
      this.#storage.folders.toRead(path),
      (fd, stats) => (stats.size === size ? whole(readStart(fd, size), size) : 'other'),
      () => 'other',
    );
  }

  async #readLarge(path: string, size: number, digest: Digest): Promise<Uint8Array | 'other' | undefined> {
    const opened = openRegularFile(this.#storage.folders.toRead(path));
    if (opened === undefined) return undefined;
    if ('found' in opened) return 'other';
    try {
      if (opened.stats.size !== size) return 'other';
      const bytes = Buffer.allocUnsafe(size);
      const hash = createHash('sha256');
      for (let at = 0; at < size; ) {
        const { bytesRead } = await readAt(opened.fd, bytes, at, Math.min(PIECE_BYTES, size - at), at);
        if (bytesRead === 0) return 'other'; // became shorter
        hash.update(bytes.subarray(at, at + bytesRead));
        at += bytesRead;
      }
      return hash.digest('hex') === digest ? bytes : 'other';
    } finally {
      closeSync(opened.fd);
    }
  }

  #path(digest: Digest): string {
    return join(this.#storage.layout.objects, objectPath(digest));
  }
}

function whole(bytes: Uint8Array, size: number): Uint8Array | 'other' {
  return bytes.length === size ? bytes : 'other';
}

/** True when an open file begins with these bytes. */
function startsWith(fd: number, bytes: Uint8Array): boolean {
  const piece = Buffer.allocUnsafe(Math.min(bytes.length, PIECE_BYTES));
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(fd, piece, 0, Math.min(piece.length, bytes.length - at), at);
    if (read === 0 || Buffer.compare(piece.subarray(0, read), bytes.subarray(at, at + read)) !== 0) return false;
    at += read;
  }
  return true;
}

function corruptArtifact(digest: Digest): StoreError {
  return new StoreError('CORRUPT', `the artifact ${formatDigest(digest)} has other bytes than its address says`, {
    hint: 'Putting the same content again repairs it; or take the file from a backup.',
    advice: [{ do: 'verify' }],
    details: { digest: formatDigest(digest) },
  });
}
