import type { Author, KeyChange } from '../../core/commit/statement.ts';
import type { Hex } from '../../core/digest.ts';
import { sha256Hex } from '../../core/digest.ts';
import { isStoreError, type StoreError } from '../../core/errors.ts';
import { type Notice, noticeOf } from '../../core/notice.ts';
import { look } from '../../disk/file-fault.ts';
import { lacksSharedMemory } from '../../disk/filesystem-type.ts';
import { sweepUnfinished } from '../../disk/sweep.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import type { Pin } from '../../keys/pin.ts';
import type { KeyInfo } from '../api/keys.ts';
import type { StoreStatus } from '../api/state.ts';
import type { CommitRequest } from '../api/writer.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { finishCutPurges } from '../maintain/purge.ts';
import type { LogView } from '../view/log-view.ts';
import { finishFreshStore, type GenesisParts, makeStore } from '../write/genesis.ts';
import { PinKeeper } from './pin-keeper.ts';
import type { Signers } from './signers.ts';
import {
  type Anchors,
  anchorState,
  foreignStore,
  missingStore,
  NETWORK_STORAGE,
  NOT_ANCHORED,
  rolledBack,
} from './trust-policy.ts';

/** What decides whether this installation may write: its keys, its pin, its settings. */
export interface StandingParts extends GenesisParts {
  readonly view: LogView;
  readonly objects: FileObjectStore;
  readonly storeId: Hex | undefined;
  readonly signers: Signers;
}

/** How long an agreement of log and pin is taken for granted, in milliseconds. */
const AGREED_MS = 1_000;

/** Where this installation stands to the store it opened: whose it is, how new it must be, and which key signs. */
export class Standing {
  readonly #parts: StandingParts;
  readonly #pins: PinKeeper;
  readonly #warnings = new Set<string>();
  #pin: Pin | undefined;
  /** Log and pin agreed while this was the head; asked again after a second, and for each new head. */
  #agreed: { pin: Pin; head: Hex; untilMs: number } | undefined;
  /** Set at the first write of this process. */
  #tidied = false;
  #publicKeys: ReadonlySet<Hex> = new Set();

  constructor(parts: StandingParts) {
    this.#parts = parts;
    this.#pins = new PinKeeper(parts.pinFile, (warning) => this.#warnings.add(warning));
    this.#look();
  }

  /** Reads pin and key names again, from outside the storage volume. */
  #look(): void {
    const { pin, warning } = this.#parts.pinFile.read();
    if (warning !== undefined) this.#warnings.add(warning);
    this.#pin = pin;
    this.#publicKeys = this.#parts.keys.publicKeyIds();
  }

  #anchors(): Anchors {
    return { pin: this.#pin, setting: this.#parts.storeId, publicKeys: this.#publicKeys };
  }

  /** What stands against trusting the store, if anything: it is foreign, or it is older than what was seen here. */
  objection(): StoreError | undefined {
    const { view } = this.#parts;
    const head = view.head;
    if (head === undefined) return undefined;
    const store = head.statement.store;
    // Nothing was known when this process looked: another may have made the store, and its key, since then.
    if (anchorState(store, this.#anchors()) === 'none') this.#look();
    if (anchorState(store, this.#anchors()) === 'foreign') return foreignStore(store, this.#anchors());
    const pin = this.#pin;
    if (pin === undefined || pin.store !== store || view.keyring.accepts(pin.index, pin.commit)) return undefined;
    const now = performance.now();
    if (this.#agreed?.pin === pin && this.#agreed.head === head.id && now < this.#agreed.untilMs) return undefined;
    // Asked of the disk, not of what this process has absorbed: another may have pinned a newer commit since.
    const there = this.#parts.log.readSync(pin.index);
    if (there === undefined || sha256Hex(there) !== pin.commit)
      return rolledBack(pin, { index: head.index, commit: head.id });
    this.#agreed = { pin, head: head.id, untilMs: now + AGREED_MS };
    return undefined;
  }

  /** Whether reads are verified now, and what must be said with each. */
  current(): { trusted: boolean; notices: readonly Notice[] } {
    const { view } = this.#parts;
    const objection = this.objection();
    const notices: Notice[] = [];
    if (objection !== undefined) notices.push(noticeOf(objection));
    const store = view.head?.statement.store;
    const anchored = store === undefined || anchorState(store, this.#anchors()) !== 'none';
    if (!anchored) notices.push(NOT_ANCHORED);
    if (view.fault !== undefined) notices.push(noticeOf(view.fault));
    const replaced = view.fault?.code === 'ROLLED_BACK';
    const trusted = objection === undefined && anchored && !replaced;
    // What others committed was seen here once the chain below it was walked, also where nothing is ever written.
    if (trusted && view.head !== undefined && view.freshness === 'log') this.#pins.note(view.head);
    return { trusted, notices };
  }

  /**
   * Called before each attempt to commit: absorbs, makes the store where there is none, and throws what forbids writing.
   *
   * @throws StoreError STORE_MISSING, STORE_FOREIGN, ROLLED_BACK, CORRUPT, and what genesis throws
   */
  async prepare({ author, keys = [] }: Pick<CommitRequest, 'author' | 'keys'>): Promise<void> {
    const { view } = this.#parts;
    await view.absorb();
    if (view.head === undefined) await this.make({ author, fresh: false });
    const head = view.head as CommitRecord;
    const there = this.#parts.log.readSync(head.index);
    if (there === undefined || sha256Hex(there) !== head.id) await this.#replaced(head);
    const reason = this.#refusal();
    if (reason !== undefined && !(reason.code === 'ROLLED_BACK' && this.#accepted(keys))) throw reason;
    if (!this.#tidied) {
      this.#tidied = true;
      const { layout, disk, keys: keyFolder, now } = this.#parts;
      // Empty folders are what a copy of the storage loses most easily.
      for (const folder of [layout.tmp, layout.drafts]) if (look(folder) === undefined) await disk.makeFolder(folder);
      for (const folder of [layout.tmp, keyFolder.path]) sweepUnfinished(folder, now().getTime());
      await finishCutPurges(view, this.#parts.objects);
    }
  }

  /** True when the commit to be is the person's decision to go on without the commit that the pin names. */
  #accepted(keys: readonly KeyChange[]): boolean {
    const pin = this.#pin;
    return keys.some((key) => key.action === 'accept' && key.index === pin?.index && key.commit === pin.commit);
  }

  /** What the pin says, for the person who decides after a rollback. */
  get pin(): Pin | undefined {
    return this.#pin;
  }

  /** Lowers the pin to the store's head: only after a commit that accepts it. */
  async repin(): Promise<void> {
    const head = this.#parts.view.head;
    if (head === undefined) return;
    await this.#parts.pinFile.replace({ store: head.statement.store, index: head.index, commit: head.id });
    this.#look();
  }

  /** The log under this process is another: what it saw is as good as a pin. */
  async #replaced(seen: CommitRecord): Promise<void> {
    const { view } = this.#parts;
    const pin = { store: seen.statement.store, index: seen.index, commit: seen.id };
    if (this.#pin === undefined || this.#pin.index < seen.index) this.#pin = pin;
    await view.reopen();
    if (view.head === undefined) throw missingStore(this.#parts.layout.root);
  }

  #refusal(): StoreError | undefined {
    const { view, disk } = this.#parts;
    return disk.halted ?? view.fault ?? this.objection();
  }

  /** Makes the store; with `fresh` also beside keys or a pin of another. */
  async make({
    author,
    fresh,
    label = 'first key',
  }: {
    author: Author;
    fresh: boolean;
    label?: string;
  }): Promise<void> {
    const { view } = this.#parts;
    // In this order: a process that makes the store now publishes its key after its commit.
    this.#look();
    await view.absorb();
    if (view.head !== undefined) {
      if (fresh) await finishFreshStore(this.#parts, view.head);
      return this.#look();
    }
    if (view.fault !== undefined) throw view.fault;
    const missing = this.missing();
    if (!fresh && missing !== undefined) throw missing;
    await makeStore(this.#parts, author, label);
    await view.absorb();
    const head = view.head as CommitRecord | undefined;
    if (head === undefined) throw view.fault ?? missingStore(this.#parts.layout.root);
    if (fresh) await this.#parts.pinFile.replace({ store: head.statement.store, index: head.index, commit: head.id });
    await this.#parts.signers.publishPending();
    this.note(head);
    await this.#pins.flush();
    this.#look();
  }

  /** Notes a commit that is durable: the pin follows. A foreign, unanchored or rolled-back store is never pinned. */
  note(record: CommitRecord): void {
    if (this.objection() !== undefined || anchorState(record.statement.store, this.#anchors()) === 'none') return;
    this.#pins.note(record);
  }

  /** `STORE_MISSING` when there is no log where there must be one; a read says so instead of "not found". */
  missing(): StoreError | undefined {
    if (this.#parts.view.head !== undefined) return undefined;
    const expected = this.#pin !== undefined || this.#parts.storeId !== undefined || this.#publicKeys.size > 0;
    return expected ? missingStore(this.#parts.layout.root) : undefined;
  }

  async status(): Promise<StoreStatus> {
    const { view, keys } = this.#parts;
    await view.absorb();
    this.#look();
    const head = view.head;
    const store = head?.statement.store;
    const refusal = this.#refusal();
    const missing = this.missing();
    const list: KeyInfo[] = view.keyring.list().map((key) => ({ ...key, present: keys.hasPrivate(key.keyId) }));
    let signing: Hex | undefined;
    let locked: StoreError | undefined;
    if (head !== undefined) {
      try {
        signing = (await this.#parts.signers.key(false)).keyId;
      } catch (error) {
        if (!isStoreError(error)) throw error;
        locked = error;
      }
    }
    return {
      store,
      head: head === undefined ? undefined : { index: head.index, commit: head.id },
      configs: head === undefined ? 0 : await view.query((cache) => cache.countHeads('', false)),
      anchor: store === undefined ? 'none' : anchorState(store, this.#anchors()),
      pin: this.#pin === undefined ? undefined : { index: this.#pin.index, commit: this.#pin.commit },
      freshness: view.freshness,
      signingKey: signing,
      keys: list,
      writable: refusal ?? missing ?? locked,
      notices: [
        ...this.current().notices,
        ...(head !== undefined && lacksSharedMemory(this.#parts.layout.root) ? [NETWORK_STORAGE] : []),
        ...[...this.#warnings].map((message): Notice => ({ severity: 'warning', code: 'PIN_NOT_WRITTEN', message })),
        ...(view.cacheWarning === undefined
          ? []
          : [{ severity: 'warning', code: 'CACHE_IN_MEMORY', message: view.cacheWarning } as const]),
      ],
    };
  }

  async close(): Promise<void> {
    await this.#pins.flush();
  }
}
