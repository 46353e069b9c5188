import type { Receipt } from '../store/api.ts';
import type { Context } from './context.ts';

/** Which bytes: a name (newest), a name and version, a name's draft, or a digest. */
export interface GetConfigRequest {
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly draft?: boolean | undefined;
  /** `sha256:<hex>`, or a unique prefix of 8 or more hex characters. */
  readonly digest?: string | undefined;
  /** Where the window begins, in characters of `content` as it is returned; 0 by default. */
  readonly offset?: number | undefined;
  /** The longest window, in characters: 20,000 unless asked, at most 262,144. */
  readonly maxChars?: number | undefined;
}

/** One config, or a window of it. */
export interface GetConfigResult {
  readonly summary: string;
  /** How to get the rest, where `truncated`. */
  readonly next?: string | undefined;
  readonly name: string;
  /** Absent for drafts. */
  readonly version?: number | undefined;
  /** `sha256:<hex>` of all the bytes, not of the window. */
  readonly digest: string;
  readonly mediaType: string;
  /** `base64` when the bytes are not UTF-8; then offsets count base64 characters. */
  readonly encoding: 'utf-8' | 'base64';
  readonly content: string;
  readonly truncated: boolean;
  /** Where this window began. */
  readonly offset: number;
  /** Characters of the whole content. */
  readonly totalChars: number;
  /** Bytes of the whole content. */
  readonly size: number;
  /** False for drafts, and where the store cannot vouch for it: see `warnings`. */
  readonly verified: boolean;
  /** Absent for drafts. */
  readonly receipt?: Receipt | undefined;
  /** With drafts: the revision, and the version it was begun on. */
  readonly draft?: { readonly revision: number; readonly baseVersion: number } | undefined;
  readonly warnings?: readonly string[] | undefined;
}

/** One config, checked against digest, signature and chain. @throws StoreError NOT_FOUND, DIGEST_AMBIGUOUS, ARGUMENT_INVALID, and what a read throws */
export async function getConfig(ctx: Context, request: GetConfigRequest): Promise<GetConfigResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
