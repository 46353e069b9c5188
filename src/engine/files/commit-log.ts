import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { MAX_ENVELOPE_BYTES } from '../../core/commit/envelope.ts';
import type { TmpFile } from '../../disk/durable.ts';
import { fileFault } from '../../disk/file-fault.ts';
import { readStart, withRegularFile } from '../../disk/opened-file.ts';
import type { CommitLog, Entry, LogRange, StagedEntry } from '../port.ts';
import { allSettled } from './all-settled.ts';
import { COMMITS_PER_FOLDER, commitPath, MAX_INDEX } from './layout.ts';
import { linkedNotDurable, missingBefore, noIndexLeft, sweptEachTime } from './log-faults.ts';
import { takenFrom } from './log-listing.ts';
import { LogWatch } from './log-watch.ts';
import { refuseMoved } from './moved.ts';
import { isMissing, lookBelow, type Storage } from './storage.ts';

/** How often an envelope is written again that was swept before it got its name. */
const MAX_SWEPT = 10;

/** A finished envelope in `tmp/`, ready for the one system call that makes it a commit. */
interface StagedFile extends StagedEntry {
  readonly tmp: TmpFile;
}

/** Commits this process knows to be durable: from `from` to before `to`, as long as the folders are the same. */
interface DurableRange {
  readonly from: number;
  readonly to: number;
  readonly replaced: number;
  /** Inode of the last of them: where it is another, a process has repaired the log. */
  readonly newest: number | undefined;
}

/** A file of the log, as far as it was read. */
interface CommitFile {
  readonly bytes: Uint8Array;
  readonly ino: number | undefined;
}

/**
 * The log as files `log/000/000/000000042.json`, mode 0444. A commit happens at `link(2)`: it fails when the index is
 * taken, and so is the compare-and-swap between processes. `link` comes before the folder's flush, so each process flushes
 * a folder once for what it learns from it.
 */
export class FileCommitLog implements CommitLog {
  readonly #storage: Storage;
  readonly #watch = new LogWatch(this);
  #durable: DurableRange = { from: 0, to: 0, replaced: 0, newest: undefined };

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  /** The index after the highest commit that this process has read or made. */
  get seen(): number {
    return this.#durable.to;
  }

  peek(index: number): boolean {
    const path = this.#path(index);
    try {
      return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return lookBelow(this.#storage, path) !== undefined; // says which folder is none
    }
  }

  async readRange(first: number, limit: { readonly commits: number; readonly bytes: number }): Promise<LogRange> {
    const { replaced } = this.#storage.folders;
    const { files, ended } = this.#readFiles(first, limit);
    const next = first + files.length;
    const { to, newest } = this.#durable;
    if (ended && next < to) this.forget(next);
    else if (first < to && to <= next && files[to - 1 - first]?.ino !== newest) this.forget(first);
    if (next > first) await this.#makeDurable(first, next, replaced, files.at(-1)?.ino);
    return { first, envelopes: files.map((file) => file.bytes), more: !ended && this.peek(next) };
  }

  async beyond(index: number, limit: number): Promise<readonly number[]> {
    const found: number[] = [];
    for (const taken of takenFrom(this.#storage, index + 1, 'up')) {
      for (const one of taken) {
        if (found.length >= limit) return found;
        found.push(one.index);
      }
      await turnOfOthers();
    }
    return found;
  }

  /** Writes the envelope to `tmp/` now and starts its flush; `publish` makes it a commit. */
  stage(entry: Entry): StagedEntry {
    refuseMoved(this.#storage);
    const tmp = this.#storage.disk.stage(this.#storage.layout.tmp, entry.envelope, 0o444);
    const confirmed = (async () => entry.confirm?.())(); // at once, while the disk works
    const ready = allSettled([tmp.durable, confirmed, ...entry.artifacts.map(({ durable }) => durable)]);
    ready.catch(() => undefined); // awaited by the caller, later
    const staged: StagedFile = { ...entry, ready, tmp };
    return staged;
  }

  drop(staged: StagedEntry): void {
    this.#storage.disk.drop((staged as StagedFile).tmp);
  }

  async publish(staged: readonly StagedEntry[]): Promise<number> {
    const [first] = staged;
    if (first === undefined) return 0;
    const { replaced } = this.#storage.folders;
    let linked = 0;
    try {
      await allSettled(staged.map(({ ready }) => ready));
      for (const entry of staged) {
        if ((await this.#link(entry as StagedFile)) === 'conflict') break;
        linked++;
      }
    } catch (error) {
      if (linked === 0) throw error; // else the caller sends the rest again, and hears of it then
    } finally {
      for (const entry of staged.slice(linked)) this.drop(entry);
    }
    if (linked === 0) return 0;
    try {
      const next = first.index + linked;
      this.forget(first.index); // whatever was known of those indexes: these commits are new
      await this.#makeDurable(
        first.index,
        next,
        replaced,
        lstatSync(this.#path(next - 1), { throwIfNoEntry: false })?.ino,
      );
    } catch (error) {
      const reason = linkedNotDurable(error);
      this.#storage.disk.halt(reason);
      throw reason;
    }
    return linked;
  }

  keep(): void {
    // the files are here
  }

  watch(hint: () => void): () => void {
    return this.#watch.add(hint);
  }

  /** Lets go of what was known of the log from `first` on: it is another there. */
  forget(first: number): void {
    const { from, to, replaced } = this.#durable;
    if (first < to) this.#durable = { from: Math.min(from, first), to: first, replaced, newest: undefined };
  }

  close(): void {
    this.#watch.close();
  }

  async #link(staged: StagedFile): Promise<'appended' | 'conflict'> {
    const { disk, layout } = this.#storage;
    const { index } = staged;
    if (index > MAX_INDEX) throw noIndexLeft();
    if (index > 0 && !this.peek(index - 1)) {
      this.#hasFolder(index - 1); // says so when something else is in its place
      throw missingBefore(index - 1);
    }
    if (index % COMMITS_PER_FOLDER === 0) await this.#makeFolder(index);
    let { tmp } = staged;
    for (let swept = 0; swept < MAX_SWEPT; swept++) {
      const outcome = await disk.link(tmp, this.#path(index));
      if (outcome !== 'gone') return outcome === 'linked' ? 'appended' : 'conflict';
      tmp = disk.stage(layout.tmp, staged.envelope, 0o444);
    }
    disk.drop(tmp);
    throw sweptEachTime();
  }

  /** Makes the folder of a first commit; the one before is made durable first, so that no power loss leaves a gap behind it. */
  async #makeFolder(index: number): Promise<void> {
    const { disk } = this.#storage;
    if (index > 0) await disk.syncFolder(dirname(this.#path(index - 1)));
    const folder = dirname(this.#path(index));
    await disk.makeFolder(dirname(folder));
    await disk.makeFolder(folder);
  }

  /** Flushes the folders of the commits from `from` to before `to`, but for what is known to be durable already. */
  async #makeDurable(from: number, to: number, replaced: number, newest: number | undefined): Promise<void> {
    const { disk, folders } = this.#storage;
    if (this.#durable.replaced !== folders.replaced)
      this.#durable = { from, to: from, replaced: folders.replaced, newest };
    const known = this.#durable;
    if (from >= known.from && to <= known.to) return;
    const touched = new Set<string>();
    const start = from >= known.from && from <= known.to ? known.to : from;
    for (let index = start; index < to; index += COMMITS_PER_FOLDER) touched.add(dirname(this.#path(index)));
    touched.add(dirname(this.#path(to - 1)));
    for (const folder of touched) await disk.syncFolder(folder);
    if (folders.replaced !== replaced) return; // flushed, but perhaps not what was read
    const now = this.#durable;
    if (from > now.to || to < now.from) this.#durable = { from, to, replaced, newest };
    else if (to > now.to) this.#durable = { from: Math.min(from, now.from), to, replaced, newest };
    else this.#durable = { ...now, from: Math.min(from, now.from) };
  }

  #readFiles(first: number, limit: { commits: number; bytes: number }): { files: CommitFile[]; ended: boolean } {
    const files: CommitFile[] = [];
    let bytes = 0;
    while (files.length < limit.commits) {
      const index = first + files.length;
      // Once for each folder is enough: nothing else runs between these reads.
      const entersFolder = files.length === 0 || index % COMMITS_PER_FOLDER === 0;
      const file = entersFolder && !this.#hasFolder(index) ? undefined : this.#read(index);
      if (file === undefined) return { files, ended: true };
      if (files.length > 0 && bytes + file.bytes.length > limit.bytes) break;
      files.push(file);
      bytes += file.bytes.length;
    }
    return { files, ended: false };
  }

  /** @throws StoreError STORE_UNREADABLE when something else is in the place of the folder for this index */
  #hasFolder(index: number): boolean {
    if (index > MAX_INDEX) return false;
    const folder = dirname(this.#path(index));
    try {
      this.#storage.folders.folder(folder);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw fileFault(error, folder, 'open');
    }
  }

  #read(index: number): CommitFile | undefined {
    const path = this.#path(index);
    try {
      return withRegularFile<CommitFile>(
        path,
        (fd, { size, ino }) => ({ bytes: readStart(fd, Math.min(size, MAX_ENVELOPE_BYTES + 1)), ino }),
        () => ({ bytes: new Uint8Array(), ino: undefined }),
      );
    } catch (error) {
      throw fileFault(error, path, 'read');
    }
  }

  #path(index: number): string {
    return `${this.#storage.layout.log}/${commitPath(index)}`; // join is slow, and nothing here needs it
  }
}
