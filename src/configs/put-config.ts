import type { Context } from './context.ts';
import type { WriteResult } from './write-result.ts';

/** New content for a config: exactly one of `content`, `json` and `bytes`. */
export interface PutConfigRequest {
  readonly name: string;
  /** Text, stored byte for byte as UTF-8; with `encoding: 'base64'`, the bytes it spells. */
  readonly content?: string | undefined;
  /** An object or array, stored as RFC 8785 bytes. */
  readonly json?: unknown;
  /** Raw bytes; the command line only. */
  readonly bytes?: Uint8Array | undefined;
  readonly encoding?: 'utf-8' | 'base64' | undefined;
  readonly mediaType?: string | undefined;
  readonly message?: string | undefined;
  /** The version this change builds on; 0: there must be no live config. */
  readonly expectedVersion?: number | undefined;
  /** Save as the draft instead of committing. */
  readonly draft?: boolean | undefined;
}

/** What a put did. */
export type PutConfigResult = WriteResult;

/** A new version, or draft, of a config. @throws StoreError VERSION_CONFLICT, CONTENT_INVALID, CONTENT_TOO_LARGE, SECRET_FOUND, NAME_INVALID, ARGUMENT_INVALID, and what a commit throws */
export async function putConfig(ctx: Context, request: PutConfigRequest): Promise<PutConfigResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
