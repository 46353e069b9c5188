import { dirname, join } from 'node:path';
import type { StoreError } from '../core/errors.ts';
import { type Disk, realDisk } from './disk.ts';
import { fileFault } from './file-fault.ts';
import { HaltingDisk } from './halting-disk.ts';
import { sharingDisk } from './sharing-disk.ts';

/** The part of `Durable` that makes names durable: of folders, of what is moved and of what is removed. */
export class DurableFolders {
  protected readonly disk: HaltingDisk;
  /** Windows cannot fsync a folder; its files are still fsynced. */
  protected readonly syncsFolders: boolean;
  /** True where what is made in a folder that its group can write is open to that group too: platforms give a volume to a group. */
  readonly shared: boolean;

  constructor(disk: Disk = realDisk, platform: NodeJS.Platform = process.platform, shared = false) {
    this.shared = shared;
    this.disk = new HaltingDisk(shared ? sharingDisk(disk) : disk);
    this.syncsFolders = platform !== 'win32';
  }

  /** STATE_UNKNOWN, once the state of the disk is unknown: every call below is refused with it. */
  get halted(): StoreError | undefined {
    return this.disk.halted;
  }

  /** Lets nothing more be written through here; the first reason stays. */
  halt(reason: StoreError): void {
    this.disk.halt(reason);
  }

  /** Makes a folder's names durable. */
  async syncFolder(path: string): Promise<void> {
    if (this.syncsFolders) await this.syncAndClose(this.open(path, 'r'), path);
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
      this.disk.mkdir(path, mode);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFault(error, path, 'mkdir');
    }
  }

  /** `makeFolder`, after the parents that are missing. */
  async makeFolders(path: string, mode = 0o700): Promise<void> {
    if (this.disk.identity(dirname(path)) === undefined) await this.makeFolders(dirname(path), mode);
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
      this.disk.rename(from, to);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && this.disk.identity(from) === undefined) return false;
      throw fileFault(error, to, 'rename');
    }
  }

  /** Removes a file for good; `false` when it was not there. */
  async remove(path: string): Promise<boolean> {
    let removed = true;
    try {
      this.disk.unlink(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFault(error, path, 'unlink');
      removed = false;
    }
    await this.syncFolder(dirname(path));
    return removed;
  }

  protected open(path: string, flags: string, mode?: number, verb: 'open' | 'write' = 'open'): number {
    try {
      return this.disk.open(path, flags, mode);
    } catch (error) {
      throw fileFault(error, path, verb);
    }
  }

  protected async syncAndClose(fd: number, path: string): Promise<void> {
    try {
      await this.sync(fd, path);
    } finally {
      this.disk.close(fd);
    }
  }

  protected async sync(fd: number, path: string): Promise<void> {
    try {
      await this.disk.fsync(fd);
    } catch (error) {
      throw fileFault(error, path, 'fsync');
    }
  }
}
