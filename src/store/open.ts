import type { Hex } from '../core/digest.ts';
import type { StoreError } from '../errors.ts';
import type { Receipt, Store } from './api.ts';

/** Where everything lives; each folder may be a volume of its own. Absolute paths. */
export interface StorePaths {
  readonly root: string;
  readonly storage: string;
  readonly keys: string;
  readonly telemetry: string;
}

/** Told what happens inside the store, after it happened; must not throw and must not block. */
export interface StoreObserver {
  committed?(receipt: Receipt, facts: { names: readonly string[]; versions: readonly number[]; bytes: number; durationMs: number }): void;
  busy?(facts: { attempts: number; waitedMs: number }): void;
  fault?(error: StoreError): void;
}

export interface OpenOptions {
  readonly paths: StorePaths;
  /** CONFIG_STORE_ID: the store id this installation accepts. */
  readonly storeId?: Hex | undefined;
  /** CONFIG_STORE_KEY: which key signs; the newest in force by default. */
  readonly signingKey?: Hex | undefined;
  /** The passphrase of encrypted key files, asked for at the first signature only. */
  readonly passphrase?: (() => Promise<string | undefined>) | undefined;
  readonly observer?: StoreObserver | undefined;
  /** The clock, for tests. */
  readonly now?: (() => Date) | undefined;
}

/**
 * Opens the store below `paths`. Creates and changes nothing; a store that does not exist yet opens as an empty one.
 *
 * @throws StoreError STORE_UNREADABLE, STORE_MISSING, STORE_NEWER, CORRUPT
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  throw new Error(`not built yet: ${options.paths.root}`);
}
