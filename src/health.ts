import type { Context } from './configs/context.ts';

/** One criterion. */
export interface HealthCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  /** The command or step that mends it. */
  readonly hint?: string | undefined;
}

/** Whether the store can serve, write and sign. */
export interface HealthReport {
  readonly summary: string;
  readonly next?: string | undefined;
  readonly ok: boolean;
  /** This release's version. */
  readonly version: string;
  /** Store id; absent where there is no store yet. */
  readonly store?: string | undefined;
  readonly head?: { readonly index: number; readonly commit: string } | undefined;
  /** How many keys are in force. */
  readonly keys: number;
  readonly checks: readonly HealthCheck[];
}

/** What the checks need beside the context. */
export interface HealthOptions {
  readonly context: Pick<Context, 'store'>;
  readonly version: string;
}

/** Runs every check; never throws: what cannot be checked is a failed check. */
export async function checkHealth(options: HealthOptions): Promise<HealthReport> {
  throw new Error(`not built yet: ${options.version}`);
}
