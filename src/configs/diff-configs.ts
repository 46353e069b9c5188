import type { Context } from './context.ts';
import type { StructuralChange } from './structural-change.ts';

/** The two sides: `from` of `name`, and one of version `to`, the draft, given content, or another config. */
export interface DiffConfigsRequest {
  readonly name: string;
  /** A version; the newest by default. */
  readonly from?: number | undefined;
  /** A version of `name`, or of `toName` where that is given; the newest by default. */
  readonly to?: number | undefined;
  readonly toName?: string | undefined;
  /** Compare with the draft of `name`. */
  readonly draft?: boolean | undefined;
  /** Compare with this text. */
  readonly content?: string | undefined;
  /** Compare with these bytes; the command line only. */
  readonly bytes?: Uint8Array | undefined;
}

/** What a side of a comparison was. */
export interface DiffSide {
  readonly name: string;
  readonly version?: number | undefined;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly mediaType: string;
}

/** The differences; exactly one of `changes`, `unified` and `binary` unless `equal`. */
export interface DiffConfigsResult {
  readonly summary: string;
  readonly next?: string | undefined;
  /** The bytes are the same. */
  readonly equal: boolean;
  readonly from: DiffSide;
  readonly to: DiffSide;
  /** Where both sides are JSON, YAML or TOML. Empty and not `equal`: only the spelling differs. */
  readonly changes?: readonly StructuralChange[] | undefined;
  /** How many changes were left out. */
  readonly changesOmitted?: number | undefined;
  /** Unified diff of lines, for other text. */
  readonly unified?: string | undefined;
  /** At least one side is not text. */
  readonly binary?: boolean | undefined;
}

/** Two versions, or a version against the draft, given content or another config. @throws StoreError NOT_FOUND, ARGUMENT_INVALID, and what a read throws */
export async function diffConfigs(ctx: Context, request: DiffConfigsRequest): Promise<DiffConfigsResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
