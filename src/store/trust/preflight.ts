import type { Author } from '../../core/commit/statement.ts';
import { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { LogRange } from '../../engine/port.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { finishCutPurges } from '../maintain/purge.ts';
import type { LogView } from '../view/log-view.ts';
import { type GenesisParts, makeStore } from '../write/genesis.ts';
import { commitReceipt } from '../write/receipt.ts';
import type { Signers } from './signers.ts';
import type { Trust } from './trust.ts';
import { missingStore } from './trust-policy.ts';

/** Parts that the way to a write is checked with. */
export interface PreflightParts extends GenesisParts {
  readonly view: LogView;
  readonly trust: Trust;
  readonly signers: Signers;
}

/** Steps before each attempt to write: the log as it is now, the store itself, and every reason not to write. */
export class Preflight {
  readonly #parts: PreflightParts;
  /** Set at the first write of this process. */
  #tidied = false;
  /** True while a person's decision to go on with a store that was rolled back is carried out. */
  #accepting = false;

  constructor(parts: PreflightParts) {
    this.#parts = parts;
  }

  /**
   * Takes in what others committed, makes the store where there is none, and throws what forbids writing.
   *
   * @param seen what was read of the log a moment ago; `assumed` where it is as it was known, or the commit will find out
   * @throws StoreError STORE_MISSING, STORE_FOREIGN, ROLLED_BACK, CORRUPT, STORE_NEWER, STATE_UNKNOWN, and what genesis throws
   */
  async pass(author: Author, seen?: LogRange | 'assumed'): Promise<void> {
    const { view, trust, engine } = this.#parts;
    if (engine.away !== undefined) await engine.reach(); // nothing is built on a log as it was before
    if (seen !== 'assumed') await view.catchUp('ours', undefined, seen);
    if (view.head === undefined) await this.#make({ author, fresh: false });
    await view.checkReplaced();
    if (view.head === undefined) throw missingStore(engine.location);
    await trust.compare();
    const refusal = trust.refusal();
    if (refusal !== undefined && !(this.#accepting && refusal.code === 'ROLLED_BACK')) {
      if (seen === 'assumed') return this.pass(author); // refused after a look at the log alone
      throw refusal;
    }
    await this.#tidy();
  }

  /** Runs a person's decision to go on with a store that was rolled back or rewritten. */
  async accepting<T>(work: () => Promise<T>): Promise<T> {
    this.#accepting = true;
    try {
      return await work();
    } finally {
      this.#accepting = false;
    }
  }

  /** Makes the store when there is none; says what there is. With `fresh` also next to keys or a pin of another. */
  async init(options: {
    author: Author;
    label?: string;
    fresh?: boolean;
  }): Promise<Receipt & { readonly made: boolean }> {
    // Also where the store is there and the label is not signed: the refusal must not depend on that.
    if (options.label !== undefined) await this.#parts.checkTexts([{ field: 'label', text: options.label }]);
    const made = await this.#make({ ...options, fresh: options.fresh ?? false });
    const { head } = this.#parts.view;
    if (head !== undefined) return { ...commitReceipt(head), made };
    throw new StoreError('INTERNAL', 'the store was made, but its first commit cannot be read', {
      hint: 'Nothing is known to be lost.',
      advice: [{ do: 'verify' }],
    });
  }

  async #make({
    author,
    fresh,
    label = 'first key',
  }: {
    author: Author;
    fresh: boolean;
    label?: string;
  }): Promise<boolean> {
    const { view, trust, signers, engine } = this.#parts;
    // In this order: a process that makes the store now publishes its key after its commit.
    trust.refresh();
    await view.catchUp();
    if (view.head !== undefined) {
      const finished = fresh && (await this.#finishFresh(view.head));
      trust.refresh();
      return finished;
    }
    if (view.fault !== undefined) throw view.fault;
    const missing = trust.missing();
    if (!fresh && missing !== undefined) throw missing;
    const made = await makeStore(this.#parts, author, label);
    trust.refresh();
    await view.catchUp('all'); // next to a pin of another store it is foreign until it is pinned
    const head = view.head as CommitRecord | undefined;
    if (head === undefined) throw view.fault ?? missingStore(engine.location);
    if (fresh) await trust.repin(head);
    await signers.publishPending();
    trust.refresh();
    trust.note(head);
    await trust.flush();
    trust.refresh();
    return made;
  }

  /**
   * Finishes a new store next to a key or pin of another that was cut right after its first commit: the pin still names the
   * other one. Only for a person who asks for the new store again, and only when its private key is here.
   */
  async #finishFresh(head: CommitRecord): Promise<boolean> {
    const { keys, trust } = this.#parts;
    const { store, keys: added } = head.statement;
    const [first] = added;
    if (head.index !== 0 || first?.action !== 'add') return false;
    if (!keys.pendingKeyIds().has(store) && !keys.hasPrivate(store)) return false;
    const wasCut = trust.pin?.store !== store || keys.pendingKeyIds().has(store);
    await keys.publish(store, first.spki);
    await trust.repin(head);
    return wasCut;
  }

  async #tidy(): Promise<void> {
    if (this.#tidied) return;
    this.#tidied = true;
    const { engine, view, keys, now } = this.#parts;
    await engine.tidy(now());
    keys.sweep(now().getTime());
    await finishCutPurges(view, engine);
  }
}
