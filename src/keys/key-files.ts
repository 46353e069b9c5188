import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type Hex, isHexDigest } from '../core/digest.ts';
import { Durable } from '../durable.ts';
import { StoreError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';
import { newSeed } from './ed25519.ts';
import { isEncryptedPem, parsePrivateKeyPem, privateKeyPem, publicKeyPem } from './pem.ts';
import { type SigningKey, signingKeyOf } from './signing-key.ts';

/** Asks for the passphrase of an encrypted key file; undefined where nobody can be asked. */
export type Passphrase = () => Promise<string | undefined>;

/** The folder `keys/`: private and public key files, and the keys whose commit is not in the log yet. */
export class KeyFolder {
  readonly path: string;
  readonly #disk: Durable;

  constructor(path: string, disk: Durable = new Durable()) {
    this.path = path;
    this.#disk = disk;
  }

  /** The key ids of all `<keyid>.pub.pem`; empty when the folder is not there. @throws StoreError STORE_UNREADABLE */
  publicKeyIds(): Set<Hex> {
    return new Set(
      this.#names(this.path).flatMap((name) =>
        name.endsWith('.pub.pem') && isHexDigest(name.slice(0, 64)) ? [name.slice(0, 64)] : [],
      ),
    );
  }

  /** True when the private file of a key is in place (it may still be locked or too open). */
  hasPrivate(keyid: Hex): boolean {
    return existsSync(this.#private(keyid));
  }

  /** Makes a fresh key, durable in `pending/` before this returns. @throws StoreError as `Durable.writeFile` */
  async createPending(): Promise<SigningKey> {
    await this.#disk.makeFolders(this.path);
    await this.#tighten();
    await this.#disk.makeFolder(join(this.path, 'pending'));
    const seed = newSeed();
    try {
      const key = await signingKeyOf(seed);
      await this.#disk.writeFile(this.path, this.#pending(key.keyid), Buffer.from(privateKeyPem(seed)), 0o600);
      return key;
    } finally {
      seed.fill(0);
    }
  }

  /** Takes a pending key away that this process made and that did not get into the log. */
  async dropPending(keyid: Hex): Promise<void> {
    await this.#disk.remove(this.#pending(keyid));
  }

  /** Puts a pending key whose commit is in the log in its place, the public file first; nothing to do when there is none. */
  async publish(keyid: Hex): Promise<void> {
    if (!existsSync(this.#pending(keyid))) return;
    const { spki } = await this.#load(this.#pending(keyid), keyid, undefined);
    await this.writePublic(keyid, Buffer.from(spki, 'base64'));
    await this.#disk.move(this.#pending(keyid), this.#private(keyid));
  }

  /** Writes `<keyid>.pub.pem`, readable by all. */
  async writePublic(keyid: Hex, spki: Uint8Array): Promise<void> {
    await this.#disk.writeFile(this.path, join(this.path, `${keyid}.pub.pem`), Buffer.from(publicKeyPem(spki)), 0o644);
  }

  /**
   * Loads a private key for signing; the passphrase is asked for only when the file is encrypted.
   *
   * @throws StoreError KEY_MISSING, KEY_PERMISSIONS, KEY_LOCKED, CORRUPT
   */
  async loadPrivate(keyid: Hex, passphrase: Passphrase | undefined): Promise<SigningKey> {
    return this.#load(this.#private(keyid), keyid, passphrase);
  }

  async #load(path: string, keyid: Hex, passphrase: Passphrase | undefined): Promise<SigningKey> {
    this.#checkModes(path, keyid);
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      throw fileFault(error, path, 'read');
    }
    const encrypted = isEncryptedPem(text);
    const given = encrypted && passphrase !== undefined ? await passphrase() : undefined;
    if (encrypted && given === undefined) {
      throw new StoreError('KEY_LOCKED', `the key ${keyid.slice(0, 16)}… is encrypted, and there is no passphrase`, {
        hint: 'Put the passphrase in a file and name it in CONFIG_STORE_KEY_PASSPHRASE_FILE, or run the command on a terminal. Reading and verifying work without it.',
      });
    }
    const seed = parsePrivateKeyPem(text, given);
    if (seed === undefined) {
      if (encrypted)
        throw new StoreError('KEY_LOCKED', `the passphrase does not open the key ${keyid.slice(0, 16)}…`, {
          hint: 'Check the file that CONFIG_STORE_KEY_PASSPHRASE_FILE names: its first line is the passphrase.',
        });
      throw new StoreError('CORRUPT', `${path} is not an Ed25519 private key in PKCS#8 form`, {
        hint: 'Bring the file back from a key backup.',
      });
    }
    try {
      const key = await signingKeyOf(seed);
      if (key.keyid !== keyid)
        throw new StoreError('CORRUPT', `${path} holds another key than its name says`, {
          hint: 'Bring the file back from a key backup.',
        });
      return key;
    } finally {
      seed.fill(0);
    }
  }

  /** A private key that others can read is no longer private: refused, with the command that mends the mode. */
  #checkModes(path: string, keyid: Hex): void {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined)
      throw new StoreError('KEY_MISSING', `there is no private key ${keyid.slice(0, 16)}… in ${this.path}`, {
        hint: 'Bring it back from a key backup.',
      });
    if (!stat.isFile())
      throw new StoreError('KEY_PERMISSIONS', `${path} is not a plain file`, {
        hint: 'Replace the link or folder by the key file itself.',
      });
    if (process.platform === 'win32') return; // modes mean nothing there
    if ((stat.mode & 0o077) !== 0) {
      throw new StoreError(
        'KEY_PERMISSIONS',
        `the key file ${path} can be read by others (mode ${(stat.mode & 0o777).toString(8)})`,
        { hint: `Mend it with: chmod 600 ${path}` },
      );
    }
    const folder = lstatSync(this.path);
    if ((folder.mode & (folder.gid === 0 ? 0o007 : 0o077)) !== 0) {
      throw new StoreError(
        'KEY_PERMISSIONS',
        `the folder ${this.path} is open to others (mode ${(folder.mode & 0o777).toString(8)})`,
        { hint: `Mend it with: chmod 700 ${this.path}` },
      );
    }
  }

  /** A folder somebody made for us with the usual mode is closed before the first key goes into it. */
  async #tighten(): Promise<void> {
    const stat = lstatSync(this.path);
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0 && stat.uid === process.getuid?.())
      await chmod(this.path, 0o700);
  }

  #names(folder: string): string[] {
    try {
      return readdirSync(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw fileFault(error, folder, 'list');
    }
  }

  #private(keyid: Hex): string {
    return join(this.path, `${keyid}.key.pem`);
  }

  #pending(keyid: Hex): string {
    return join(this.path, 'pending', `${keyid}.key.pem`);
  }
}
