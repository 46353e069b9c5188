import type { Context } from './context.ts';

/** Which configs to list; sorted by name. */
export interface ListConfigsRequest {
  /** Only names that begin with this. */
  readonly prefix?: string | undefined;
  readonly includeDeleted?: boolean | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Configs on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
}

/** One config as its newest version has it. */
export interface ConfigSummary {
  readonly name: string;
  readonly version: number;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  readonly time: string;
  readonly message: string;
  readonly deleted: boolean;
  readonly hasDraft: boolean;
}

/** One page of configs. */
export interface ListConfigsResult {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly configs: readonly ConfigSummary[];
  /** Configs on all pages. */
  readonly total: number;
  readonly nextCursor?: string | undefined;
  /** On the first page: names that have a draft but no config yet. */
  readonly draftsOnly?: readonly string[] | undefined;
}

/** The configs of the store. @throws StoreError ARGUMENT_INVALID for a bad cursor or limit */
export async function listConfigs(ctx: Context, request: ListConfigsRequest): Promise<ListConfigsResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
