import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Disk, realDisk } from '../../src/disk/disk.ts';

/** Which system call fails, and how. */
export interface Fault {
  /** The number of the call, from 0, or which call by what it is and does: the first one that fits. */
  readonly at: number | ((call: string) => boolean);
  /** `before`: it has no effect. `after`: it takes effect, and says it failed. */
  readonly moment: 'before' | 'after';
  readonly code: string;
  /** Every later call fails too and has no effect: the power is off. */
  readonly forever?: boolean;
}

interface Undo {
  readonly folder: string;
  readonly run: () => void;
}

/**
 * The real file system behind a volatile cache, as POSIX allows one: a name is lost with the power unless its folder was
 * fsynced after it was made, and bytes unless their file was. Names in one folder are lost newest first.
 */
export class VolatileDisk implements Disk {
  /** What was called, in order: `open tmp/…`, `fsync log/000/000` …, for naming the rows of a fault table. */
  readonly calls: string[] = [];
  readonly #root: string;
  readonly #limbo: string;
  readonly #fault: Fault | undefined;
  readonly #opened = new Map<number, { path: string; ino: number; folder: boolean }>();
  readonly #unsyncedBytes = new Set<number>();
  #undo: Undo[] = [];
  #kept = 0;
  #dead = false;
  #failed = false;

  /** `limbo` is an empty folder on the same file system, for what was unlinked but could come back. */
  constructor(root: string, limbo: string, fault?: Fault) {
    this.#root = root;
    this.#limbo = limbo;
    this.#fault = fault;
    mkdirSync(limbo, { recursive: true });
  }

  open(path: string, flags: string, mode?: number): number {
    return this.#call(flags === 'r' ? 'open-folder' : 'open', path, () => {
      const fd = realDisk.open(path, flags, mode);
      const { ino } = statSync(path);
      this.#opened.set(fd, { path, ino, folder: flags === 'r' });
      if (flags !== 'r' && flags !== 'rs') {
        this.#unsyncedBytes.add(ino);
        this.#volatile(dirname(path), () => rmSync(path, { force: true }));
      }
      return fd;
    });
  }

  write(fd: number, bytes: Uint8Array): number {
    return this.#call('write', this.#pathOf(fd), () => realDisk.write(fd, bytes));
  }

  close(fd: number): void {
    this.#opened.delete(fd);
    realDisk.close(fd); // never fails, or the test would leak descriptors
  }

  async fsync(fd: number): Promise<void> {
    const opened = this.#opened.get(fd);
    this.#call(opened?.folder === true ? 'fsync-folder' : 'fsync', this.#pathOf(fd), () => {
      if (opened?.folder === true) this.#undo = this.#undo.filter(({ folder }) => folder !== opened.path);
      else if (opened !== undefined) this.#unsyncedBytes.delete(opened.ino);
    });
    await Promise.resolve();
  }

  link(existing: string, target: string): void {
    this.#call('link', target, () => {
      realDisk.link(existing, target);
      this.#volatile(dirname(target), () => rmSync(target, { force: true }));
    });
  }

  rename(from: string, to: string): void {
    this.#call('rename', to, () => {
      const before = existsSync(to) ? this.#keep(to) : undefined;
      realDisk.rename(from, to);
      this.#volatile(dirname(to), () => {
        if (existsSync(to)) renameSync(to, from);
        if (before !== undefined) linkSync(before, to);
      });
    });
  }

  unlink(path: string): void {
    this.#call('unlink', path, () => {
      const before = existsSync(path) ? this.#keep(path) : undefined;
      realDisk.unlink(path);
      this.#volatile(dirname(path), () => {
        if (before !== undefined && existsSync(dirname(path)) && !existsSync(path)) linkSync(before, path);
      });
    });
  }

  mkdir(path: string, mode: number): void {
    this.#call('mkdir', path, () => {
      realDisk.mkdir(path, mode);
      this.#volatile(dirname(path), () => rmSync(path, { recursive: true, force: true }));
    });
  }

  identity(path: string): { dev: number; ino: number } | undefined {
    return realDisk.identity(path);
  }

  /** The power goes: what was not fsynced is lost, but for the share `keeps` says of each folder's oldest changes. */
  losePower(keeps: (folder: string) => number = () => 0): void {
    this.#dead = true;
    const folders = new Map<string, Undo[]>();
    for (const undo of this.#undo) folders.set(undo.folder, [...(folders.get(undo.folder) ?? []), undo]);
    const kept = new Set(
      [...folders].flatMap(([folder, undos]) => undos.slice(0, Math.floor(undos.length * keeps(folder)))),
    );
    for (const undo of this.#undo.toReversed()) if (!kept.has(undo)) undo.run();
    for (const path of filesBelow(this.#root)) {
      const { ino, size } = statSync(path);
      if (this.#unsyncedBytes.has(ino)) truncateSync(path, Math.floor(size / 2));
    }
    this.#undo = [];
  }

  #call<T>(name: string, path: string, run: () => T): T {
    const fault = this.#fault;
    const call = `${name} ${path.slice(this.#root.length + 1)}`;
    const first =
      fault !== undefined &&
      !this.#failed &&
      (typeof fault.at === 'number' ? fault.at === this.calls.length : fault.at(call));
    const fails = fault !== undefined && (first || (fault.forever === true && this.#failed)) ? fault : undefined;
    this.#failed ||= first;
    this.calls.push(call);
    if (this.#dead) throw failure('EIO', name);
    if (fails !== undefined && (fails.moment === 'before' || !first)) throw failure(fails.code, name);
    const result = run();
    if (fails !== undefined) throw failure(fails.code, name);
    return result;
  }

  #volatile(folder: string, run: () => void): void {
    this.#undo.push({ folder, run });
  }

  #keep(path: string): string {
    const kept = join(this.#limbo, `${this.#kept++}-${basename(path)}`);
    linkSync(path, kept);
    return kept;
  }

  #pathOf(fd: number): string {
    return this.#opened.get(fd)?.path ?? `${this.#root}/?`;
  }
}

function failure(code: string, call: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected, ${call}`), { code, syscall: call });
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
