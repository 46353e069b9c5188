import { closeSync, constants, existsSync, fstatSync, lstatSync, openSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { fileKind, otherKind } from './file-kind.ts';

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;

/** Descriptors that are kept open; a put needs four folders, and a walk at most four more. */
const MAX_OPEN = 32;

interface OpenFolder {
  readonly fd: number;
  readonly dev: number;
  readonly ino: number;
}

/**
 * The folders below one root, each a real folder and not a link. Where the system can name what a descriptor leads to
 * (Linux), a folder is opened once, component by component, and everything in it is reached through that descriptor: so a
 * folder that is replaced by a link at any moment cannot lead a write out of the root. Elsewhere each component is looked
 * at first. Calls in one turn of the event loop share a look. The root itself is the caller's, and may be a link.
 */
export class RealFolders {
  readonly root: string;
  readonly #byDescriptor: boolean;
  /** The one used last is last. */
  readonly #open = new Map<string, OpenFolder>();
  /** Folders that were looked at in this turn of the event loop. */
  readonly #fresh = { same: new Set<string>(), real: new Set<string>() };
  #replaced = 0;

  constructor(root: string, byDescriptor = process.platform === 'linux' && existsSync('/proc/self/fd')) {
    this.root = root;
    this.#byDescriptor = byDescriptor;
  }

  /** How often a folder was found to be another than before: what was known of its files is old then. */
  get replaced(): number {
    return this.#replaced;
  }

  /** True for what lies below the root. */
  holds(path: string): boolean {
    return path.startsWith(this.root + sep);
  }

  /**
   * Returns another path to what lies at `path`, good for one system call that is made at once. The last component is not
   * looked at. A path that is not below the root is returned as it is.
   *
   * @throws StoreError STORE_UNREADABLE when something else is in the place of a folder
   * @throws the file system's own error when a folder is missing or cannot be opened
   */
  to(path: string): string {
    return this.holds(path) ? join(this.folder(dirname(path)), basename(path)) : path;
  }

  /** As `to`, for a folder itself, which has to be a real one. */
  folder(path: string): string {
    if (path !== this.root && !this.holds(path)) return path;
    if (this.#byDescriptor) return descriptorPath(this.#descriptor(path));
    this.#fresh.real.clear(); // where a path is all there is, what is written is worth a look each time
    this.#look(path);
    return path;
  }

  /**
   * Returns the path itself after a look at each of its folders: enough, and faster, for what is only read and checked
   * afterwards.
   *
   * @throws as `to`
   */
  toRead(path: string): string {
    if (this.holds(path)) this.#look(dirname(path));
    return path;
  }

  /** Closes all descriptors. */
  close(): void {
    this.#forget();
    for (const { fd } of this.#open.values()) closeSync(fd);
    this.#open.clear();
  }

  #descriptor(path: string): number {
    const known = this.#open.get(path);
    if (known !== undefined) {
      this.#open.delete(path);
      if (this.#fresh.same.has(path) || this.#isStillThere(path, known)) {
        this.#open.set(path, known);
        this.#note(this.#fresh.same, path);
        return known.fd;
      }
      closeSync(known.fd);
      this.#replaced++;
    }
    const opened = path === this.root ? openRoot(path) : this.#openIn(path);
    this.#open.set(path, opened);
    for (const [oldest, { fd }] of this.#open) {
      if (this.#open.size <= MAX_OPEN) break;
      closeSync(fd);
      this.#open.delete(oldest);
    }
    return opened.fd;
  }

  /** The path leads to this folder, through real folders: one that was moved and linked to is elsewhere now. */
  #isStillThere(path: string, { dev, ino }: OpenFolder): boolean {
    try {
      const there = path === this.root ? statSync(path) : lstatSync(path);
      if (there.ino !== ino || there.dev !== dev) return false;
      for (let above = dirname(path); this.holds(above); above = dirname(above))
        if (!lstatSync(above).isDirectory()) return false;
      return true;
    } catch {
      return false; // a folder on the way is gone, or something else is in its place: going there again says so
    }
  }

  #note(fresh: Set<string>, path: string): void {
    if (this.#fresh.same.size + this.#fresh.real.size === 0) setImmediate(() => this.#forget());
    fresh.add(path);
  }

  #forget(): void {
    this.#fresh.same.clear();
    this.#fresh.real.clear();
  }

  #openIn(path: string): OpenFolder {
    const way = `${descriptorPath(this.#descriptor(dirname(path)))}/${basename(path)}`;
    try {
      const fd = openSync(way, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      const { dev, ino } = fstatSync(fd);
      return { fd, dev, ino };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTDIR' && code !== 'ELOOP') throw error;
      const stats = lstatSync(way, { throwIfNoEntry: false });
      throw otherKind(path, stats === undefined ? 'something else' : fileKind(stats), 'folder');
    }
  }

  /** Looks at a folder and at those above it, the uppermost first. */
  #look(folder: string): void {
    if (!this.holds(folder) || this.#fresh.real.has(folder)) return;
    this.#look(dirname(folder));
    const stats = lstatSync(folder);
    if (!stats.isDirectory()) throw otherKind(folder, fileKind(stats), 'folder');
    this.#note(this.#fresh.real, folder);
  }
}

function openRoot(path: string): OpenFolder {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY);
  const { dev, ino } = fstatSync(fd);
  return { fd, dev, ino };
}

function descriptorPath(fd: number): string {
  return `/proc/self/fd/${fd}`;
}
