import type { Finding, VerifyDepth, VerifyRequest } from '../store/api.ts';
import type { Context } from './context.ts';

/** What to check, and how deep. */
export interface VerifyStoreRequest extends VerifyRequest {
  /** `bytes` (every artifact too) by default. */
  readonly depth?: VerifyDepth | undefined;
}

/** What was found; nothing was changed. */
export interface VerifyStoreResult {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly ok: boolean;
  readonly checked: { readonly commits: number; readonly artifacts: number; readonly bytes: number };
  readonly findings: readonly Finding[];
  /** How many findings were left out of `findings`. */
  readonly findingsOmitted?: number | undefined;
  readonly seconds: number;
}

/** The whole store, or one config: structure, signatures, bytes. @throws StoreError CANCELLED, NOT_FOUND, ARGUMENT_INVALID */
export async function verifyStore(ctx: Context, request: VerifyStoreRequest): Promise<VerifyStoreResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
