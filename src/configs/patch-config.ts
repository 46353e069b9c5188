import type { Context } from './context.ts';
import type { WriteResult } from './write-result.ts';

/** A merge patch for a JSON config. */
export interface PatchConfigRequest {
  readonly name: string;
  /** RFC 7386: members are merged, null removes, arrays are replaced whole. */
  readonly patch: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
  /** The version the patch was made for; the newest by default. */
  readonly expectedVersion?: number | undefined;
  /** Patch the draft (begun from the head where there is none) instead of committing. */
  readonly draft?: boolean | undefined;
}

/** What a patch did. */
export type PatchConfigResult = WriteResult;

/** A merge patch (RFC 7386) on the head or the draft; the result is stored as RFC 8785. @throws StoreError NOT_FOUND, CONTENT_INVALID, and what a put throws */
export async function patchConfig(ctx: Context, request: PatchConfigRequest): Promise<PatchConfigResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
