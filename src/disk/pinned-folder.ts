import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const { O_RDONLY, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;

/** Where the system names what a descriptor leads to, as Linux does. */
const DESCRIPTORS = '/proc/self/fd';

/**
 * A folder that is opened once, and in which everything is reached through its descriptor: whatever takes the place of the
 * folder, or of one above it, nothing outside is read or written. Where the system cannot name what a descriptor leads to,
 * paths are used, and the folder is compared with the one that was opened.
 */
export class PinnedFolder {
  /** Its real path: no component is a link. */
  readonly path: string;
  readonly #fd: number;
  readonly #byDescriptor: boolean;

  private constructor(path: string, fd: number, byDescriptor: boolean) {
    this.path = path;
    this.#fd = fd;
    this.#byDescriptor = byDescriptor;
  }

  /**
   * Opens a folder by its real path.
   *
   * @returns undefined when the path leads elsewhere by now, through a link in the place of a folder
   * @throws the file system's own error when it cannot be opened
   */
  static open(path: string, byDescriptor = existsSync(DESCRIPTORS)): PinnedFolder | undefined {
    return PinnedFolder.#pin(path, path, byDescriptor);
  }

  /**
   * Makes a folder in this one, unless it is there, and opens it.
   *
   * @throws the file system's own error, also when something else is in its place
   */
  enter(name: string): PinnedFolder | undefined {
    const path = join(this.path, name);
    try {
      mkdirSync(this.to(path), { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return PinnedFolder.#pin(path, this.to(path), this.#byDescriptor);
  }

  /** Returns another path to what lies at a path in this folder; the last component is not looked at. */
  to(path: string): string {
    if (dirname(path) !== this.path) throw new Error(`${path} is not in ${this.path}`);
    return join(this.folder(), basename(path));
  }

  /** Returns another path to the folder itself. */
  folder(): string {
    return this.#byDescriptor ? `${DESCRIPTORS}/${this.#fd}` : this.path;
  }

  /** Returns true while its path still leads to it, and through no link. */
  isInPlace(): boolean {
    try {
      if (this.#byDescriptor) return readlinkSync(this.folder()) === this.path;
      const there = lstatSync(this.path);
      const { dev, ino } = fstatSync(this.#fd);
      return there.dev === dev && there.ino === ino;
    } catch {
      return false; // something else is in its place
    }
  }

  /** Closes the descriptor. */
  close(): void {
    closeSync(this.#fd);
  }

  static #pin(path: string, way: string, byDescriptor: boolean): PinnedFolder | undefined {
    try {
      const folder = new PinnedFolder(path, openSync(way, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), byDescriptor);
      if (folder.isInPlace()) return folder;
      folder.close();
      return undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ELOOP') return undefined;
      if (code === 'ENOTDIR' && lstatSync(way, { throwIfNoEntry: false })?.isSymbolicLink() === true) return undefined;
      throw error;
    }
  }
}
