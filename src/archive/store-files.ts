import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreError } from '../core/errors.ts';
import type { Durable } from '../disk/durable.ts';
import { openFilesEngine } from '../engine/files/files-engine.ts';
import { FORMAT_LINE } from '../engine/files/format.ts';
import { commitPath, draftFile, objectPath } from '../engine/files/layout.ts';
import { KeyFolder, type Passphrase } from '../keys/folder/key-files.ts';
import type { VerifyReport } from '../store/api/maintenance.ts';
import type { Store } from '../store/api/store.ts';
import { openStore } from '../store/open.ts';
import { keyFiles } from './backup.ts';
import { extract } from './restore.ts';
import type { ArchiveFile } from './tar.ts';

/** The content of a backup, as its check found it. */
export interface BackupCheck {
  /** Key files that were opened and hold the key of their name, and those that need a passphrase that was not given. */
  readonly keys: { readonly opened: number; readonly locked: number };
  /** The verification of the store in it, byte for byte; undefined in a backup of keys alone. */
  readonly store: VerifyReport | undefined;
}

/**
 * Yields the files of a whole store: keys, then format, log, artifacts and drafts. What is derived, unfinished or in
 * quarantine is left out, and so is whatever else lies in the storage folder.
 *
 * @throws StoreError as `StoreMaintenance.contents` and `keyFiles`
 */
export async function* storeFiles({ maintenance, keys }: Store): AsyncGenerator<ArchiveFile> {
  yield* keyFiles(keys.files);
  yield { path: 'storage/format', mode: 0o444, bytes: Buffer.from(FORMAT_LINE) };
  for await (const item of maintenance.contents()) {
    const { bytes } = item;
    if (item.kind === 'commit') yield { path: `storage/log/${commitPath(item.index)}`, mode: 0o444, bytes };
    if (item.kind === 'artifact') yield { path: `storage/objects/${objectPath(item.digest)}`, mode: 0o444, bytes };
    if (item.kind === 'draft')
      yield { path: `storage/drafts/${item.key}/${draftFile(item.revision)}`, mode: 0o600, bytes };
  }
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
  const engine = openFilesEngine({ storage: paths.storage, gates: paths.state, disk });
  const store = await openStore({ engine, keys: paths.keys, state: paths.state, disk });
  try {
    const report = await store.maintenance.verify({ depth: 'bytes' });
    const first = report.findings.find((finding) => finding.severity === 'error');
    if (first !== undefined)
      throw new StoreError(first.code, `the backup does not verify: ${first.where}: ${first.message}`, {
        hint: first.hint,
        ...(first.advice && { advice: first.advice }),
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
