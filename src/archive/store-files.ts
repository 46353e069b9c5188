import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { StoreError } from '../core/errors.ts';
import type { Durable } from '../disk/durable.ts';
import { FileCommitLog } from '../engine/files/commit-log.ts';
import { filesEngine } from '../engine/files/engine.ts';
import { commitPath, FAN_OUT, objectPath, storageLayout } from '../engine/files/layout.ts';
import { KeyFolder, type Passphrase } from '../keys/folder/key-files.ts';
import type { VerifyReport } from '../store/api/maintenance.ts';
import { openStore } from '../store/open.ts';
import { keyFiles } from './backup.ts';
import { extract } from './restore.ts';
import type { ArchiveFile } from './tar.ts';

/** What was found in a backup. */
export interface BackupCheck {
  /** Key files that were opened and hold the key of their name, and those that need a passphrase nobody gave. */
  readonly keys: { readonly opened: number; readonly locked: number };
  /** The verification of the store in it, byte for byte; undefined in a backup of keys alone. */
  readonly store: VerifyReport | undefined;
}

/**
 * The files of a whole store, in an order that makes a copy of a store in use sound: keys and pin, then the log as far as
 * it goes now, then what it names. What is derived, unfinished or in quarantine is left out.
 *
 * @throws StoreError STORE_MISSING without a store, CORRUPT for a gap in the log, and as `keyFiles`
 */
export function* storeFiles(storage: string, keys: KeyFolder, disk: Durable): Generator<ArchiveFile> {
  const layout = storageLayout(storage);
  yield* keyFiles(keys);
  const log = new FileCommitLog(layout, disk);
  const last = log.lastIndex();
  const format = read(layout.format);
  if (last < 0 || format === undefined)
    throw new StoreError('STORE_MISSING', `there is no store in ${storage}`, {
      hint: 'Check --var, or mount the storage.',
    });
  yield { path: 'storage/format', mode: 0o444, bytes: format };
  for (let index = 0; index <= last; index++) {
    const bytes = log.readSync(index);
    if (bytes === undefined)
      throw new StoreError('CORRUPT', `commit ${index} is missing from the log`, {
        hint: 'Run "config-store verify": a backup of a damaged store would hide the damage.',
      });
    yield { path: `storage/log/${commitPath(index)}`, mode: 0o444, bytes };
  }
  yield* filesBelow(
    FAN_OUT.map((name) => join(layout.objects, name)),
    (path) => `storage/objects/${objectPath(basename(path))}`,
    0o444,
  );
  const drafts = names(layout.drafts);
  yield* filesBelow(
    drafts.map((name) => join(layout.drafts, name)),
    (path) => `storage/drafts/${path.slice(layout.drafts.length + 1).replaceAll('\\', '/')}`,
    0o600,
  );
}

/**
 * Checks the restored files below a folder: every private key opens and is the one of its name, and the store, where
 * there is one, verifies with every signature and every byte.
 *
 * @throws StoreError what the first finding says
 */
export async function checkRestored(folder: string, disk: Durable, passphrase?: Passphrase): Promise<BackupCheck> {
  const paths = { storage: join(folder, 'storage'), keys: join(folder, 'keys'), state: join(folder, 'state') };
  const keys = await checkKeys(new KeyFolder(paths.keys, disk), passphrase);
  if (statSync(paths.storage, { throwIfNoEntry: false }) === undefined) return { keys, store: undefined };
  const engine = filesEngine({ storage: paths.storage, gates: paths.state, disk });
  const store = await openStore({ engine, keys: paths.keys, state: paths.state, disk });
  try {
    const report = await store.maintenance.verify({ depth: 'bytes' });
    const [first] = report.findings.filter(({ severity }) => severity === 'error');
    if (first !== undefined)
      throw new StoreError(first.code, `the backup does not verify: ${first.where}: ${first.message}`, {
        hint: first.hint,
      });
    return { keys, store: report };
  } finally {
    await store.close();
  }
}

/** Restores a backup into a folder of its own below the system's temporary folder, checks it there, and removes it. */
export async function checkBackup(
  files: AsyncIterable<ArchiveFile>,
  disk: Durable,
  passphrase?: Passphrase,
): Promise<BackupCheck> {
  const parent = await mkdtemp(join(tmpdir(), 'config-store-verify-'));
  try {
    const folder = join(parent, 'var');
    await extract(files, folder, disk);
    return await checkRestored(folder, disk, passphrase);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function checkKeys(keys: KeyFolder, passphrase: Passphrase | undefined): Promise<BackupCheck['keys']> {
  let [opened, locked] = [0, 0];
  for (const keyId of keys.privateKeyIds()) {
    if (passphrase === undefined && keys.isEncrypted(keyId)) {
      locked++;
      continue;
    }
    await keys.loadPrivate(keyId, passphrase);
    opened++;
  }
  return { opened, locked };
}

function* filesBelow(
  folders: readonly string[],
  pathOf: (path: string) => string,
  mode: number,
): Generator<ArchiveFile> {
  for (const folder of folders) {
    for (const name of names(folder)) {
      const bytes = read(join(folder, name));
      if (bytes !== undefined) yield { path: pathOf(join(folder, name)), mode, bytes };
    }
  }
}

/** Undefined when it went away meanwhile: a purge or a discarded draft. */
function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
