import { constants, linkSync, lstatSync, mkdirSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { type Disk, realDisk } from './disk.ts';

const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

const FLAGS: Readonly<Record<string, number>> = {
  wx: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
  rs: O_RDONLY | O_NOFOLLOW | O_NONBLOCK,
  'r+': O_RDWR | O_NOFOLLOW | O_NONBLOCK,
};

/** The way to what lies in a folder that no link can take the place of. */
export interface Folders {
  /** Returns another path to what lies at `path`, good for one system call that is made at once. */
  to(path: string): string;
  /** As `to`, for a folder itself. */
  folder(path: string): string;
}

/**
 * The real file system, on which everything below a root is reached through real folders only: no link in a folder's place
 * leads a write, a link or a removal out of it. Paths elsewhere are taken as they are.
 */
export class StorageDisk implements Disk {
  readonly #folders: Folders;

  constructor(folders: Folders) {
    this.#folders = folders;
  }

  open(path: string, flags: string, mode?: number): number {
    if (flags === 'r') return openSync(this.#folders.folder(path), O_RDONLY | O_DIRECTORY);
    return openSync(this.#folders.to(path), FLAGS[flags] ?? flags, mode);
  }

  write(fd: number, bytes: Uint8Array): number {
    return realDisk.write(fd, bytes);
  }

  close(fd: number): void {
    realDisk.close(fd);
  }

  fsync(fd: number): Promise<void> {
    return realDisk.fsync(fd);
  }

  link(existing: string, target: string): void {
    linkSync(this.#folders.to(existing), this.#folders.to(target));
  }

  rename(from: string, to: string): void {
    renameSync(this.#folders.to(from), this.#folders.to(to));
  }

  unlink(path: string): void {
    unlinkSync(this.#folders.to(path));
  }

  mkdir(path: string, mode: number): void {
    mkdirSync(this.#folders.to(path), { mode });
  }

  identity(path: string): { dev: number; ino: number } | undefined {
    try {
      return lstatSync(this.#folders.to(path), { throwIfNoEntry: false });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}
