import type { Receipt } from '../store/api.ts';
import type { Context } from './context.ts';

/** Which config. */
export interface DeleteConfigRequest {
  readonly name: string;
  readonly message?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/** The tombstone. */
export interface DeleteConfigResult {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly name: string;
  /** The tombstone's version. */
  readonly version: number;
  readonly receipt: Receipt;
}

/** Marks a config as deleted; its history stays. @throws StoreError NOT_FOUND, VERSION_CONFLICT, and what a commit throws */
export async function deleteConfig(ctx: Context, request: DeleteConfigRequest): Promise<DeleteConfigResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
