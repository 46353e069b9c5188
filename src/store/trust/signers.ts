import type { Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { KeyFolder, Passphrase } from '../../keys/folder/key-files.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import type { LogView } from '../view/log-view.ts';

/** Finds and loads the key that signs: what the log allows, and what is here. */
export class Signers {
  readonly #view: LogView;
  readonly #keys: KeyFolder;
  readonly #setting: Hex | undefined;
  readonly #passphrase: Passphrase | undefined;
  #loaded: { keyring: Keyring; needsOwner: boolean; key: SigningKey } | undefined;

  constructor(parts: { view: LogView; keys: KeyFolder; setting: Hex | undefined; passphrase: Passphrase | undefined }) {
    this.#view = parts.view;
    this.#keys = parts.keys;
    this.#setting = parts.setting;
    this.#passphrase = parts.passphrase;
  }

  /**
   * The key that signs: the setting's, else the newest added key in force whose private file is here.
   *
   * @throws StoreError KEY_MISSING, KEY_LOCKED, KEY_PERMISSIONS
   */
  async key(needsOwner: boolean): Promise<SigningKey> {
    const { keyring } = this.#view;
    if (this.#loaded?.keyring === keyring && this.#loaded.needsOwner === needsOwner) return this.#loaded.key;
    await this.publishPending();
    const mine = keyring
      .inForce()
      .filter(({ keyId, role }) => (this.#setting ?? keyId) === keyId && (!needsOwner || role === 'owner'))
      .filter(({ keyId }) => this.#keys.hasPrivate(keyId))
      .at(-1);
    if (mine === undefined) throw this.#missing(needsOwner);
    const key = await this.#keys.loadPrivate(mine.keyId, this.#passphrase);
    this.#loaded = { keyring, needsOwner, key };
    return key;
  }

  /** Finishes a genesis or rotation that was cut: a pending key that the log names gets its place. */
  async publishPending(): Promise<void> {
    for (const { keyId, spki } of this.#view.keyring.inForce()) await this.#keys.publish(keyId, spki);
  }

  #missing(needsOwner: boolean): StoreError {
    const message =
      this.#setting === undefined
        ? `no private key in keys/ may sign${needsOwner ? ' key changes' : ''} in this store`
        : `the key ${this.#setting.slice(0, 16)}… that is set to sign is not here, or not in force`;
    return new StoreError('KEY_MISSING', message, {
      hint: 'Bring the key file back from a backup, mount the keys volume, or add a key with an owner key elsewhere.',
      advice: this.#setting === undefined ? [{ do: 'list-keys' }] : [{ do: 'set', setting: 'CONFIG_STORE_KEY' }],
    });
  }
}
