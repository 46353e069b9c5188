import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import { StoreError } from '../../core/errors.ts';
import type { Durable, TmpFile } from '../../disk/durable.ts';
import { fileFault, look } from '../../disk/file-fault.ts';
import { readStart, withFile } from '../../disk/opened-file.ts';
import type { CommitLog } from '../port.ts';
import {
  COMMITS_PER_FOLDER,
  commitFolder,
  commitPath,
  MAX_INDEX,
  parseCommitFile,
  type StorageLayout,
} from './layout.ts';

/** A finished envelope in `tmp/`, ready for the one system call that makes it a commit. */
export interface StagedCommit {
  readonly index: number;
  readonly envelope: Uint8Array;
  readonly tmp: TmpFile;
  /** Settles when the envelope's bytes are on the disk; its handler is attached. `link` waits for it too. */
  readonly durable: Promise<void>;
}

/**
 * The log as files `log/000/000/000000042.json`, mode 0444. A commit happens at `link(2)`: it fails when the index is
 * taken, and so is the compare-and-swap between processes.
 *
 * `link` comes before the folder's fsync: whoever learns of a commit from the log calls `syncFolder` before relying on it.
 */
export class FileCommitLog implements CommitLog {
  readonly #layout: StorageLayout;
  readonly #disk: Durable;

  constructor(layout: StorageLayout, disk: Durable) {
    this.#layout = layout;
    this.#disk = disk;
  }

  /** True when there is a file at this index. About 1 µs; a missing folder is no error. */
  probe(index: number): boolean {
    return look(this.#path(index)) !== undefined;
  }

  async append(index: number, envelope: Uint8Array): Promise<'appended' | 'conflict'> {
    return (await this.appendAll(index, [envelope])) === 1 ? 'appended' : 'conflict';
  }

  /**
   * Appends envelopes from `index` on: all written, fsynced in parallel, linked in order, then the folder fsynced once.
   * Resolves, durable, with how many were appended; the rest lost their index to another process and left nothing behind.
   */
  async appendAll(index: number, envelopes: readonly Uint8Array[]): Promise<number> {
    if (this.probe(index)) return 0;
    const staged = envelopes.map((envelope, i) => this.stage(index + i, envelope));
    let linked = 0;
    try {
      for (const commit of staged) {
        if ((await this.link(commit)) === 'conflict') break;
        linked++;
      }
      if (linked > 0) await this.syncFolder(index + linked - 1);
    } finally {
      for (const commit of staged.slice(linked)) this.drop(commit);
    }
    return linked;
  }

  /** Writes an envelope to `tmp/` now and starts its fsync; `link` makes it a commit. */
  stage(index: number, envelope: Uint8Array): StagedCommit {
    const tmp = this.#disk.stage(this.#layout.tmp, envelope, 0o444);
    return { index, envelope, tmp, durable: tmp.durable };
  }

  /** Takes a staged envelope away that will not be linked; that it is gone already is fine. */
  drop({ tmp }: StagedCommit): void {
    this.#disk.drop(tmp);
  }

  /** One index for each folder the given ones lie in: what `syncFolder` has to be called with. */
  foldersOf(indexes: readonly number[]): number[] {
    return [...new Map(indexes.map((index) => [commitFolder(index), index])).values()];
  }

  /**
   * The commit itself. Not durable before `syncFolder`. Refuses to leave a gap.
   *
   * @throws StoreError `CORRUPT` when the commit before is not there.
   */
  async link(staged: StagedCommit): Promise<'appended' | 'conflict'> {
    const { index } = staged;
    if (index > MAX_INDEX)
      throw new StoreError('STORE_FULL', 'the log has no index left', { hint: 'Begin a new store.' });
    if (index > 0 && !this.probe(index - 1)) throw gap(index - 1);
    if (index % COMMITS_PER_FOLDER === 0) await this.#makeFolder(index);
    let { tmp } = staged;
    for (;;) {
      const outcome = await this.#disk.link(tmp, this.#path(index));
      if (outcome !== 'gone') return outcome === 'linked' ? 'appended' : 'conflict';
      tmp = this.stage(index, staged.envelope).tmp;
    }
  }

  /** Makes the names in the folder of commit `index` durable, so that what was learnt from the log stays true. */
  async syncFolder(index: number): Promise<void> {
    await this.#disk.syncFolder(dirname(this.#path(index)));
  }

  async read(index: number): Promise<Uint8Array | undefined> {
    return this.readSync(index);
  }

  /**
   * The envelope's bytes, unchecked: of a file over 1 MiB only so much that it shows, of what is no file none. So whatever
   * stands at an index, its reader sees that it is not a commit, and where.
   *
   * @throws StoreError STORE_UNREADABLE when it cannot be read at all.
   */
  readSync(index: number): Uint8Array | undefined {
    const path = this.#path(index);
    try {
      return withFile(path, (fd, stat) =>
        stat.isFile() ? readStart(fd, Math.min(stat.size, MAX_ENVELOPE_BYTES + 1)) : new Uint8Array(),
      );
    } catch (error) {
      throw fileFault(error, path, 'read');
    }
  }

  /**
   * Counts from the folders' listings: the highest file there is ends the log, so a missing one below it shows as a gap
   * instead of a shorter log. Lists the newest folder file by file and the others by their names; a file missing inside
   * an older folder is found by whoever reads that index (the chain walk, verify).
   *
   * @throws StoreError `CORRUPT` naming the first missing commit.
   */
  async length(): Promise<number> {
    const folders = this.#folders();
    for (const [at, folder] of [...folders.entries()].reverse()) {
      const indexes = this.#indexesIn(folder);
      const highest = indexes.at(-1);
      // A process made the folder and died before its first link.
      if (highest === undefined) continue;
      const hole = folders.findIndex((other, i) => i <= at && other !== i);
      if (hole !== -1) throw gap(hole * COMMITS_PER_FOLDER, highest);
      const first = folder * COMMITS_PER_FOLDER;
      // A commit made while the folder is being listed may be left out of the listing: ask for it by name.
      const missing = indexes.findIndex((index, i) => index !== first + i && !this.probe(first + i));
      if (missing !== -1) throw gap(first + missing, highest);
      return highest + 1;
    }
    return 0;
  }

  /** The highest index that has a file, from the folders' listings; -1 for an empty log. Gaps below it are not looked for. */
  lastIndex(): number {
    for (const folder of this.#folders().reverse()) {
      const highest = this.#indexesIn(folder).at(-1);
      if (highest !== undefined) return highest;
    }
    return -1;
  }

  /** The folder of a first commit; the one before is made durable first, so that no power loss leaves a gap behind it. */
  async #makeFolder(index: number): Promise<void> {
    if (index > 0) await this.syncFolder(index - 1);
    const folder = dirname(this.#path(index));
    await this.#disk.makeFolder(dirname(folder));
    await this.#disk.makeFolder(folder);
  }

  /** The numbers of all folders that hold commits (index / 1,000), ascending. */
  #folders(): number[] {
    const outer = this.#list('').filter(isFolderName);
    return outer.flatMap((name) =>
      this.#list(name)
        .filter(isFolderName)
        .map((inner) => Number(name) * 1_000 + Number(inner)),
    );
  }

  /** The indexes in one folder, ascending. */
  #indexesIn(folder: number): number[] {
    const own = commitFolder(folder * COMMITS_PER_FOLDER);
    const indexes = this.#list(own).map(parseCommitFile);
    return indexes.filter((index): index is number => index !== undefined && commitFolder(index) === own);
  }

  /** Names in a folder below `log/`, sorted; none when it is not there. */
  #list(folder: string): string[] {
    const path = join(this.#layout.log, folder);
    try {
      return readdirSync(path).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw fileFault(error, path, 'list');
    }
  }

  #path(index: number): string {
    return join(this.#layout.log, commitPath(index));
  }
}

function isFolderName(name: string): boolean {
  return /^\d{3}$/.test(name);
}

function gap(missing: number, highest?: number): StoreError {
  const beside = highest === undefined ? '' : `, though commit ${highest} is there`;
  return new StoreError('CORRUPT', `the log has a gap: commit ${missing} is missing${beside}`, {
    hint: `Put log/${commitPath(missing)} back from a backup. Nothing is written while the gap is there; "config-store verify" lists all that is missing.`,
    details: { index: missing },
  });
}
