import { createHash } from 'node:crypto';

declare const kind: unique symbol;
/** Text of one kind: another kind is not assignable to it, text that was just computed or read is. */
type Of<Kind extends string> = string & { readonly [kind]?: Kind };

/** Lower-case hex SHA-256, 64 characters, without the `sha256:` prefix; what it is the hash of is not said. */
export type Hex = string;
/** SHA-256 of an artifact's bytes, as `Hex`. */
export type Digest = Of<'digest'>;
/** SHA-256 of a commit's envelope, as `Hex`. */
export type CommitId = Of<'commit'>;
/** SHA-256 of a public key's SPKI DER, as `Hex`. */
export type KeyId = Of<'key' | 'store'>;
/** The id of a store's first key, as `Hex`: a key id too, but not every key id is one. */
export type StoreId = Of<'store'>;

/** Returns the SHA-256 of exactly these bytes, as 64 lower-case hex characters (FIPS 180-4). */
export function sha256Hex(bytes: Uint8Array | string): Hex {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Returns the address people see: `sha256:<64 hex>`. */
export function formatDigest(hex: Hex): string {
  return `sha256:${hex}`;
}

/** Returns true for 64 lower-case hex characters. */
export function isHexDigest(text: unknown): text is Hex {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

/**
 * Returns the hex part of a digest or of a prefix of one, as people type it or copy it from where it is shown in short
 * (`sha256:0123456789ab…`): `sha256:` and the dots may be left out, upper case is folded. `undefined` when it is not hex, or shorter than 8 or longer than 64 characters.
 */
export function parseDigestPrefix(text: string): Hex | undefined {
  const hex = text
    .trim()
    .replace(/^sha256:/i, '')
    .replace(/(?:…|\.{3})$/, '')
    .toLowerCase();
  return /^[0-9a-f]{8,64}$/.test(hex) ? hex : undefined;
}
