import type { Role } from '../../core/commit/statement.ts';
import type { KeyId } from '../../core/digest.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Context } from '../shared/context.ts';

/** A private key from elsewhere. */
export interface ImportKeyRequest {
  /** A PKCS#8 PEM file; overwritten with zeros once it was read. */
  readonly file: Uint8Array;
  /** The passphrase of that file, where it has one. */
  readonly opens?: string | undefined;
  /** Signed into the history; `imported key` unless given. */
  readonly label?: string | undefined;
  /** `writer` unless given. */
  readonly role?: Role | undefined;
}

/** The key, whose file is here now. */
export interface ImportKeyResult {
  /** Absent when the store knew the key already and only its file was missing. */
  readonly receipt: Receipt | undefined;
  readonly keyId: KeyId;
  readonly label: string;
  readonly role: Role;
}

/** Adds a private key from elsewhere. @throws StoreError ARGUMENT_INVALID, STORE_FOREIGN, and what a commit throws */
export async function importKey(
  ctx: Context,
  { file, opens, label = 'imported key', role = 'writer' }: ImportKeyRequest,
): Promise<ImportKeyResult> {
  try {
    const store = await ctx.store();
    return { ...(await store.keys.importKey({ author: ctx.author(), file, opens, label, role })), label, role };
  } finally {
    file.fill(0);
  }
}
