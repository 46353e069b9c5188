import { createHash, timingSafeEqual } from 'node:crypto';
import { type Hex, isHexDigest } from '../digest.ts';
import { StoreError } from '../errors.ts';
import { isConfigName } from '../name.ts';

/** The kinds of use a token can allow; `write` includes `read`. */
export const TOKEN_SCOPES = ['read', 'write', 'metrics'] as const;

/** One kind of use. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A token as it is kept: everything but the secret. */
export interface AccessToken {
  /** Whose it is; the author of what is changed with it. */
  readonly name: string;
  readonly scopes: readonly TokenScope[];
  /** Beginning of the names of the configs it reaches, such as `team-a/`; all of them when absent. */
  readonly prefix?: string | undefined;
  /** SHA-256 of the secret. */
  readonly sha256: Hex;
  /** RFC 3339; absent where it was not made here. */
  readonly created?: string | undefined;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/;

/** Returns the scopes that a text lists, separated by commas. @throws StoreError ARGUMENT_INVALID */
export function parseScopes(text: string): readonly TokenScope[] {
  const words = text.split(',').map((word) => word.trim());
  const scopes = TOKEN_SCOPES.filter((scope) => words.includes(scope));
  const unknown = words.find((word) => !TOKEN_SCOPES.some((scope) => scope === word));
  if (unknown !== undefined)
    throw new StoreError('ARGUMENT_INVALID', `${JSON.stringify(unknown.slice(0, 40))} is not a scope`, {
      hint: `Give one or more of ${TOKEN_SCOPES.join(', ')}, separated by commas.`,
    });
  return scopes;
}

/** Returns the name itself. @throws StoreError ARGUMENT_INVALID */
export function checkTokenName(name: string): string {
  if (NAME.test(name)) return name;
  throw new StoreError('ARGUMENT_INVALID', 'the name of the token is not one', {
    hint: 'Use 1 to 40 of a-z, 0-9, ".", "_" and "-", beginning with a letter or digit, such as the name of the person or program.',
  });
}

/** Returns the prefix itself: a whole folder of names. @throws StoreError ARGUMENT_INVALID */
export function checkPrefix(prefix: string): string {
  if (prefix.endsWith('/') && isConfigName(prefix.slice(0, -1))) return prefix;
  const near = `${prefix.toLowerCase().replace(/\/+$/, '')}/`;
  throw new StoreError('ARGUMENT_INVALID', 'the prefix is not the beginning of config names that ends with "/"', {
    hint: isConfigName(near.slice(0, -1)) ? `Give it as "${near}".` : 'Give one such as "team-a/".',
  });
}

/** Returns true when a value has the form of a token as it is kept. */
export function isAccessToken(value: unknown): value is AccessToken {
  if (typeof value !== 'object' || value === null) return false;
  const { name, scopes, prefix, sha256, created } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    NAME.test(name) &&
    Array.isArray(scopes) &&
    scopes.length > 0 &&
    scopes.every((scope) => TOKEN_SCOPES.includes(scope)) &&
    (prefix === undefined ||
      (typeof prefix === 'string' && prefix.endsWith('/') && isConfigName(prefix.slice(0, -1)))) &&
    isHexDigest(sha256) &&
    (created === undefined || typeof created === 'string')
  );
}

/** Returns the token whose secret this is. Compares with every one of them, each in constant time. */
export function findToken(tokens: readonly AccessToken[], secret: string): AccessToken | undefined {
  const given = createHash('sha256').update(secret).digest();
  let found: AccessToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(given, Buffer.from(token.sha256, 'hex'))) found ??= token;
  }
  return found;
}
