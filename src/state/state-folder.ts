import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isStoreError, StoreError } from '../core/errors.ts';
import { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import { ignoreInGit } from '../disk/git-ignore.ts';
import { closeFolder, type FolderFlaw, folderFlaw } from '../disk/private-folder.ts';
import { checkWritable } from '../disk/volume/writable-storage.ts';

/**
 * The folder `state/`: what this installation knows by itself. Pin and cache in it are trusted, so it must be this user's
 * and closed to others. It is made when something is first written to it.
 */
export class StateFolder {
  readonly path: string;
  readonly #disk: Durable;
  #made: Promise<void> | undefined;

  constructor(path: string, disk: Durable = new Durable()) {
    this.path = path;
    this.#disk = disk;
  }

  /** Returns why nothing in the folder may be believed; undefined when it is sound, or not there yet. */
  flaw(): StoreError | undefined {
    try {
      const found = folderFlaw(this.path, 0o022, this.#disk.shared);
      return found === undefined ? undefined : unfit(found);
    } catch (error) {
      return fileFault(error, this.path, 'look at');
    }
  }

  /** Returns why nothing can be kept in the folder; undefined when it can, or can be made. */
  writable(): StoreError | undefined {
    const flaw = this.flaw();
    if (flaw !== undefined) return flaw;
    try {
      checkWritable(this.path);
      return undefined;
    } catch (error) {
      return fileFault(error, this.path, 'write');
    }
  }

  /**
   * Makes the folder where there is none, and closes it to others.
   *
   * @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_FULL
   */
  async make(): Promise<void> {
    const flaw = this.flaw();
    if (flaw !== undefined) throw flaw;
    if (lstatSync(this.path, { throwIfNoEntry: false }) === undefined) this.#made = undefined;
    this.#made ??= this.#make();
    try {
      await this.#made;
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }

  /** True when there is a cache that was made before, in a folder that is believed. */
  hasCache(): boolean {
    return (
      this.flaw() === undefined && lstatSync(join(this.path, 'cache.sqlite'), { throwIfNoEntry: false }) !== undefined
    );
  }

  /** Returns the path of the cache, in the folder that is made for it. @throws StoreError as `make` */
  async cachePath(): Promise<string> {
    if (!this.hasCache()) await this.make(); // a cache that is there is no reason for a read to write
    const unwritable = this.writable();
    if (unwritable !== undefined) throw unwritable;
    return join(this.path, 'cache.sqlite');
  }

  async #make(): Promise<void> {
    await this.#disk.makeFolders(this.path);
    // A link or another user's folder may have taken the place in the meantime.
    const flaw = this.flaw();
    if (flaw !== undefined) throw flaw;
    try {
      closeFolder(this.path, this.#disk.shared);
    } catch (error) {
      throw fileFault(error, this.path, 'close');
    }
    try {
      await ignoreInGit(this.path, this.#disk);
    } catch (error) {
      // A folder that cannot be written holds a pin and a cache that can still be read.
      if (!isStoreError(error, 'STORE_READONLY', 'STORE_UNREADABLE')) throw error;
    }
  }
}

function unfit({ message, command }: FolderFlaw): StoreError {
  return new StoreError('STORE_UNREADABLE', `nothing in the state folder is believed: ${message}`, {
    hint:
      command === undefined
        ? 'Move away what is in its place, or name the folder itself.'
        : `Look at what is in it, then repair it with: ${command}`,
    advice: command === undefined ? [{ do: 'set', setting: 'CONFIG_STORE_STATE_DIR' }] : [],
  });
}
