import { randomBytes } from 'node:crypto';
import { ftruncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StoreError } from '../core/errors.ts';
import { type Disk, realDisk, type TmpFile } from './disk.ts';
import { fileFault } from './file-fault.ts';
import { HaltingDisk } from './halting-disk.ts';
import { clearedUnlessDone } from './interruption.ts';
import { sharingDisk } from './sharing-disk.ts';

export type { TmpFile };

/**
 * The one place that fsyncs. The system calls, in order (a test holds this list to a trace):
 *
 * - stage:   open(tmp, O_CREAT|O_EXCL, mode) · write(tmp) … · fsync(tmp) · close(tmp)
 * - publish: rename(tmp, target) · open(folder) · fsync(folder) · close(folder)
 * - link:    link(tmp, target) · unlink(tmp); the caller then calls syncFolder once for all it linked
 * - folder:  mkdir(path) · open(parent) · fsync(parent) · close(parent), the last three also when it was there already
 * - move:    rename(from, to) … · open(folder of to) · fsync · close · open(folder of from) · fsync · close
 * - remove:  unlink(path) · open(folder) · fsync(folder) · close(folder)
 * - append:  open(path, O_CREAT|O_APPEND) · write(file) … · fsync(file) · close(file) · open(folder) · fsync · close
 * - overwrite: open(path) · write(file) … · ftruncate(file) · fsync(file) · close(file)
 *
 * open and write are synchronous (fastest, and nothing else can come between); only the fsyncs run in the thread pool.
 */
export class Durable {
  readonly #disk: HaltingDisk;
  /** Windows cannot fsync a folder; its files are still fsynced. */
  readonly #syncsFolders: boolean;
  /** True where what is made in a folder that its group can write is open to that group too: platforms give a volume to a group. */
  readonly shared: boolean;

  constructor(disk: Disk = realDisk, platform: NodeJS.Platform = process.platform, shared = false) {
    this.shared = shared;
    this.#disk = new HaltingDisk(shared ? sharingDisk(disk) : disk);
    this.#syncsFolders = platform !== 'win32';
  }

  /** STATE_UNKNOWN, once the state of the disk is unknown: every call below is refused with it. */
  get halted(): StoreError | undefined {
    return this.#disk.halted;
  }

  /** Lets nothing more be written through here; the first reason stays. */
  halt(reason: StoreError): void {
    this.#disk.halt(reason);
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

  #openNew(tmpFolder: string, mode: number): { fd: number; path: string } {
    const path = join(tmpFolder, `${process.pid}-${randomBytes(8).toString('hex')}`);
    return { fd: this.#open(path, 'wx', mode, 'write'), path };
  }

  #write(fd: number, path: string, bytes: Uint8Array, prepare?: (fd: number) => void): void {
    try {
      for (let written = 0; written < bytes.length; )
        written += this.#disk.write(fd, written === 0 ? bytes : bytes.subarray(written));
      prepare?.(fd);
    } catch (error) {
      this.#abandon(fd, path);
      throw fileFault(error, path, 'write');
    }
  }

  #abandon(fd: number, path: string): void {
    this.#disk.close(fd);
    this.drop({ path, durable: Promise.resolve() });
  }

  #staged(fd: number, path: string): TmpFile {
    const durable = this.#syncAndClose(fd, path);
    durable.catch(() => undefined); // awaited by its publisher; until then not unhandled
    return { path, durable };
  }

  /** Moves a staged file to its place, over whatever is there, and makes the name durable. */
  async publish(tmp: TmpFile, target: string): Promise<void> {
    await tmp.durable;
    try {
      this.#disk.rename(tmp.path, target);
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
    let failure: unknown;
    try {
      this.#disk.link(tmp.path, target);
    } catch (error) {
      failure = error;
    }
    try {
      if (failure === undefined) return 'linked';
      const ours = this.#disk.identity(tmp.path);
      const there = this.#disk.identity(target);
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

  /** Makes a folder's names durable. */
  async syncFolder(path: string): Promise<void> {
    if (this.#syncsFolders) await this.#syncAndClose(this.#open(path, 'r'), path);
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
    const fd = this.#open(path, flags, 0o600);
    try {
      check?.(fd);
      for (let written = 0; written < bytes.length; ) written += this.#disk.write(fd, bytes.subarray(written));
      if (flags === 'r+') ftruncateSync(fd, bytes.length);
    } catch (error) {
      this.#disk.close(fd);
      throw fileFault(error, path, 'write');
    }
    await this.#syncAndClose(fd, path);
  }

  #open(path: string, flags: string, mode?: number, verb: 'open' | 'write' = 'open'): number {
    try {
      return this.#disk.open(path, flags, mode);
    } catch (error) {
      throw fileFault(error, path, verb);
    }
  }

  /** Makes a folder, its parent durable also when it was there already: the process that made it may have died since. */
  async makeFolder(path: string, mode = 0o700): Promise<void> {
    this.#mkdir(path, mode);
    await this.syncFolder(dirname(path));
  }

  /** `makeFolder` for many in one parent, with one fsync of it. */
  async makeFoldersIn(parent: string, names: readonly string[], mode = 0o700): Promise<void> {
    for (const name of names) this.#mkdir(join(parent, name), mode);
    await this.syncFolder(parent);
  }

  #mkdir(path: string, mode: number): void {
    try {
      this.#disk.mkdir(path, mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFault(error, path, 'mkdir');
    }
  }

  /** `makeFolder`, after the parents that are missing. */
  async makeFolders(path: string, mode = 0o700): Promise<void> {
    if (this.#disk.identity(dirname(path)) === undefined) await this.makeFolders(dirname(path), mode);
    await this.makeFolder(path, mode);
  }

  /** Moves a file or folder within one file system, and makes both folders durable. `false` when it was not there. */
  async move(from: string, to: string): Promise<boolean> {
    return (await this.moveAll([{ from, to }])) === 1;
  }

  /**
   * Moves files or folders within one file system, in this order, and then makes all their folders durable, first those
   * they are in now. What is gone already is left out.
   *
   * @returns how many were moved
   */
  async moveAll(moves: readonly { readonly from: string; readonly to: string }[]): Promise<number> {
    const moved = moves.filter(({ from, to }) => this.#rename(from, to));
    const folders = [...moved.map(({ to }) => dirname(to)), ...moved.map(({ from }) => dirname(from))];
    for (const folder of new Set(folders)) await this.syncFolder(folder);
    return moved.length;
  }

  #rename(from: string, to: string): boolean {
    try {
      this.#disk.rename(from, to);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && this.#disk.identity(from) === undefined) return false;
      throw fileFault(error, to, 'rename');
    }
  }

  /** Removes a file for good; `false` when it was not there. */
  async remove(path: string): Promise<boolean> {
    let removed = true;
    try {
      this.#disk.unlink(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFault(error, path, 'unlink');
      removed = false;
    }
    await this.syncFolder(dirname(path));
    return removed;
  }

  /** Takes a staged file away; that it is gone already is fine, and a failure leaves a file the sweep will find. */
  drop(tmp: TmpFile): void {
    try {
      this.#disk.unlink(tmp.path);
    } catch {
      // swept later: tmp/ is cleared of what is older than an hour
    }
  }

  async #syncAndClose(fd: number, path: string): Promise<void> {
    try {
      await this.#disk.fsync(fd);
    } catch (error) {
      throw fileFault(error, path, 'fsync');
    } finally {
      this.#disk.close(fd);
    }
  }
}
