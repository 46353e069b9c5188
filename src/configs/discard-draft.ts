import type { Context } from './context.ts';

/** Which draft. */
export interface DiscardDraftRequest {
  readonly name: string;
}

/** Whether there was one. */
export interface DiscardDraftResult {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly name: string;
  readonly discarded: boolean;
}

/** Drops a draft; that there is none is no error. @throws StoreError NAME_INVALID */
export async function discardDraft(ctx: Context, request: DiscardDraftRequest): Promise<DiscardDraftResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
