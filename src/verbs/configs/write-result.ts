import type { Guidance } from '../../core/advice.ts';
import type { Notice } from '../../core/notice.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { ReportedChange } from '../shared/content-changes.ts';

/** The result of put, patch and restore. */
export interface WriteResult {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  /** False when the content equals what was there: no new version, or draft revision. */
  readonly created: boolean;
  /** The config's newest version; absent for drafts. */
  readonly version?: number | undefined;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** The media type it has: as given, that of the version before, or as its name or form say. */
  readonly mediaType: string;
  /** Absent for drafts: they are not signed. */
  readonly receipt?: Receipt | undefined;
  /** With a draft: the revision saved, and the version it was begun on. */
  readonly draft?: { readonly revision: number; readonly baseVersion: number } | undefined;
  /** The changes since the former head (for drafts: the head). */
  readonly changes: readonly ReportedChange[];
  /** How many changes were left out of `changes`. */
  readonly changesOmitted?: number | undefined;
  /** Remarks of the policy on the MCP server entries that changed; the content was stored anyway. */
  readonly warnings?:
    | ReadonlyArray<{ readonly code: string; readonly path: string; readonly message: string }>
    | undefined;
  /** Losses against the version before, and doubts about the content. */
  readonly notices?: readonly Notice[] | undefined;
}
