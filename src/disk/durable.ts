import { randomUUID } from 'node:crypto';
import { ftruncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TmpFile } from './disk.ts';
import { DurableFolders } from './durable-folders.ts';
import { fileFault } from './file-fault.ts';
import { clearedUnlessDone } from './interruption.ts';
import { type NewFile, ReadyFiles } from './ready-files.ts';

export type { TmpFile };

/**
 * The one place that fsyncs. The system calls, in order (a test holds this list to a trace):
 *
 * - stage:   open(tmp, O_CREAT|O_EXCL, mode) · write(tmp) … · fsync(tmp) · close(tmp)
 * - publish: rename(tmp, target) · open(folder) · fsync(folder) · close(folder)
 * - place:   open(tmp, O_CREAT|O_EXCL, mode) · write(tmp) … · link(tmp, target) · unlink(tmp) · open(folder) · fsync(tmp) · fsync(folder) · close(tmp) · close(folder); the fsyncs at the same time
 * - flush:   open(file) · open(folder) · fsync(file) · fsync(folder) · close(file) · close(folder); the fsyncs at the same time
 * - link:    link(tmp, target) · unlink(tmp); the caller then calls syncFolder once for all it linked
 * - folder:  mkdir(path) · open(parent) · fsync(parent) · close(parent), the last three also when it was there already
 * - move:    rename(from, to) … · open(folder of to) · fsync · close · open(folder of from) · fsync · close
 * - remove:  unlink(path) · open(folder) · fsync(folder) · close(folder)
 * - append:  open(path, O_CREAT|O_APPEND) · write(file) … · fsync(file) · close(file) · open(folder) · fsync · close
 * - overwrite: open(path) · write(file) … · ftruncate(file) · fsync(file) · close(file)
 *
 * Where files are made ahead, the open of `stage` and `place` came earlier.
 *
 * open and write are synchronous (fastest, and nothing else can come between); only the fsyncs run in the thread pool.
 */
export class Durable extends DurableFolders {
  #ahead: { readonly folder: string; readonly mode: number; readonly files: ReadyFiles } | undefined;

  /** From the first file that is staged or placed on, keeps a few new ones of that folder and mode ready, for a process that goes on writing. */
  makeAhead(folder: string, mode: number): void {
    const files = new ReadyFiles({
      make: () => this.#openNow(folder, mode),
      drop: ({ fd, path }) => this.#abandon(fd, path),
    });
    this.#ahead = { folder, mode, files };
  }

  /** Removes the files that were made ahead. */
  close(): void {
    this.#ahead?.files.close();
  }

  /**
   * Writes a new file in `tmpFolder` now and starts its fsync. The name carries pid and a nonce.
   *
   * @param prepare gives the open file its owner and mode
   * @throws StoreError STORE_FULL, STORE_READONLY, STORE_UNREADABLE; `durable` rejects with STATE_UNKNOWN.
   */
  stage(tmpFolder: string, bytes: Uint8Array, mode: number, prepare?: (fd: number) => void): TmpFile {
    const { fd, path } = this.#openNew(tmpFolder, mode);
    this.#write(fd, path, bytes, prepare);
    return this.#staged(fd, path);
  }

  /**
   * As `stage`, of bytes that come in pieces; when they stop with an error, or a signal ends this
   * process meanwhile, nothing is left behind.
   *
   * @throws StoreError as `stage`, and what the pieces throw
   */
  async stageStream(tmpFolder: string, pieces: AsyncIterable<Uint8Array>, mode: number): Promise<TmpFile> {
    const { fd, path } = this.#openNew(tmpFolder, mode);
    let isOpen = true;
    await clearedUnlessDone(
      () => isOpen && this.#abandon(fd, path),
      async () => {
        for await (const piece of pieces) {
          isOpen = false;
          this.#write(fd, path, piece); // closes and removes the file itself when it fails
          isOpen = true;
        }
      },
    );
    return this.#staged(fd, path);
  }

  #openNew(tmpFolder: string, mode: number): NewFile {
    const ahead = this.#ahead;
    return ahead?.folder === tmpFolder && ahead.mode === mode ? ahead.files.take() : this.#openNow(tmpFolder, mode);
  }

  #openNow(tmpFolder: string, mode: number): NewFile {
    const nonce = randomUUID().slice(-17).replace('-', ''); // Node has the randomness ready, and need not ask the system
    const path = join(tmpFolder, `${process.pid}-${nonce}`);
    return { fd: this.open(path, 'wx', mode, 'write'), path };
  }

  #write(fd: number, path: string, bytes: Uint8Array, prepare?: (fd: number) => void): void {
    try {
      for (let at = 0; at < bytes.length; ) at += this.disk.write(fd, at === 0 ? bytes : bytes.subarray(at));
      prepare?.(fd);
    } catch (error) {
      this.#abandon(fd, path);
      throw fileFault(error, path, 'write');
    }
  }

  #abandon(fd: number, path: string): void {
    this.disk.close(fd);
    this.drop({ path, durable: Promise.resolve() });
  }

  #staged(fd: number, path: string): TmpFile {
    const durable = this.syncAndClose(fd, path);
    durable.catch(() => undefined); // awaited by its publisher; until then not unhandled
    return { path, durable };
  }

  /** Moves a staged file to its place, over whatever is there, and makes the name durable. */
  async publish(tmp: TmpFile, target: string): Promise<void> {
    await tmp.durable;
    try {
      this.disk.rename(tmp.path, target);
    } catch (error) {
      this.drop(tmp);
      throw fileFault(error, target, 'rename');
    }
    await this.syncFolder(dirname(target));
  }

  /** `stage` and `publish` in one: the file is there whole, or as it was before. */
  async writeFile(tmpFolder: string, target: string, bytes: Uint8Array, mode: number): Promise<void> {
    await this.publish(this.stage(tmpFolder, bytes, mode), target);
  }

  /**
   * Gives a staged, durable file its name if it is free. Whatever `link` reported, the outcome is `linked` only if the
   * name leads to our very file. The caller makes the name durable with `syncFolder`.
   *
   * @returns `gone` when the staged file was swept away meanwhile: stage it again.
   * @throws StoreError STORE_UNSUPPORTED where the volume has no hard links.
   */
  async link(tmp: TmpFile, target: string): Promise<'linked' | 'exists' | 'gone'> {
    await tmp.durable;
    return this.#link(tmp, target);
  }

  #link(tmp: TmpFile, target: string): 'linked' | 'exists' | 'gone' {
    let failure: unknown;
    try {
      this.disk.link(tmp.path, target);
    } catch (error) {
      failure = error;
    }
    try {
      if (failure === undefined) return 'linked';
      const ours = this.disk.identity(tmp.path);
      const there = this.disk.identity(target);
      if (ours === undefined) return 'gone';
      if (there !== undefined) return there.dev === ours.dev && there.ino === ours.ino ? 'linked' : 'exists';
      // Another process had the name, and took it away again before we looked: a draft's older revision, say.
      if ((failure as NodeJS.ErrnoException).code === 'EEXIST') return 'exists';
      const fault = fileFault(failure, target, 'link');
      if (fault.code === 'STATE_UNKNOWN') this.halt(fault);
      throw fault;
    } finally {
      this.drop(tmp);
    }
  }

  /**
   * Gives a new file its name at once, if that is free, and flushes the file and its folder together: one wait for the disk. For
   * what nothing refers to before both are done: until then a power loss may leave anything under that name.
   *
   * @returns `gone` when the new file was swept away meanwhile
   * @throws StoreError as `stage` and `link`
   */
  async place(
    tmpFolder: string,
    target: string,
    bytes: Uint8Array,
    mode: number,
  ): Promise<'linked' | 'exists' | 'gone'> {
    if (!this.syncsFolders) return this.link(this.stage(tmpFolder, bytes, mode), target);
    const { fd, path } = this.#openNew(tmpFolder, mode);
    this.#write(fd, path, bytes);
    let outcome: 'linked' | 'exists' | 'gone' | undefined;
    try {
      outcome = this.#link({ path, durable: Promise.resolve() }, target);
    } finally {
      if (outcome !== 'linked') this.disk.close(fd);
    }
    if (outcome === 'linked') await this.#flush(fd, path, dirname(target));
    return outcome;
  }

  /** Makes a file that is there durable, with its name; on Windows it was before it had its name. */
  async flush(path: string): Promise<void> {
    if (this.syncsFolders) await this.#flush(this.open(path, 'rs'), path, dirname(path));
  }

  /** Flushes an open file and a folder at the same time, and closes both. */
  async #flush(fd: number, path: string, folder: string): Promise<void> {
    const opened = [{ fd, path }];
    try {
      opened.push({ fd: this.open(folder, 'r'), path: folder });
      const ends = await Promise.allSettled(opened.map((one) => this.sync(one.fd, one.path)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    } finally {
      for (const one of opened) this.disk.close(one.fd);
    }
  }

  /**
   * Writes a file in place, where it cannot be replaced.
   *
   * @param check looks at the open file first, and throws when it is another than was meant
   */
  async overwrite(path: string, bytes: Uint8Array, check: (fd: number) => void): Promise<void> {
    await this.#writeInto(path, 'r+', bytes, check);
  }

  /** Adds bytes to the end of a file, which is made where it is missing, for its owner alone. */
  async append(path: string, bytes: Uint8Array): Promise<void> {
    await this.#writeInto(path, 'a', bytes);
    await this.syncFolder(dirname(path));
  }

  async #writeInto(path: string, flags: 'r+' | 'a', bytes: Uint8Array, check?: (fd: number) => void): Promise<void> {
    const fd = this.open(path, flags, 0o600);
    try {
      check?.(fd);
      for (let written = 0; written < bytes.length; ) written += this.disk.write(fd, bytes.subarray(written));
      if (flags === 'r+') ftruncateSync(fd, bytes.length);
    } catch (error) {
      this.disk.close(fd);
      throw fileFault(error, path, 'write');
    }
    await this.syncAndClose(fd, path);
  }

  /** Takes a staged file away; that it is gone already is fine, and a failure leaves a file the sweep will find. */
  drop(tmp: TmpFile): void {
    try {
      this.disk.unlink(tmp.path);
    } catch {
      // swept later: tmp/ is cleared of what is older than an hour
    }
  }
}
