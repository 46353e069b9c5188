import type { KeyId } from '../../core/digest.ts';
import { isStoreError, type StoreError, toStoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import { checkWritable, probeFolder } from '../../disk/volume/writable-storage.ts';
import type { Engine } from '../../engine/port.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';
import type { LastVerificationFile } from '../../state/last-verification.ts';
import type { StateFolder } from '../../state/state-folder.ts';
import type { StoreIdentity, StoreState, StoreStatus, WriteProbe } from '../api/state.ts';
import type { Signers } from '../trust/signers.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';

/** Parts that the status is made of. */
export interface StatusParts {
  readonly engine: Engine;
  readonly view: LogView;
  readonly trust: Trust;
  readonly signers: Signers;
  readonly keys: KeyFolder;
  readonly state: StateFolder;
  readonly verifications: LastVerificationFile;
}

/** Says how the store is. */
export class Status implements StoreState {
  readonly #parts: StatusParts;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  notices(): readonly Notice[] {
    return this.#parts.trust.current().notices;
  }

  async probeWrites({ probe }: { readonly probe: boolean }): Promise<WriteProbe> {
    const { engine, state, keys } = this.#parts;
    const storage = engine.check({ probe }).then(({ message }) => message, toStoreError);
    const folder = (path: string): StoreError | undefined => {
      try {
        if (probe) probeFolder(path);
        else checkWritable(path);
        return undefined;
      } catch (error) {
        return toStoreError(error);
      }
    };
    return { storage: await storage, state: state.flaw() ?? folder(state.path), keys: folder(keys.path) };
  }

  identity(): StoreIdentity {
    const { engine, view } = this.#parts;
    const { head } = view;
    return {
      location: engine.location,
      store: head?.statement.store,
      head: head === undefined ? undefined : { index: head.index, commit: head.id },
    };
  }

  async status(): Promise<StoreStatus> {
    const { view, trust, keys, verifications } = this.#parts;
    await view.catchUp();
    trust.refresh();
    await trust.compare();
    const { head } = view;
    const missing = head === undefined && view.fault === undefined ? trust.missing() : undefined;
    if (missing !== undefined) throw missing;
    const identity = this.identity();
    const { store } = identity;
    const { pin } = trust;
    const signing = head === undefined ? {} : await this.#signing();
    return {
      ...identity,
      configs: head === undefined ? 0 : await view.ask((cache) => cache.countHeads('', false)),
      anchor: store === undefined ? 'none' : trust.anchor(store),
      pin: pin === undefined ? undefined : { index: pin.index, commit: pin.commit },
      signingKey: signing.keyId,
      keys: view.keyring.list().map((key) => ({ ...key, present: keys.hasPrivate(key.keyId) })),
      writable: trust.refusal() ?? signing.fault,
      notices: [...trust.current().notices, ...(await this.#engineNotices()), ...trust.pinNotices(), ...this.#cache()],
      verified: verifications.read(),
    };
  }

  async #signing(): Promise<{ keyId?: KeyId; fault?: StoreError }> {
    try {
      return { keyId: (await this.#parts.signers.key(false)).keyId };
    } catch (error) {
      if (isStoreError(error)) return { fault: error };
      throw error;
    }
  }

  /** An engine that cannot be written is said by `writable`, or by the first write. */
  async #engineNotices(): Promise<readonly Notice[]> {
    if (this.#parts.view.head === undefined) return [];
    try {
      return (await this.#parts.engine.check({ probe: false })).notices;
    } catch (error) {
      if (isStoreError(error)) return [];
      throw error;
    }
  }

  #cache(): Notice[] {
    const { warning } = this.#parts.view.versions.cache;
    return warning === undefined ? [] : [{ severity: 'warning', code: 'CACHE_IN_MEMORY', message: warning }];
  }
}
