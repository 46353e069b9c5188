import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { sha256Hex } from '../core/digest.ts';
import { StoreError } from '../core/errors.ts';
import type { Durable } from '../disk/durable.ts';
import { fileFault } from '../disk/file-fault.ts';
import { clearedUnlessDone } from '../disk/interruption.ts';
import { readRegularFile } from '../disk/opened-file.ts';
import type { KeyFolder } from '../keys/folder/key-files.ts';
import { type Pin, pinBytes } from '../state/pin.ts';
import { decryptAge, encryptAge, type Lock, type Unlock } from './age.ts';
import { encodeArmor } from './armor.ts';
import { type BackupFacts, inspectFiles, noFacts } from './inspect.ts';
import { type ArchiveFile, readTar, writeTar } from './tar.ts';

/** The last file of every backup: one line for each other file, as `sha256sum -c` reads it. */
export const MANIFEST = 'SHA256SUMS';

/** No public key file is larger, in bytes. */
const MAX_PUBLIC_BYTES = 65_536;

type Files = Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>;

/** For whom a backup is encrypted, and how it is written. */
export interface BackupForm {
  readonly lock: Lock;
  /** As text. */
  readonly armor?: boolean | undefined;
  readonly now: Date;
}

/**
 * Writes files as one backup: a tar archive with a manifest, encrypted by age; `age -d FILE | tar -x && sha256sum -c
 * SHA256SUMS` opens and checks it without us. It is there whole, 0600, and was read back and inspected, or not at all.
 *
 * @throws StoreError ARGUMENT_INVALID when there is something at `out` already and `replace` is not set; as `encryptAge`,
 * `inspectFiles` and `Durable.writeFile`
 */
export async function writeBackup(
  out: string,
  files: Files,
  { replace, disk, ...form }: BackupForm & { replace: boolean; disk: Durable },
): Promise<BackupFacts> {
  refuseExisting(out, replace);
  const { stream, unlock, written } = await encrypt(files, form);
  const staged = await disk.stageStream(dirname(out), stream, 0o600);
  const facts = await clearedUnlessDone(
    () => disk.drop(staged),
    async () => {
      await staged.durable;
      const read = await proven(bytesOf(staged.path), unlock, written);
      refuseExisting(out, replace);
      return read;
    },
  );
  await disk.publish(staged, out);
  return facts;
}

/**
 * Writes the same backup as a stream, for callers that store it elsewhere. What was given out is decrypted and inspected on
 * the way: the stream throws at its end when it would not open.
 *
 * @returns the stream; `facts` settles once it has ended
 * @throws StoreError as `encryptAge`
 */
export async function streamBackup(
  files: Files,
  form: BackupForm,
): Promise<{ stream: AsyncIterable<Uint8Array>; facts: Promise<BackupFacts> }> {
  const { stream, unlock, written } = await encrypt(files, form);
  const copy = new PassThrough();
  const facts = proven(copy, unlock, written);
  facts.catch(() => copy.destroy()); // awaited at the end of the stream, and by the caller
  return { stream: withCopy(stream, copy, facts), facts };
}

async function* withCopy(
  stream: AsyncIterable<Uint8Array>,
  copy: PassThrough,
  checked: Promise<unknown>,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      if (!copy.write(chunk)) await Promise.race([once(copy, 'drain'), checked]);
      yield chunk;
    }
    copy.end();
    await checked;
  } finally {
    copy.destroy();
  }
}

/** The content of a backup, counted while it is written. */
interface Written {
  files: number;
  bytes: number;
}

async function encrypt(
  files: Files,
  { lock, armor = false, now }: BackupForm,
): Promise<{ stream: AsyncIterable<Uint8Array>; unlock: Unlock; written: Written }> {
  const written = { files: 0, bytes: 0 };
  const archive = writeTar(withManifest(files, written), Math.floor(now.getTime() / 1000));
  const { encrypted, unlock } = await encryptAge(archive, lock);
  return { stream: armor ? encodeArmor(encrypted) : encrypted, unlock, written };
}

/** Reads a backup that was just written, as a restore would, and compares it with what went in. */
async function proven(bytes: AsyncIterable<Uint8Array>, unlock: Unlock, written: Written): Promise<BackupFacts> {
  const facts = noFacts();
  for await (const _ of inspectFiles(readBackup(bytes, unlock), facts)) {
    // inspected on the way
  }
  if (facts.files === written.files && facts.bytes === written.bytes) return facts;
  throw damaged('it does not hold what was written to it');
}

/**
 * Reads the files of a backup, each as it was when it was written; the manifest itself is left out. Only after the last
 * one is it known that none is missing: a caller that writes them keeps them aside until then.
 *
 * @throws StoreError NOT_FOUND, KEY_LOCKED, CORRUPT
 */
export async function* readBackup(backup: AsyncIterable<Uint8Array>, unlock: Unlock): AsyncGenerator<ArchiveFile> {
  const sums: string[] = [];
  let manifest: string | undefined;
  for await (const entry of readTar(decryptAge(backup, unlock))) {
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

/** Reads a file piece by piece. @throws StoreError NOT_FOUND, STORE_UNREADABLE */
export async function* bytesOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(file, error) : fileFault(error, file, 'read');
  }
}

/**
 * Returns the files of `keys/` that a backup holds: private and public keys, those whose commit is not in the log yet,
 * the pin. Each is checked as before it is used, so that no backup is made of a folder that is open to others.
 *
 * @param pin what this installation has seen of the store, where it has seen one
 * @throws StoreError KEY_MISSING when there is no private key; KEY_PERMISSIONS, STORE_UNREADABLE
 */
export function* keyFiles(keys: KeyFolder, pin: Pin | undefined): Generator<ArchiveFile> {
  const privateKeys = [...keys.privateKeyIds()].map((keyId) => `${keyId}.key.pem`);
  const pendingKeys = [...keys.pendingKeyIds()].map((keyId) => join('pending', `${keyId}.key.pem`));
  if (privateKeys.length === 0)
    throw new StoreError('KEY_MISSING', `there is no private key in ${keys.path}`, {
      hint: 'There is nothing to back up before the first write.',
      advice: [{ do: 'make-store' }],
    });
  for (const name of [...privateKeys, ...pendingKeys].sort())
    yield { path: `keys/${name.replaceAll('\\', '/')}`, mode: 0o600, bytes: keys.readPrivate(name) };
  const publicKeys = [...keys.publicKeyIds()].map((keyId) => `${keyId}.pub.pem`).sort();
  for (const name of publicKeys)
    yield {
      path: `keys/${name}`,
      mode: 0o644,
      bytes: readRegularFile(join(keys.path, name), MAX_PUBLIC_BYTES) ?? new Uint8Array(),
    };
  if (pin !== undefined) yield { path: 'keys/pin.json', mode: 0o600, bytes: pinBytes(pin) };
}

async function* withManifest(files: Files, written: Written): AsyncGenerator<ArchiveFile> {
  const sums: string[] = [];
  for await (const file of files) {
    sums.push(sumLine(file));
    written.files++;
    written.bytes += file.bytes.length;
    yield file;
  }
  yield { path: MANIFEST, mode: 0o644, bytes: Buffer.from(sums.join('')) };
}

function sumLine({ path, bytes }: ArchiveFile): string {
  return `${sha256Hex(bytes)}  ${path}\n`;
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
