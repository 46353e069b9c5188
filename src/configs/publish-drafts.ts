import type { Receipt } from '../store/api.ts';
import type { Context } from './context.ts';
import type { StructuralChange } from './structural-change.ts';

/** Which drafts; all by default. */
export interface PublishDraftsRequest {
  readonly names?: readonly string[] | undefined;
  /** What the drafts must hold, as it was reviewed: digests `sha256:<hex>`. */
  readonly expected?: ReadonlyArray<{ readonly name: string; readonly digest: string }> | undefined;
  readonly message?: string | undefined;
}

/** One draft that became a version. */
export interface PublishedConfig {
  readonly name: string;
  readonly version: number;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** False when the draft equalled the head. */
  readonly created: boolean;
  readonly changes: readonly StructuralChange[];
  readonly changesOmitted?: number | undefined;
}

/** What was published, in one commit. */
export interface PublishDraftsResult {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly published: readonly PublishedConfig[];
  /** Without name, version and digest: it is of the whole commit. */
  readonly receipt: Receipt;
}

/** Commits drafts as one commit, all or none. @throws StoreError NOT_FOUND (no draft), VERSION_CONFLICT (head or draft moved), and what a put throws */
export async function publishDrafts(ctx: Context, request: PublishDraftsRequest): Promise<PublishDraftsResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
