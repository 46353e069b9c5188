import type { Author, Role } from '../../core/commit/statement.ts';
import type { Hex } from '../../core/digest.ts';
import type { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';

/** Files after the newest good commit that are not commits of this store. */
export interface BadTail {
  readonly first: number;
  readonly last: number;
  readonly fault: StoreError;
  /** The pin, where it names a commit that is among these or after them: it was good when it was last seen here. */
  readonly seen?: { readonly index: number; readonly commit: Hex };
}

/** What only the person may do, on the command line: each is one commit, signed by an owner. */
export interface Administration {
  /** The key files of this installation. */
  readonly keys: KeyFolder;
  /** A new owner key signs from now on; the one that signed until now is retired in the same commit. */
  rotate(request: { author: Author; label: string }): Promise<{ receipt: Receipt; keyId: Hex; retired: Hex }>;
  retire(request: { author: Author; keyId: Hex }): Promise<Receipt>;
  /** Voids what the key signed from an index on; by default everything after the commit that added it. */
  revoke(request: { author: Author; keyId: Hex; fromIndex?: number | undefined; reason: string }): Promise<Receipt>;
  /** Adds somebody's public key. @throws StoreError ARGUMENT_INVALID when it is not canonical or of small or mixed order */
  trust(request: {
    author: Author;
    spki: Uint8Array;
    label: string;
    role: Role;
  }): Promise<{ receipt: Receipt; keyId: Hex }>;
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
  }): Promise<{ receipt: Receipt | undefined; keyId: Hex }>;
  /** The decision, after `ROLLED_BACK`, to go on without the commits that were seen here. */
  accept(request: { author: Author; reason: string }): Promise<Receipt>;
  /** @throws StoreError CORRUPT when commit 0 itself is bad: only a backup mends that */
  badTail(): Promise<BadTail | undefined>;
  /** Moves a bad tail to quarantine/ and says so in a commit. */
  repair(request: { author: Author; tail: BadTail; reason: string }): Promise<Receipt>;
}
