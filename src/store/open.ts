import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyChange } from '../core/commit/statement.ts';
import type { Hex } from '../core/digest.ts';
import { isStoreError, StoreError, toStoreError } from '../core/errors.ts';
import { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import { checkWritable } from '../disk/writable-storage.ts';
import { FileCommitLog } from '../engine/files/commit-log.ts';
import { readFormat } from '../engine/files/format.ts';
import { commitPath, storageLayout } from '../engine/files/layout.ts';
import { FileObjectStore } from '../engine/files/object-store.ts';
import { WriteGate } from '../engine/files/turns.ts';
import { KeyFolder } from '../keys/folder/key-files.ts';
import { PinFile } from '../keys/pin.ts';
import type { StoreObserver } from './api/observer.ts';
import type { CheckTexts } from './api/signed-text.ts';
import type { Store } from './api/store.ts';
import { type CommitRecord, versionRows } from './commits/commit-record.ts';
import { FileDrafts } from './drafts/drafts.ts';
import { FileAdministration } from './maintain/administration.ts';
import { Reader } from './read/reader.ts';
import { FileStore } from './store.ts';
import { Signers } from './trust/signers.ts';
import { Standing } from './trust/standing.ts';
import { LogView } from './view/log-view.ts';
import { Committer } from './write/committer.ts';
import { commitReceipt } from './write/receipt.ts';

/** Where everything lives; each folder may be a volume of its own. Absolute paths. */
export interface StorePaths {
  readonly root: string;
  readonly storage: string;
  readonly keys: string;
  readonly telemetry: string;
}

export interface OpenOptions {
  readonly paths: StorePaths;
  /** CONFIG_STORE_ID: the store id this installation accepts. */
  readonly storeId?: Hex | undefined;
  /** CONFIG_STORE_KEY: which key signs; the newest in force by default. */
  readonly signingKey?: Hex | undefined;
  /** The passphrase of encrypted key files, asked for at the first signature only. */
  readonly passphrase?: (() => Promise<string | undefined>) | undefined;
  /** The passphrase new keys are encrypted with, where one is configured; unlike `passphrase` it never asks a person. */
  readonly newKeyPassphrase?: (() => Promise<string | undefined>) | undefined;
  readonly observer?: StoreObserver | undefined;
  /** Decides whether the texts of a commit may be signed; everything may where it is not given. */
  readonly checkTexts?: CheckTexts | undefined;
  /** The clock, for tests. */
  readonly now?: (() => Date) | undefined;
  /** The disk, for fault tests. */
  readonly disk?: Durable | undefined;
}

/**
 * Opens the store below `paths`. Creates nothing but, where a store is, its cache; a store that does not exist yet opens as
 * an empty one.
 *
 * @throws StoreError STORE_UNREADABLE, STORE_NEWER, CORRUPT
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { paths, observer, now = () => new Date(), checkTexts = async () => undefined } = options;
  const layout = storageLayout(paths.storage);
  const disk = options.disk ?? new Durable();
  try {
    const exists = checkAccess(paths.storage, layout.log);
    readFormat(layout.format);
    const log = new FileCommitLog(layout, disk);
    const objects = new FileObjectStore(layout, disk);
    const view = await LogView.open(log, layout.cache, exists, (error) => observer?.fault?.(error));
    const keys = new KeyFolder(paths.keys, disk);
    const signers = new Signers({ view, keys, setting: options.signingKey, passphrase: options.passphrase });
    const standing = new Standing({
      layout,
      disk,
      log,
      keys,
      now,
      view,
      objects,
      pinFile: new PinFile(paths.keys, disk),
      storeId: options.storeId,
      signers,
      newKeyPassphrase: options.newKeyPassphrase,
      checkTexts,
      made: (record) => observer?.committed?.(commitReceipt(record), { ...named(record), bytes: 0, durationMs: 0 }),
    });
    const committer = new Committer({
      view,
      disk,
      log,
      objects,
      gate: new WriteGate(layout.tmp, log),
      now,
      checkTexts,
      prepare: (request) => standing.prepare(request),
      signingKey: (needsOwner) => signers.key(needsOwner),
      committed: (record, facts) => {
        try {
          standing.note(record);
          observer?.committed?.(commitReceipt(record), { ...named(record), ...facts });
        } catch (error) {
          observer?.fault?.(toStoreError(error)); // the commit is durable: its answer is success
        }
      },
      busy: (facts) => observer?.busy?.(facts),
    });
    const reader = new Reader(view, objects, () => standing.current());
    const drafts = new FileDrafts(layout, disk, {
      now,
      prepare: (author) => standing.prepare({ author }),
      onFault: (error) => observer?.fault?.(error),
      saved: (draft) => observer?.draftSaved?.(draft),
      discarded: (name) => observer?.draftDiscarded?.(name),
    });
    const { newKeyPassphrase } = options;
    const administration = new FileAdministration({
      layout,
      disk,
      keys,
      view,
      standing,
      signers,
      committer,
      newKeyPassphrase,
      checkTexts,
    });
    setImmediate(() => void view.walk());
    return new FileStore({
      layout,
      view,
      objects,
      reader,
      committer,
      drafts,
      standing,
      signers,
      administration,
      checkTexts,
      observer: observer ?? {},
    });
  } catch (error) {
    throw isStoreError(error)
      ? error
      : isFileError(error)
        ? fileFault(error, paths.storage, 'open')
        : toStoreError(error);
  }
}

/** Says early, and with the mending command, when the storage folder cannot be used; true when there is a log in it. */
function checkAccess(storage: string, log: string): boolean {
  const stat = statSync(storage, { throwIfNoEntry: false });
  if (stat === undefined) {
    checkCreatable(storage);
    return false;
  }
  if (!stat.isDirectory())
    throw new StoreError('STORE_UNREADABLE', `${storage} is not a folder`, {
      hint: 'Point --var (CONFIG_STORE_VAR) at the folder that holds storage/ and keys/.',
    });
  try {
    accessSync(storage, constants.R_OK | constants.X_OK);
    return statSync(join(log, commitPath(0)), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw fileFault(error, storage, 'open');
  }
}

/** A folder of somebody else, mounted where the store would be made, is no empty store. On a read-only disk it is. */
function checkCreatable(storage: string): void {
  try {
    checkWritable(storage);
  } catch (error) {
    if (!isStoreError(error, 'STORE_READONLY')) throw error;
  }
}

function named(record: CommitRecord): { names: string[]; versions: number[]; keys: readonly KeyChange[] } {
  const rows = versionRows(record);
  return {
    names: rows.map(({ name }) => name),
    versions: rows.map(({ version }) => version),
    keys: record.statement.keys,
  };
}

function isFileError(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException | null)?.syscall === 'string';
}
