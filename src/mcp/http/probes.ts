import { isStoreError } from '../../core/errors.ts';
import type { Context } from '../../verbs/shared/context.ts';

/** How long a look at the store counts, in milliseconds: probes of several balancers cost one. */
const VALID_MS = 1_000;

/** Whether requests can be served, without a word about what is in the store. */
export interface Readiness {
  readonly ready: boolean;
  readonly writable?: boolean;
  /** The code of what stands against reading, or else writing. */
  readonly reason?: string;
}

/** Looks whether the store can be read and written; at most once a second. */
export class ReadinessProbe {
  readonly #store: Context['store'];
  readonly #readOnly: boolean;
  #last: { readonly atMs: number; readonly readiness: Promise<Readiness> } | undefined;

  constructor(store: Context['store'], readOnly: boolean) {
    this.#store = store;
    this.#readOnly = readOnly;
  }

  async look(): Promise<Readiness> {
    const nowMs = performance.now();
    if (this.#last === undefined || nowMs - this.#last.atMs > VALID_MS)
      this.#last = { atMs: nowMs, readiness: this.#look() };
    return this.#last.readiness;
  }

  async #look(): Promise<Readiness> {
    try {
      const { writable } = await (await this.#store()).state.status();
      if (writable !== undefined) return { ready: true, writable: false, reason: writable.code };
      return this.#readOnly ? { ready: true, writable: false, reason: 'READ_ONLY' } : { ready: true, writable: true };
    } catch (error) {
      return { ready: false, reason: isStoreError(error) ? error.code : 'INTERNAL' };
    }
  }
}
