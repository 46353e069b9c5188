import type { StoreError } from '../../core/errors.ts';
import { Durable } from '../../disk/durable.ts';
import { RealFolders } from '../../disk/real-folders.ts';
import { StorageDisk } from '../../disk/storage-disk.ts';
import type { Engine, EngineReport } from '../port.ts';
import { FileAdmin } from './admin.ts';
import { FileCommitLog } from './commit-log.ts';
import { FileDraftStore } from './draft-store.ts';
import { storageLayout } from './layout.ts';
import { clearLeftOvers } from './left-overs.ts';
import { FileObjectStore } from './object-store.ts';
import { prepareStorage } from './prepare-storage.ts';
import type { Storage } from './storage.ts';
import { checkAccess, checkStorage } from './storage-access.ts';
import { FileTurns } from './turns.ts';

/** Where a store's files are, as absolute paths. */
export interface FilesEngineOptions {
  /** The folder `storage`. */
  readonly storage: string;
  /** The folder for the two files in which processes take turns: this installation's own, never on the storage volume. */
  readonly gates: string;
  /** The disk, for fault tests. Every other caller leaves it out: the one made here cannot be led out of the storage folder. */
  readonly disk?: Durable | undefined;
  /** True where what is made in a folder of a group is that group's too. */
  readonly shared?: boolean | undefined;
  /** True for a process that goes on writing: it keeps new files ready. */
  readonly standing?: boolean | undefined;
}

/** Returns the engine on a folder. Opens and makes nothing. */
export function openFilesEngine(options: FilesEngineOptions): FilesEngine {
  return new FilesEngine(options);
}

/** A store as a folder of files. */
export class FilesEngine implements Engine {
  readonly kind = 'files';
  readonly away = undefined;
  readonly location: string;
  readonly log: FileCommitLog;
  readonly objects: FileObjectStore;
  readonly drafts: FileDraftStore;
  readonly turns: FileTurns;
  readonly admin: FileAdmin;
  /** The disk that storage is written through; keys and the pin go through it too, so that they stop with it after a failed flush. */
  readonly disk: Durable;
  readonly #storage: Storage;

  constructor({ storage, gates, disk, shared, standing = false }: FilesEngineOptions) {
    const folders = new RealFolders(storage);
    this.location = storage;
    this.disk = disk ?? new Durable(new StorageDisk(folders), undefined, shared);
    this.#storage = { layout: storageLayout(storage), folders, disk: this.disk };
    if (standing) this.disk.makeAhead(this.#storage.layout.tmp, 0o444);
    this.log = new FileCommitLog(this.#storage);
    this.objects = new FileObjectStore(this.#storage);
    this.drafts = new FileDraftStore(this.#storage);
    this.turns = new FileTurns(gates, this.log);
    this.admin = new FileAdmin(this.#storage, this.log, this.objects);
  }

  async reach(): Promise<void> {
    // always here
  }

  get halted(): StoreError | undefined {
    return this.disk.halted;
  }

  halt(reason: StoreError): void {
    this.disk.halt(reason);
  }

  async open(): Promise<{ readonly exists: boolean }> {
    return { exists: checkAccess(this.#storage) };
  }

  prepare(): Promise<void> {
    return prepareStorage(this.#storage);
  }

  tidy(now: Date): Promise<void> {
    return clearLeftOvers(this.#storage, now);
  }

  async check({ probe }: { readonly probe: boolean }): Promise<EngineReport> {
    if (this.halted !== undefined) throw this.halted;
    return checkStorage(this.#storage, probe, this.log.seen);
  }

  async close(): Promise<void> {
    this.log.close();
    this.turns.close();
    this.disk.close();
    this.#storage.folders.close();
  }
}
