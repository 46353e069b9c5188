import { isStoreError, StoreError, toStoreError } from '../../core/errors.ts';
import type { FileCommitLog } from '../../engine/files/commit-log.ts';
import { admitPublicKey } from '../../keys/ed25519.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Cache } from '../cache/cache.ts';
import type { KnownHeads } from '../view/known-heads.ts';
import { walkChain } from './chain-walk.ts';
import type { CommitRecord } from './commit-record.ts';

/** What is checked, as it is when the check begins. */
export interface CheckedView {
  readonly log: FileCommitLog;
  readonly heads: KnownHeads;
  readonly head: CommitRecord | undefined;
  readonly keyring: Keyring;
  absorb(): Promise<void>;
  rebuild(): Promise<void>;
  query<T>(ask: (cache: Cache) => T): Promise<T>;
}

/** The check of the whole chain that each process makes once, in the background, where it began from a cache. */
export class ChainCheck {
  readonly #view: CheckedView;
  readonly #onFault: (error: StoreError) => void;
  readonly #stop = new AbortController();
  #walking: Promise<void> | undefined;
  /** What is wrong with the chain: then nothing may be appended to it. */
  fault: StoreError | undefined;

  constructor(view: CheckedView, onFault: (error: StoreError) => void) {
    this.#view = view;
    this.#onFault = onFault;
  }

  /**
   * Walks the chain unless that was done; afterwards `freshness` is `log`. Never throws: what is wrong with the chain is in
   * `fault`, and a walk that could not be ended (a locked cache, say) is tried again when somebody asks.
   */
  walk(): Promise<void> {
    this.#walking ??= this.#walk().catch((error: unknown) => {
      const reason = toStoreError(error);
      if (isStoreError(reason, 'CORRUPT', 'SIGNATURE_INVALID', 'KEY_UNTRUSTED', 'STORE_FOREIGN')) this.fault = reason;
      else this.#walking = undefined;
      if (!this.#stop.signal.aborted) this.#onFault(reason);
    });
    return this.#walking;
  }

  /** Forgets what was found: the log is another. */
  reset(): void {
    this.#walking = undefined;
    this.fault = undefined;
  }

  /** Ends the walk. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#walking;
  }

  async #walk(): Promise<void> {
    const { head, keyring, heads, log } = this.#view;
    if (head === undefined) return;
    for (const spki of keyring.spkis()) await admitted(spki);
    if (heads.complete) return;
    const result = await walkChain((index) => log.readSync(index), head, keyring.indexes, this.#stop.signal);
    if (result === undefined || heads.complete) return;
    if (result.hidden !== undefined) return this.#view.rebuild(); // from commit 0, where nothing can be left out
    if (result.fault !== undefined) throw result.fault;
    heads.learn(result.newest);
    await this.#view.absorb();
    const { count } = heads;
    const cached = await this.#view.query((cache) => cache.countHeads('', true));
    if (cached !== count && count === heads.count) await this.#view.rebuild();
  }
}

async function admitted(spki: string): Promise<void> {
  try {
    await admitPublicKey(Buffer.from(spki, 'base64'));
  } catch (cause) {
    throw isStoreError(cause) ? unsound(cause) : cause;
  }
}

function unsound(cause: StoreError): StoreError {
  return new StoreError('KEY_UNTRUSTED', `the log adds a key that is not sound: ${cause.message}`, {
    hint: '"config-store verify" names the commit; nothing is written until the storage is restored from a backup.',
    cause,
  });
}
