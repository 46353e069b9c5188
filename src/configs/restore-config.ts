import type { Context } from './context.ts';
import type { WriteResult } from './write-result.ts';

/** Which version becomes the newest again. */
export interface RestoreConfigRequest {
  readonly name: string;
  readonly version: number;
  readonly message?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/** What a restore did. */
export type RestoreConfigResult = WriteResult;

/** Makes an older version the newest, as a new version. @throws StoreError NOT_FOUND, PURGED, VERSION_CONFLICT, ARGUMENT_INVALID, and what a commit throws */
export async function restoreConfig(ctx: Context, request: RestoreConfigRequest): Promise<RestoreConfigResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
