import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import type { Durable } from '../disk/durable.ts';
import { look } from '../disk/file-fault.ts';
import { clearedUnlessDone } from '../disk/interruption.ts';
import { openFilesEngine } from '../engine/files/files-engine.ts';
import { FORMAT_LINE } from '../engine/files/format.ts';
import { commitPath, draftFile, objectPath } from '../engine/files/layout.ts';
import type { Passphrase } from '../keys/folder/key-files.ts';
import type { StoredItem, VerifyReport } from '../store/api/maintenance.ts';
import type { Store } from '../store/api/store.ts';
import { openStore } from '../store/open.ts';
import { keyFiles } from './backup.ts';
import { type BackupFacts, expectOrigin, inspectFiles, type KnownFile, noFacts } from './inspect.ts';
import { extract, foldersBelow, type StoreFolders } from './restore.ts';
import type { ArchiveFile } from './tar.ts';

/** The content of a backup, as its check found it. */
export interface BackupCheck extends BackupFacts {
  /** The verification of the store in it, byte for byte; undefined in a backup of keys alone. */
  readonly report: VerifyReport | undefined;
}

/**
 * Yields the files of a whole store: keys, then format, log, artifacts and drafts. What is derived, unfinished or in
 * quarantine is left out, and so is whatever else lies in the storage folder.
 *
 * @throws StoreError as `StoreMaintenance.contents` and `keyFiles`
 */
export async function* storeFiles({ maintenance, keys, state }: Store): AsyncGenerator<ArchiveFile> {
  const contents = maintenance.contents()[Symbol.asyncIterator]();
  // Asked for first: without a log there is nothing to back up, whatever keys there are.
  let item = await contents.next();
  const { store, head } = await state.status();
  yield* keyFiles(keys.files, store === undefined || head === undefined ? undefined : { store, ...head });
  yield { path: 'storage/format', mode: 0o444, bytes: Buffer.from(FORMAT_LINE) };
  for (; item.done !== true; item = await contents.next()) yield fileOf(item.value);
}

function fileOf(item: StoredItem): ArchiveFile {
  const { bytes } = item;
  switch (item.kind) {
    case 'commit':
      return { path: `storage/log/${commitPath(item.index)}`, mode: 0o444, bytes };
    case 'artifact':
      return { path: `storage/objects/${objectPath(item.digest)}`, mode: 0o444, bytes };
    case 'draft':
      return { path: `storage/drafts/${item.key}/${draftFile(item.revision)}`, mode: 0o600, bytes };
  }
}

/**
 * Verifies the store in restored folders, every signature and every byte, where there is one.
 *
 * @param facts of the files, as they were inspected; get the store id and the head that the log says
 * @param expected the id of the store it must be
 * @throws StoreError STORE_FOREIGN, and what the first finding says
 */
export async function checkRestored(
  folders: StoreFolders,
  facts: BackupFacts,
  { disk, expected }: { disk: Durable; expected?: Hex | undefined },
): Promise<BackupCheck> {
  if (look(folders.storage) === undefined) {
    expectOrigin(facts, expected);
    return { ...facts, report: undefined };
  }
  const engine = openFilesEngine({ storage: folders.storage, gates: folders.state, disk });
  const store = await openStore({ engine, keys: folders.keys, state: folders.state, disk });
  try {
    const { store: id, head } = await store.state.status();
    facts.store = id;
    facts.head = head;
    expectOrigin(facts, expected);
    const report = await store.maintenance.verify({ depth: 'bytes' });
    const first = report.findings.find((finding) => finding.severity === 'error');
    if (first !== undefined)
      throw new StoreError(first.code, `the backup does not verify: ${first.where}: ${first.message}`, {
        hint: first.hint,
        ...(first.advice && { advice: first.advice }),
      });
    return { ...facts, report };
  } finally {
    await store.close();
  }
}

/**
 * Checks a backup: its keys are opened in memory, the rest is restored into a folder of its own below the system's temporary
 * folder and verified there. That folder is removed again, also when a signal ends this process; no private key gets there.
 *
 * @throws StoreError as `inspectFiles` and `checkRestored`
 */
export async function checkBackup(
  files: AsyncIterable<ArchiveFile>,
  { disk, passphrase, expected }: { disk: Durable; passphrase?: Passphrase | undefined; expected?: Hex | undefined },
): Promise<BackupCheck> {
  const parent = await mkdtemp(join(tmpdir(), 'config-store-verify-'));
  const remove = () => rmSync(parent, { recursive: true, force: true });
  const check = await clearedUnlessDone(remove, async () => {
    const folders = foldersBelow(join(parent, 'var'));
    const facts = noFacts();
    await extract(withoutPrivateKeys(inspectFiles(files, facts, passphrase)), folders, disk);
    return checkRestored(folders, facts, { disk, expected });
  });
  remove();
  return check;
}

async function* withoutPrivateKeys(files: AsyncIterable<KnownFile>): AsyncGenerator<ArchiveFile> {
  for await (const file of files) if (file.name.kind !== 'private' && file.name.kind !== 'pending') yield file;
}
