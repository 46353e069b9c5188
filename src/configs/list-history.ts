import type { Author } from '../core/statement.ts';
import type { Verdict } from '../store/api.ts';
import type { Context } from './context.ts';

/** Which config's history. */
export interface ListHistoryRequest {
  readonly name: string;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Versions on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
}

/** One version: who, when, why, which key. */
export interface VersionSummary {
  readonly version: number;
  readonly action: 'put' | 'restore' | 'delete';
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly time: string;
  readonly message: string;
  readonly author: Author;
  readonly keyId: string;
  readonly index: number;
  readonly commit: string;
  /** With `restore`: the version that was brought back. */
  readonly restoredFrom?: number | undefined;
  readonly verified: Verdict;
}

/** One page of a history, newest first. */
export interface ListHistoryResult {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly name: string;
  readonly versions: readonly VersionSummary[];
  /** Versions on all pages. */
  readonly total: number;
  readonly nextCursor?: string | undefined;
}

/** A config's versions, newest first, each with its verdict. @throws StoreError NOT_FOUND, ARGUMENT_INVALID, NAME_INVALID */
export async function listHistory(ctx: Context, request: ListHistoryRequest): Promise<ListHistoryResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
