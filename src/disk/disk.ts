import { closeSync, fsync, linkSync, lstatSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';

/** The system calls that durable.ts makes. Tests wrap one to make any of them fail, before or after it took effect. */
export interface Disk {
  open(path: string, flags: string, mode?: number): number;
  write(fd: number, bytes: Uint8Array): number;
  close(fd: number): void;
  fsync(fd: number): Promise<void>;
  link(existing: string, target: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  mkdir(path: string, mode: number): void;
  /** Device and inode of the file itself, no link followed; undefined when there is none. */
  identity(path: string): { dev: number; ino: number } | undefined;
}

/** A finished but unpublished file. `durable` settles when its bytes are on the disk; its handler is attached. */
export interface TmpFile {
  readonly path: string;
  readonly durable: Promise<void>;
}

/** The real file system: everything synchronous but fsync, which runs in the thread pool. */
export const realDisk: Disk = {
  open: (path, flags, mode) => openSync(path, flags, mode),
  write: (fd, bytes) => writeSync(fd, bytes),
  close: (fd) => closeSync(fd),
  fsync: (fd) =>
    new Promise((resolve, reject) => {
      fsync(fd, (error) => (error === null ? resolve() : reject(error)));
    }),
  link: (existing, target) => linkSync(existing, target),
  rename: (from, to) => renameSync(from, to),
  unlink: (path) => unlinkSync(path),
  mkdir: (path, mode) => {
    mkdirSync(path, { mode });
  },
  identity: (path) => lstatSync(path, { throwIfNoEntry: false }),
};
