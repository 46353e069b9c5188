import type { Author, Role } from '../../core/commit/statement.ts';
import type { KeyId } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';

export type KeyState = 'active' | 'retired' | 'revoked';

/** A public key the log introduced. */
export interface KeyInfo {
  readonly keyId: KeyId;
  readonly label: string;
  readonly role: 'owner' | 'writer';
  readonly state: KeyState;
  readonly addedAt: number;
  readonly retiredAt?: number;
  readonly revokedFrom?: number;
  /** Its private file is in `keys/` of this installation. */
  readonly present: boolean;
}

/** The keys of the store and of this installation. Each change of them is one commit, signed by an owner. */
export interface StoreKeys {
  /** The key files of this installation. */
  readonly files: KeyFolder;
  /** SPKI PEM of a key the log introduced. @throws StoreError NOT_FOUND */
  publicKeyPem(keyId: KeyId): Promise<string>;
  /** Signs bytes that nothing keeps with the key that would sign a commit, checks the signature, and names the key. @throws StoreError KEY_MISSING, KEY_LOCKED, KEY_PERMISSIONS */
  probeSigning(): Promise<KeyId>;
  /** A new owner key signs from now on; the one that signed until now is retired in the same commit. */
  rotate(request: { author: Author; label: string }): Promise<{ receipt: Receipt; keyId: KeyId; retired: KeyId }>;
  retire(request: { author: Author; keyId: KeyId }): Promise<Receipt>;
  /** Voids what the key signed from an index on; by default everything after the commit that added it. */
  revoke(request: { author: Author; keyId: KeyId; fromIndex?: number | undefined; reason: string }): Promise<Receipt>;
  /** Adds the public key of another installation. @throws StoreError ARGUMENT_INVALID when it is not canonical or of small or mixed order */
  trust(request: {
    author: Author;
    spki: Uint8Array;
    label: string;
    role: Role;
  }): Promise<{ receipt: Receipt; keyId: KeyId }>;
  /**
   * Adds a private key from elsewhere; without a receipt when the store knew it and only its file was missing.
   *
   * @throws StoreError STORE_FOREIGN where nothing says yet that the store is ours
   */
  importKey(request: {
    author: Author;
    /** A PKCS#8 PEM file, and the passphrase that opens it. */
    file: Uint8Array;
    opens?: string | undefined;
    label: string;
    role: Role;
  }): Promise<{ receipt: Receipt | undefined; keyId: KeyId }>;
}
