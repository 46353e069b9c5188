import { dirname, join } from 'node:path';
import { type Hex, isHexDigest, type KeyId } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import { Durable } from '../../disk/durable.ts';
import { fileFault, look } from '../../disk/file-fault.ts';
import { ignoreInGit } from '../../disk/git-ignore.ts';
import { listNames } from '../../disk/list-names.ts';
import { readRegularFile, readStart, withRegularFile } from '../../disk/opened-file.ts';
import { closeFolder } from '../../disk/private-folder.ts';
import { sweepUnfinished } from '../../disk/sweep.ts';
import { keyIdOf, newSeed } from '../ed25519.ts';
import { parsePublicKeyPem, publicKeyPem } from '../formats/pem.ts';
import { encryptedPrivateKeyPem, isEncryptedPem, openPrivateKey, privateKeyPem } from '../formats/private-key-pem.ts';
import { notImportable } from '../key-faults.ts';
import { type SigningKey, signingKeyOf } from '../signing-key.ts';
import { isNoKey, openKeyFile, type Passphrase } from './open-key-file.ts';
import { checkRealFolder, readPrivateFile } from './private-file.ts';

export type { Passphrase } from './open-key-file.ts';

/** The largest public key file that is read, in bytes. */
const MAX_PUBLIC_BYTES = 65_536;

/** The folder `keys/`: private and public key files, and the keys whose commit is not in the log yet. */
export class KeyFolder {
  readonly path: string;
  readonly #pendingFolder: string;
  readonly #disk: Durable;

  constructor(path: string, disk: Durable = new Durable()) {
    this.path = path;
    this.#pendingFolder = join(path, 'pending');
    this.#disk = disk;
  }

  /**
   * The key ids of all `<keyid>.pub.pem` that hold the key of their name; empty when the folder is not there.
   *
   * @throws StoreError KEY_PERMISSIONS when the folder is a link or no folder, STORE_UNREADABLE
   */
  publicKeyIds(): Set<KeyId> {
    return new Set(this.#keyIdsOf(this.path, '.pub.pem').filter((keyId) => this.publicKey(keyId) !== undefined));
  }

  /** The SPKI (DER) in `<keyId>.pub.pem`; undefined when the file is missing, no plain file, damaged, or holds another key. */
  publicKey(keyId: KeyId): Uint8Array | undefined {
    const path = this.#public(keyId);
    try {
      const text = withRegularFile(
        path,
        (fd, { size }) =>
          size > MAX_PUBLIC_BYTES ? '' : Buffer.from(readStart(fd, MAX_PUBLIC_BYTES)).toString('utf8'),
        () => '',
      );
      const spki = text === undefined ? undefined : parsePublicKeyPem(text);
      return spki !== undefined && keyIdOf(spki) === keyId ? spki : undefined;
    } catch (error) {
      if (isStoreError(error, 'ARGUMENT_INVALID')) return undefined;
      throw fileFault(error, path, 'read');
    }
  }

  /** The key ids of all `<keyId>.key.pem`, as their names say. @throws StoreError as `publicKeyIds` */
  privateKeyIds(): Set<KeyId> {
    return new Set(this.#keyIdsOf(this.path, '.key.pem'));
  }

  /** True when something is in the place of a key's private file (it may be locked, too open, or no file). */
  hasPrivate(keyId: KeyId): boolean {
    return look(this.#private(keyId)) !== undefined;
  }

  /** Reads a private key file below the folder, checked as before it is used. @throws StoreError as `loadPrivate` */
  readPrivate(name: string): Buffer {
    return readPrivateFile(join(this.path, name), this.#disk.shared);
  }

  /** True when the private file of a key needs a passphrase. @throws StoreError as `loadPrivate` */
  isEncrypted(keyId: KeyId): boolean {
    const file = readPrivateFile(this.#private(keyId), this.#disk.shared);
    try {
      return isEncryptedPem(file);
    } finally {
      file.fill(0);
    }
  }

  /**
   * Makes a fresh key, durable in `pending/` before this returns; encrypted where a passphrase is given.
   *
   * @throws StoreError as `Durable.writeFile`
   */
  async createPending(passphrase?: string): Promise<SigningKey> {
    return this.#addPending(newSeed(), passphrase);
  }

  /**
   * Takes a private key from elsewhere into `pending/`, as `createPending` does a fresh one.
   *
   * @param file a PKCS#8 PEM file, hostile until it opens
   * @param opens the passphrase of that file
   * @throws StoreError ARGUMENT_INVALID when it is no Ed25519 key or the passphrase does not open it, and as `createPending`
   */
  async importPending(file: Uint8Array, opens?: string, passphrase?: string): Promise<SigningKey> {
    const opened = await openPrivateKey(file, opens);
    if ('seed' in opened) return this.#addPending(opened.seed, passphrase);
    throw notImportable(opened.fault);
  }

  async #addPending(seed: Uint8Array, passphrase: string | undefined): Promise<SigningKey> {
    try {
      await this.#makeFolder();
      const key = await signingKeyOf(seed);
      await this.#writePrivate(this.#pending(key.keyId), seed, passphrase);
      return key;
    } finally {
      seed.fill(0);
    }
  }

  /** A folder that was made for us with the usual mode is closed before a key goes into it. A link is never followed. */
  async #makeFolder(): Promise<void> {
    const isNew = checkRealFolder(this.path) === undefined;
    checkRealFolder(this.#pendingFolder);
    await this.#disk.makeFolders(this.path);
    if (isNew) await ignoreInGit(this.path, this.#disk);
    await this.#disk.makeFolder(this.#pendingFolder);
    for (const folder of [this.path, this.#pendingFolder]) {
      checkRealFolder(folder);
      try {
        closeFolder(folder, this.#disk.shared);
      } catch (error) {
        throw fileFault(error, folder, 'close');
      }
    }
    this.sweep();
  }

  /** The key ids of the keys in `pending/`. */
  pendingKeyIds(): Set<KeyId> {
    return new Set(this.#keyIdsOf(this.#pendingFolder, '.key.pem'));
  }

  /** Takes a pending key away that this process made and that did not get into the log. */
  async dropPending(keyId: KeyId): Promise<void> {
    await this.#disk.remove(this.#pending(keyId));
  }

  /**
   * Puts a pending key whose commit is in the log in its place, the public file first; nothing to do when there is none.
   *
   * @param spki base64 of the DER, as the log's `add` entry has it: a pending file may need a passphrase
   */
  async publish(keyId: KeyId, spki: string): Promise<void> {
    if (look(this.#pending(keyId))?.isFile() !== true) return;
    await this.writePublic(keyId, Buffer.from(spki, 'base64'));
    await this.#disk.move(this.#pending(keyId), this.#private(keyId));
  }

  /** Writes `<keyId>.pub.pem`, readable by all. */
  async writePublic(keyId: KeyId, spki: Uint8Array): Promise<void> {
    await this.#disk.writeFile(this.path, this.#public(keyId), Buffer.from(publicKeyPem(spki)), 0o644);
  }

  /**
   * Loads a private key for signing; the passphrase is asked for only when the file is encrypted.
   *
   * @throws StoreError KEY_MISSING, KEY_PERMISSIONS, KEY_LOCKED, CORRUPT
   */
  async loadPrivate(keyId: KeyId, passphrase: Passphrase | undefined): Promise<SigningKey> {
    const { key, seed } = await this.#load(keyId, passphrase);
    seed.fill(0);
    return key;
  }

  /**
   * Writes a private file again in its place, encrypted with `wanted`, or plain when that is undefined. The file is there
   * whole all the time, as it was or as it is to be.
   *
   * @param passphrase opens the file as it is now
   * @throws StoreError as `loadPrivate` and `Durable.writeFile`; ARGUMENT_INVALID for an empty passphrase
   */
  async rewritePrivate(keyId: KeyId, passphrase: Passphrase | undefined, wanted: string | undefined): Promise<void> {
    const { seed } = await this.#load(keyId, passphrase);
    try {
      await this.#writePrivate(this.#private(keyId), seed, wanted);
    } finally {
      seed.fill(0);
    }
  }

  /**
   * Puts a file of a backup in its place, byte for byte, where there is none; of what is there already only a private file
   * that is no key is replaced, unless `replace` is set.
   *
   * @param name of the file below `keys/`, of a form that is written here
   * @returns false when the file that is there was kept, and differs
   * @throws StoreError as `Durable.writeFile`
   */
  async putBack(name: string, bytes: Uint8Array, replace: boolean): Promise<boolean> {
    await this.#makeFolder();
    const path = join(this.path, name);
    const isPrivate = name.endsWith('.key.pem');
    const there = readRegularFile(path, MAX_PUBLIC_BYTES);
    if (there !== undefined && Buffer.from(bytes).equals(there)) return true;
    if (there !== undefined && !replace && !(isPrivate && (await isNoKey(there)))) return false;
    await this.#disk.writeFile(dirname(path), path, bytes, isPrivate ? 0o600 : 0o644);
    return true;
  }

  /** Clears away what a process that died had staged here, once it is an hour old: it may hold a private key. */
  sweep(nowMs = Date.now()): void {
    for (const folder of [this.path, this.#pendingFolder])
      if (look(folder)?.isDirectory() === true) sweepUnfinished(folder, nowMs);
  }

  async #load(keyId: KeyId, passphrase: Passphrase | undefined): Promise<{ key: SigningKey; seed: Uint8Array }> {
    const path = this.#private(keyId);
    const file = readPrivateFile(path, this.#disk.shared);
    try {
      return await openKeyFile(file, { keyId, path, passphrase });
    } finally {
      file.fill(0);
    }
  }

  async #writePrivate(path: string, seed: Uint8Array, passphrase: string | undefined): Promise<void> {
    if (passphrase === '') {
      throw new StoreError('ARGUMENT_INVALID', 'the passphrase is empty', {
        hint: 'Give a passphrase of at least one character; the first line of the passphrase file is taken.',
      });
    }
    const pem = passphrase === undefined ? privateKeyPem(seed) : await encryptedPrivateKeyPem(seed, passphrase);
    try {
      await this.#disk.writeFile(dirname(path), path, pem, 0o600);
    } finally {
      pem.fill(0);
    }
  }

  #keyIdsOf(folder: string, ending: string): Hex[] {
    if (checkRealFolder(folder) === undefined) return [];
    try {
      return [...listNames(folder)].flatMap((name) => {
        const keyId = name.slice(0, -ending.length);
        return name.endsWith(ending) && isHexDigest(keyId) ? [keyId] : [];
      });
    } catch (error) {
      throw fileFault(error, folder, 'list');
    }
  }

  #public(keyId: KeyId): string {
    return join(this.path, `${keyId}.pub.pem`);
  }

  #private(keyId: KeyId): string {
    return join(this.path, `${keyId}.key.pem`);
  }

  #pending(keyId: KeyId): string {
    return join(this.#pendingFolder, `${keyId}.key.pem`);
  }
}
