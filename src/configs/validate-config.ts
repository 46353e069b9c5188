import type { Context } from './context.ts';

/** What to check: a config's head, a version, its draft, or given content (`content`, `json` or `bytes`). */
export interface ValidateConfigRequest {
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  readonly draft?: boolean | undefined;
  readonly content?: string | undefined;
  readonly json?: unknown;
  /** Raw bytes; the command line only. */
  readonly bytes?: Uint8Array | undefined;
  readonly mediaType?: string | undefined;
}

/** One finding of the policy; `path` is a JSON Pointer or a line, never a value. */
export interface ValidationFinding {
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** The policy's answer. */
export interface ValidateConfigResult {
  readonly summary: string;
  readonly next?: string | undefined;
  /** True when there are no errors. */
  readonly valid: boolean;
  readonly errors: readonly ValidationFinding[];
  readonly warnings: readonly ValidationFinding[];
}

/** What the policy says before anything is signed; changes nothing. @throws StoreError NOT_FOUND, ARGUMENT_INVALID, and what a read throws */
export async function validateConfig(ctx: Context, request: ValidateConfigRequest): Promise<ValidateConfigResult> {
  throw new Error(`not built yet: ${String(ctx)} ${String(request)}`);
}
