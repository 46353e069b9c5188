import type { CommitId, StoreId } from '../../core/digest.ts';
import type { StoreError } from '../../core/errors.ts';
import { type Notice, noticeOf } from '../../core/notice.ts';
import type { Engine } from '../../engine/port.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';
import type { PinFile } from '../../state/pin.ts';
import type { AnchorState } from '../api/state.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import type { LogView } from '../view/log-view.ts';
import type { Witness } from '../view/witness.ts';
import { PinKeeper } from './pin-keeper.ts';
import {
  type Anchors,
  anchorState,
  missingStore,
  NOT_ANCHORED,
  noStore,
  objectionTo,
  type Seen,
  unreachable,
} from './trust-policy.ts';

/** Parts that trust is decided on. */
export interface TrustParts {
  readonly engine: Engine;
  readonly keys: KeyFolder;
  readonly pinFile: PinFile;
  /** CONFIG_STORE_ID. */
  readonly storeId: StoreId | undefined;
}

/** Applies the trust policy to the log as it is now, and keeps the pin. */
export class Trust implements Witness {
  readonly #parts: TrustParts;
  readonly #pins: PinKeeper;
  #view: LogView | undefined;
  #anchors: Anchors;
  /** The commit at the pin's index, as long as pin and log agree; asked again for another pin. */
  #atPin: { pin: Seen; commit: CommitId | undefined; next: number } | undefined;
  #pinWarning: string | undefined;

  constructor(parts: TrustParts) {
    this.#parts = parts;
    this.#pins = new PinKeeper(parts.pinFile, (warning) => {
      this.#pinWarning = warning;
    });
    this.#anchors = this.#read();
  }

  /** The log that is judged. */
  watch(view: LogView): void {
    this.#view = view;
  }

  /** Reads pin and key names again, from outside the storage volume. */
  refresh(): void {
    this.#anchors = this.#read();
    this.#atPin = undefined;
  }

  #read(): Anchors {
    const { keys, pinFile, storeId } = this.#parts;
    const read = pinFile.read();
    return { pin: read.pin, pinDamage: read.damaged, setting: storeId, publicKeys: keys.publicKeyIds() };
  }

  /** @inheritdoc */
  whose(store: StoreId): 'ours' | 'unknown' | 'foreign' {
    const state = this.anchor(store);
    return state === 'foreign' || state === 'none' ? (state === 'none' ? 'unknown' : state) : 'ours';
  }

  /** @inheritdoc */
  get seen(): Seen | undefined {
    return this.#anchors.pin;
  }

  get pin(): Anchors['pin'] {
    return this.#anchors.pin;
  }

  anchor(store: StoreId): AnchorState {
    const state = anchorState(store, this.#anchors);
    if (state !== 'none') return state;
    this.refresh(); // another process may have made the store, and its key, since this one looked
    return anchorState(store, this.#anchors);
  }

  /** Compares the log with the pin; called after commits were taken in, before it is judged. */
  async compare(): Promise<void> {
    const { pin } = this.#anchors;
    const view = this.#view;
    if (pin === undefined || view === undefined) return;
    if (this.#atPin?.pin === pin && (this.#atPin.commit === pin.commit || this.#atPin.next === view.next)) return;
    if (pin.index >= view.next) await view.catchUp(); // another process may have pinned a newer commit
    const commit = await view.withVersions((versions) => versions.commitId(pin.index));
    this.#atPin = { pin, commit, next: view.next };
  }

  /** Returns why the store may not be relied on, if anything. */
  objection(): StoreError | undefined {
    const head = this.#view?.head;
    if (head === undefined) return undefined;
    const { store } = head.statement;
    this.anchor(store);
    const { pin } = this.#anchors;
    const replaced = this.#view?.replaced;
    return objectionTo(
      {
        store,
        head: { index: head.index, commit: head.id },
        atPin: pin !== undefined && this.#atPin?.pin === pin ? this.#atPin.commit : pin?.commit,
        replaced: replaced && { index: replaced.index, commit: replaced.id },
      },
      this.#anchors,
    );
  }

  /** Returns what forbids writing, and whatever else relies on the store being ours and the newest. */
  refusal(): StoreError | undefined {
    return this.#parts.engine.halted ?? this.#view?.fault ?? this.objection();
  }

  /** `STORE_MISSING` when there is no log where there must be one. */
  missing(): StoreError | undefined {
    if (this.#view?.head !== undefined) return undefined;
    const { pin, pinDamage, setting, publicKeys } = this.#anchors;
    const expected = pin !== undefined || pinDamage !== undefined || setting !== undefined || publicKeys.size > 0;
    return expected ? missingStore(this.#parts.engine.location) : undefined;
  }

  /** `STORE_MISSING` where there is no log at all, for what makes no sense without one. */
  async absent(): Promise<StoreError | undefined> {
    const { engine } = this.#parts;
    if (this.#view?.head !== undefined || (await engine.log.beyond(-1, 1)).length > 0) return undefined;
    return this.missing() ?? noStore(engine.location);
  }

  /** Says whether reads are verified now, and what must be said with each. */
  current(): { trusted: boolean; notices: readonly Notice[] } {
    const head = this.#view?.head;
    const fault = this.#view?.fault;
    const objection = this.objection();
    const anchored = head === undefined || this.anchor(head.statement.store) !== 'none';
    const notices: Notice[] = [];
    const { away } = this.#parts.engine;
    if (away !== undefined) notices.push(unreachable(away));
    if (objection !== undefined) notices.push(noticeOf(objection));
    if (!anchored) notices.push(NOT_ANCHORED);
    if (fault !== undefined) notices.push(noticeOf(fault));
    const trusted = objection === undefined && anchored;
    if (trusted && head !== undefined) this.#pins.note(head);
    return { trusted, notices };
  }

  /** Returns notices about the pin itself, for the status. */
  pinNotices(): Notice[] {
    return this.#pinWarning === undefined
      ? []
      : [{ severity: 'warning', code: 'PIN_NOT_WRITTEN', message: this.#pinWarning }];
  }

  /** Notes a commit that is durable: the pin follows. A foreign, unanchored or rolled-back store is never pinned. */
  note(record: CommitRecord): void {
    if (this.objection() !== undefined || this.anchor(record.statement.store) === 'none') return;
    this.#pins.note(record);
  }

  /** Sets the pin to a commit whatever it says now: only when a person decided. */
  async repin(head: CommitRecord): Promise<void> {
    await this.#pins.flush();
    await this.#parts.pinFile.replace({ store: head.statement.store, index: head.index, commit: head.id });
    this.refresh();
  }

  /** Writes what was noted. */
  flush(): Promise<void> {
    return this.#pins.flush();
  }
}
