import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sha256Hex } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import type { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import type { KeyFolder } from '../keys/folder/key-files.ts';
import { readPrivateFile } from '../keys/folder/private-file.ts';
import { decryptAge, encryptAge, type Lock, type Unlock } from './age.ts';
import { type ArchiveFile, readTar, writeTar } from './tar.ts';

/** The last file of every backup: one line for each other file, as `sha256sum -c` reads it. */
export const MANIFEST = 'SHA256SUMS';

/** The size of a backup. */
export interface BackupSize {
  readonly files: number;
  /** Of the files, before encryption. */
  readonly bytes: number;
}

/**
 * Writes files as one backup: a tar archive with a manifest, encrypted by age; `age -d FILE | tar -x && sha256sum -c
 * SHA256SUMS` opens and checks it without us. It is there whole, 0600, or not at all.
 *
 * @throws StoreError ARGUMENT_INVALID when there is something at `out` already and `replace` is not set; as `encryptAge`
 * and `Durable.writeFile`
 */
export async function writeBackup(
  out: string,
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  options: { lock: Lock; replace: boolean; now: Date; disk: Durable },
): Promise<BackupSize> {
  refuseExisting(out, options.replace);
  const { stream, size } = await streamBackup(files, options);
  const staged = await options.disk.stageStream(dirname(out), stream, 0o600);
  await staged.durable;
  if (!options.replace && existsSync(out)) {
    options.disk.drop(staged);
    refuseExisting(out, false);
  }
  await options.disk.publish(staged, out);
  return size;
}

/**
 * Writes the same backup as a stream, for callers that store it elsewhere; `size` is final once the stream has ended.
 *
 * @throws StoreError as `encryptAge`
 */
export async function streamBackup(
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  { lock, now }: { lock: Lock; now: Date },
): Promise<{ stream: AsyncIterable<Uint8Array>; size: BackupSize }> {
  const size = { files: 0, bytes: 0 };
  const archive = writeTar(withManifest(files, size), Math.floor(now.getTime() / 1000));
  return { stream: await encryptAge(archive, lock), size };
}

/**
 * Reads the files of a backup, each as it was when it was written; the manifest itself is left out. Only after the last
 * one is it known that none is missing: a caller that writes them keeps them aside until then.
 *
 * @throws StoreError NOT_FOUND, KEY_LOCKED, CORRUPT
 */
export async function* readBackup(file: string, unlock: Unlock): AsyncGenerator<ArchiveFile> {
  const sums: string[] = [];
  let manifest: string | undefined;
  for await (const entry of readTar(decryptAge(bytesOf(file), unlock))) {
    if (manifest !== undefined) throw damaged(`${entry.path} follows the manifest`);
    if (entry.path === MANIFEST) {
      manifest = Buffer.from(entry.bytes).toString('latin1');
      continue;
    }
    sums.push(sumLine(entry));
    yield entry;
  }
  if (manifest !== sums.join('')) throw damaged('its files are not those of its manifest');
}

/**
 * Returns the files of `keys/` that a backup holds: private and public keys, those whose commit is not in the log yet,
 * the pin. Each is checked as before it is used, so that no backup is made of a folder that is open to others.
 *
 * @throws StoreError KEY_MISSING when there is no private key; KEY_PERMISSIONS, STORE_UNREADABLE
 */
export function* keyFiles(keys: KeyFolder): Generator<ArchiveFile> {
  const privateKeys = [...keys.privateKeyIds()].map((keyId) => `${keyId}.key.pem`);
  const pendingKeys = [...keys.pendingKeyIds()].map((keyId) => join('pending', `${keyId}.key.pem`));
  if (privateKeys.length === 0)
    throw new StoreError('KEY_MISSING', `there is no private key in ${keys.path}`, {
      hint: 'There is nothing to back up before the first write.',
      advice: [{ do: 'make-store' }],
    });
  for (const name of [...privateKeys, ...pendingKeys].sort())
    yield { path: `keys/${name.replaceAll('\\', '/')}`, mode: 0o600, bytes: readPrivateFile(join(keys.path, name)) };
  const publicKeys = [...keys.publicKeyIds()].map((keyId) => `${keyId}.pub.pem`).sort();
  for (const name of publicKeys)
    yield { path: `keys/${name}`, mode: 0o644, bytes: readFileSync(join(keys.path, name)) };
  const pin = join(keys.path, 'pin.json');
  if (existsSync(pin)) yield { path: 'keys/pin.json', mode: 0o600, bytes: readFileSync(pin) };
}

async function* withManifest(
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  size: { files: number; bytes: number },
): AsyncGenerator<ArchiveFile> {
  const sums: string[] = [];
  for await (const file of files) {
    sums.push(sumLine(file));
    size.files++;
    size.bytes += file.bytes.length;
    yield file;
  }
  yield { path: MANIFEST, mode: 0o644, bytes: Buffer.from(sums.join('')) };
}

function sumLine({ path, bytes }: ArchiveFile): string {
  return `${sha256Hex(bytes)}  ${path}\n`;
}

async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  if (file === '-') return yield* process.stdin as AsyncIterable<Uint8Array>;
  try {
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(file, error) : fileFault(error, file, 'read');
  }
}

function missing(file: string, cause: unknown): StoreError {
  return new StoreError('NOT_FOUND', `there is no backup ${file}`, { hint: 'Check the path.', cause });
}

function refuseExisting(out: string, replace: boolean): void {
  if (!replace && existsSync(out))
    throw new StoreError('ARGUMENT_INVALID', `there is something at ${out} already`, {
      hint: 'Nothing was written. Choose another name, or replace the file.',
      advice: [{ do: 'replace-backup' }],
    });
}

function damaged(why: string): StoreError {
  return new StoreError('CORRUPT', `the backup is damaged, or not one of ours: ${why}`, {
    hint: 'Take an older backup, and check it.',
    advice: [{ do: 'check-backup' }],
  });
}
