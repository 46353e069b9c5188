import { createHash } from 'node:crypto';

/** Lower-case hex SHA-256, 64 characters, without the `sha256:` prefix. */
export type Hex = string;

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
