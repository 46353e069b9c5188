import { basename } from 'node:path';
import type { Author, Statement } from '../../core/commit/statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import type { Durable } from '../../disk/durable.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import { FORMAT_LINE, readFormat } from '../../engine/files/format.ts';
import { FAN_OUT, type StorageLayout } from '../../engine/files/layout.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';
import type { PinFile } from '../../keys/pin.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { claimOf, seal } from './sign-commit.ts';
import { authorTexts } from './signed-texts.ts';

/** What making a store needs. */
export interface GenesisParts {
  /** The passphrase new keys are encrypted with; undefined where none is configured. */
  readonly newKeyPassphrase?: (() => Promise<string | undefined>) | undefined;
  readonly layout: StorageLayout;
  readonly disk: Durable;
  readonly log: FileCommitLog;
  readonly keys: KeyFolder;
  readonly pinFile: PinFile;
  readonly now: () => Date;
  readonly checkTexts: CheckTexts;
  /** Told of commit 0 when this process made it, after it is durable. */
  readonly made: (record: CommitRecord) => void;
}

/**
 * Makes the store: folders, format, a fresh key in `keys/pending/`, commit 0 that adds it as owner, and then the key's
 * place in `keys/`. Of several processes that do this at once one wins the link of commit 0; the others take their own
 * pending key away again and go on with the winner's.
 *
 * @returns true when this process made the store.
 */
export async function makeStore(
  { layout, disk, log, keys, now, made, checkTexts, newKeyPassphrase }: GenesisParts,
  author: Author,
  label: string,
): Promise<boolean> {
  await checkTexts([{ field: 'label', text: label }, ...authorTexts(author)]);
  await makeFolders(layout, disk);
  await probeHardLinks(layout, disk);
  const key = await keys.createPending(await newKeyPassphrase?.());
  const add = { action: 'add', keyId: key.keyId, label, role: 'owner', spki: key.spki } as const;
  const statement: Statement = {
    index: 0,
    store: key.keyId,
    previous: null,
    keyring: null,
    time: now().toISOString(),
    author: claimOf(author),
    message: 'make the store',
    changes: [],
    keys: [add],
  };
  const { bytes, verified } = seal(statement, key);
  const staged = log.stage(0, bytes);
  await Promise.all([verified, staged.durable]);
  if ((await log.link(staged)) === 'conflict') {
    await keys.dropPending(key.keyId);
    return false;
  }
  await log.syncFolder(0);
  await keys.publish(key.keyId, key.spki);
  made({ index: 0, id: sha256Hex(bytes), keyId: key.keyId, statement });
  return true;
}

/**
 * Finishes a new store beside a key or pin of another that was cut right after its first commit: the pin still names the
 * other one. Only for a person who asks for the new store again, and only when its private key is here.
 */
export async function finishFreshStore({ keys, pinFile }: GenesisParts, head: CommitRecord): Promise<void> {
  const { store, keys: added } = head.statement;
  const [first] = added;
  if (head.index !== 0 || first?.action !== 'add' || !(keys.pendingKeyIds().has(store) || keys.hasPrivate(store)))
    return;
  await keys.publish(store, first.spki);
  await pinFile.replace({ store, index: head.index, commit: head.id });
}

async function makeFolders(layout: StorageLayout, disk: Durable): Promise<void> {
  await disk.makeFolders(layout.root);
  const folders = [layout.tmp, layout.objects, layout.log, layout.drafts];
  await disk.makeFoldersIn(
    layout.root,
    folders.map((folder) => basename(folder)),
  );
  await disk.makeFoldersIn(layout.objects, FAN_OUT);
  if (readFormat(layout.format) === undefined)
    await disk.writeFile(layout.tmp, layout.format, Buffer.from(FORMAT_LINE), 0o444);
}

/** A commit is a hard link: a volume without them is refused before anything is signed. */
async function probeHardLinks(layout: StorageLayout, disk: Durable): Promise<void> {
  const probe = disk.stage(layout.tmp, new Uint8Array(), 0o600);
  const target = `${probe.path}-link`;
  await disk.link(probe, target);
  disk.drop({ path: target, durable: Promise.resolve() });
}
