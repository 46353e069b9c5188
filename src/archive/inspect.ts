import { type Hex, sha256Hex } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import { openKeyFile, type Passphrase } from '../keys/folder/open-key-file.ts';
import { isEncryptedPem } from '../keys/formats/private-key-pem.ts';
import { parsePin } from '../state/pin.ts';
import { type BackupName, parseBackupName } from './names.ts';
import type { ArchiveFile } from './tar.ts';

/** The size and the origin of a backup. */
export interface BackupFacts {
  files: number;
  /** Of the files, before encryption. */
  bytes: number;
  /** The store it was made of; undefined where nothing in it says so: keys that never saw a store. */
  store: Hex | undefined;
  /** The newest commit in it; of keys alone, the newest that was seen with them. */
  head: { readonly index: number; readonly commit: Hex } | undefined;
  /** How many commits it holds; none in a backup of keys alone. */
  commits: number;
  /** Private key files that were opened and hold the key of their name, and those that need a passphrase that was not given. */
  readonly keys: { opened: number; locked: number };
}

/** One file of a backup, with what its name means. */
export interface KnownFile extends ArchiveFile {
  readonly name: BackupName;
}

/** Facts of a backup of which nothing was seen yet. */
export function noFacts(): BackupFacts {
  return { files: 0, bytes: 0, store: undefined, head: undefined, commits: 0, keys: { opened: 0, locked: 0 } };
}

/**
 * Looks at the files of a backup on their way: each has a name that the layout of a store knows, each private key opens and
 * is the one of its name, each artifact has its digest, and the log has no gap. Nothing is written.
 *
 * @param facts is filled on the way, and final once the last file was given out
 * @param passphrase opens encrypted key files; without it they are counted and not tried
 * @throws StoreError CORRUPT, KEY_LOCKED for a passphrase that does not open a key
 */
export async function* inspectFiles(
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  facts: BackupFacts,
  passphrase?: Passphrase,
): AsyncGenerator<KnownFile> {
  for await (const file of files) {
    const name = parseBackupName(file.path);
    if (name === undefined) throw notOurs(`it holds ${file.path}, which is no part of a store`);
    facts.files++;
    facts.bytes += file.bytes.length;
    await inspect(file, name, facts, passphrase);
    yield { ...file, name };
  }
}

async function inspect(
  { path, bytes }: ArchiveFile,
  name: BackupName,
  facts: BackupFacts,
  passphrase: Passphrase | undefined,
): Promise<void> {
  switch (name.kind) {
    case 'private':
    case 'pending':
      if (passphrase === undefined && isEncryptedPem(bytes)) facts.keys.locked++;
      else {
        const { seed } = await openKeyFile(bytes, { keyId: name.keyId, path, passphrase });
        seed.fill(0);
        facts.keys.opened++;
      }
      return;
    case 'pin':
      Object.assign(facts, originOf(bytes));
      return;
    case 'commit':
      if (name.index !== facts.commits) throw notOurs(`its log has a gap before commit ${name.index}`);
      facts.commits++;
      facts.head = { index: name.index, commit: sha256Hex(bytes) };
      return;
    case 'artifact':
      if (sha256Hex(bytes) !== name.digest) throw notOurs(`${path} holds other bytes than its name says`);
      return;
    default:
  }
}

function originOf(bytes: Uint8Array): Pick<BackupFacts, 'store' | 'head'> {
  const pin = parsePin(bytes);
  if (pin === undefined) throw notOurs('its keys/pin.json is not a pin');
  return { store: pin.store, head: { index: pin.index, commit: pin.commit } };
}

/**
 * Refuses a backup of another store than the one that is expected.
 *
 * @throws StoreError STORE_FOREIGN
 */
export function expectOrigin({ store }: Pick<BackupFacts, 'store'>, expected: Hex | undefined): void {
  if (expected === undefined || store === expected) return;
  const whose = store === undefined ? 'of no known store' : `of the store ${store}`;
  throw new StoreError('STORE_FOREIGN', `the backup is ${whose}, and not of ${expected}`, {
    hint: 'Nothing was restored. Take a backup of the store that is expected.',
  });
}

function notOurs(why: string): StoreError {
  return new StoreError('CORRUPT', `the backup is damaged, or not one of ours: ${why}`, {
    hint: 'Take an older backup, and check it.',
    advice: [{ do: 'check-backup' }],
  });
}
