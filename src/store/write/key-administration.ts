import type { Author, KeyChange, Role } from '../../core/commit/statement.ts';
import type { KeyId } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import { admitPublicKey, keyIdOf } from '../../keys/ed25519.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import type { StoreKeys } from '../api/keys.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { Preflight } from '../trust/preflight.ts';
import type { Signers } from '../trust/signers.ts';
import type { Trust } from '../trust/trust.ts';
import type { LogView } from '../view/log-view.ts';
import type { Writer } from '../write/writer.ts';

/** Parts that keys are changed with. */
export interface KeyChangesParts {
  readonly keys: KeyFolder;
  readonly view: LogView;
  readonly trust: Trust;
  readonly preflight: Preflight;
  readonly signers: Signers;
  readonly writer: Writer;
  readonly newKeyPassphrase: (() => Promise<string | undefined>) | undefined;
  /** Asked before keys are made for a commit: the commit itself asks too. */
  readonly checkTexts: CheckTexts;
}

/** Changes the keys of the store: each change is one commit, signed by an owner. */
export class KeyAdministration implements StoreKeys {
  readonly files: KeyFolder;
  readonly #parts: KeyChangesParts;

  constructor(parts: KeyChangesParts) {
    this.#parts = parts;
    this.files = parts.keys;
  }

  async rotate({
    author,
    label,
  }: {
    author: Author;
    label: string;
  }): Promise<{ receipt: Receipt; keyId: KeyId; retired: KeyId }> {
    const { preflight, signers, newKeyPassphrase, checkTexts } = this.#parts;
    await checkTexts([{ field: 'label', text: label }]);
    await preflight.pass(author);
    const old = (await signers.key(true)).keyId;
    const key = await this.files.createPending(await newKeyPassphrase?.());
    const role = 'owner';
    const receipt = await this.#withPending(
      key,
      author,
      [added(key, label, role), { action: 'retire', keyId: old }],
      `rotate the key to ${label}`,
    );
    return { receipt, keyId: key.keyId, retired: old };
  }

  retire({ author, keyId }: { author: Author; keyId: KeyId }): Promise<Receipt> {
    return this.#change(author, [{ action: 'retire', keyId }], `retire key ${keyId.slice(0, 16)}`);
  }

  async revoke(request: {
    author: Author;
    keyId: KeyId;
    fromIndex?: number | undefined;
    reason: string;
  }): Promise<Receipt> {
    const { author, keyId, reason } = request;
    const fromIndex = request.fromIndex ?? this.#addedAt(keyId) + 1;
    return this.#change(author, [{ action: 'revoke', keyId, fromIndex, reason }], `revoke key ${keyId.slice(0, 16)}`);
  }

  async trust({
    author,
    spki,
    label,
    role,
  }: {
    author: Author;
    spki: Uint8Array;
    label: string;
    role: Role;
  }): Promise<{ receipt: Receipt; keyId: KeyId }> {
    await admitPublicKey(spki);
    const keyId = keyIdOf(spki);
    const entry: KeyChange = { action: 'add', keyId, label, role, spki: Buffer.from(spki).toString('base64') };
    const receipt = await this.#change(author, [entry], `trust key ${label}`);
    await this.files.writePublic(keyId, spki);
    return { receipt, keyId: keyId };
  }

  async importKey(request: {
    author: Author;
    file: Uint8Array;
    opens?: string | undefined;
    label: string;
    role: Role;
  }): Promise<{ receipt: Receipt | undefined; keyId: KeyId }> {
    const { author, file, opens, label, role } = request;
    const { view, trust, preflight, newKeyPassphrase, checkTexts } = this.#parts;
    await checkTexts([{ field: 'label', text: label }]);
    await preflight.pass(author);
    const key = await this.files.importPending(file, opens, await newKeyPassphrase?.());
    if (trust.whose(view.keyring.store ?? '') === 'unknown' && key.keyId !== view.keyring.store) {
      await this.files.dropPending(key.keyId);
      throw notAnchored();
    }
    if (view.keyring.publicKey(key.keyId) !== undefined) {
      await this.files.publish(key.keyId, key.spki); // known already: only its file was missing here
      return { receipt: undefined, keyId: key.keyId };
    }
    const receipt = await this.#withPending(key, author, [added(key, label, role)], `import key ${label}`);
    return { receipt, keyId: key.keyId };
  }

  async #change(author: Author, keys: readonly KeyChange[], message: string): Promise<Receipt> {
    const { receipt } = await this.#parts.writer.commit({ changes: [], keys, message, author });
    return receipt;
  }

  /** Commits a change that adds a pending key; the key gets its place, or is taken away again when there was no commit. */
  async #withPending(key: SigningKey, author: Author, keys: readonly KeyChange[], message: string): Promise<Receipt> {
    let receipt: Receipt;
    try {
      receipt = await this.#change(author, keys, message);
    } catch (error) {
      const { view } = this.#parts;
      await view.catchUp();
      if (view.keyring.publicKey(key.keyId) === undefined) await this.files.dropPending(key.keyId);
      throw error;
    }
    await this.files.publish(key.keyId, key.spki);
    return receipt;
  }

  async publicKeyPem(keyId: KeyId): Promise<string> {
    const { view } = this.#parts;
    await view.catchUp();
    const pem = view.keyring.publicKeyPem(keyId);
    if (pem !== undefined) return pem;
    throw unknownKey(keyId);
  }

  async probeSigning(): Promise<KeyId> {
    const key = await this.#parts.signers.key(false);
    key.probe(Buffer.from('config-store signing probe'));
    return key.keyId;
  }

  #addedAt(keyId: KeyId): number {
    const key = this.#parts.view.keyring.list().find((one) => one.keyId === keyId);
    if (key !== undefined) return key.addedAt;
    throw unknownKey(keyId);
  }
}

function unknownKey(keyId: KeyId): StoreError {
  return new StoreError('NOT_FOUND', `key ${keyId.slice(0, 16)}… is not in this store's keyring`, {
    hint: 'Name a key of this store.',
    advice: [{ do: 'list-keys' }],
  });
}

function notAnchored(): StoreError {
  return new StoreError(
    'STORE_FOREIGN',
    'keys/ is empty and no store id is set, so nothing here says that this store is yours',
    {
      hint: 'Nothing was changed. Set the store id that its owner gave you, as the status there shows it, and import again.',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_ID' }],
    },
  );
}

function added({ keyId, spki }: SigningKey, label: string, role: Role): KeyChange {
  return { action: 'add', keyId, label, role, spki };
}
