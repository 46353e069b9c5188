import { basename, join } from 'node:path';
import type { Author, KeyChange, Role } from '../../core/commit/statement.ts';
import { type Hex, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { Receipt } from '../../core/receipt.ts';
import type { Durable } from '../../disk/durable.ts';
import { commitPath, type StorageLayout } from '../../engine/files/layout.ts';
import { admitPublicKey, keyIdOf } from '../../keys/ed25519.ts';
import type { KeyFolder } from '../../keys/folder/key-files.ts';
import type { SigningKey } from '../../keys/signing-key.ts';
import type { StoreKeys } from '../api/keys.ts';
import type { BadTail } from '../api/maintenance.ts';
import type { CheckTexts } from '../api/signed-text.ts';
import type { Signers } from '../trust/signers.ts';
import type { Standing } from '../trust/standing.ts';
import type { LogView } from '../view/log-view.ts';
import type { Committer } from '../write/committer.ts';

/** What administration works with. */
export interface AdministrationParts {
  readonly layout: StorageLayout;
  readonly disk: Durable;
  readonly keys: KeyFolder;
  readonly view: LogView;
  readonly standing: Standing;
  readonly signers: Signers;
  readonly committer: Committer;
  readonly newKeyPassphrase: (() => Promise<string | undefined>) | undefined;
  /** Asked before keys are made or files are moved for a commit: the commit itself asks too. */
  readonly checkTexts: CheckTexts;
}

/** What only a person may do, on the command line: each is one commit signed by an owner. */
export class FileAdministration implements StoreKeys {
  readonly files: KeyFolder;
  readonly #parts: AdministrationParts;

  constructor(parts: AdministrationParts) {
    this.#parts = parts;
    this.files = parts.keys;
  }

  async rotate({
    author,
    label,
  }: {
    author: Author;
    label: string;
  }): Promise<{ receipt: Receipt; keyId: Hex; retired: Hex }> {
    const { standing, signers, newKeyPassphrase, checkTexts } = this.#parts;
    await checkTexts([{ field: 'label', text: label }]);
    await standing.prepare({ author });
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

  retire({ author, keyId }: { author: Author; keyId: Hex }): Promise<Receipt> {
    return this.#change(author, [{ action: 'retire', keyId }], `retire key ${keyId.slice(0, 16)}`);
  }

  async revoke(request: {
    author: Author;
    keyId: Hex;
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
  }): Promise<{ receipt: Receipt; keyId: Hex }> {
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
  }): Promise<{ receipt: Receipt | undefined; keyId: Hex }> {
    const { author, file, opens, label, role } = request;
    const { view, standing, newKeyPassphrase, checkTexts } = this.#parts;
    await checkTexts([{ field: 'label', text: label }]);
    await standing.prepare({ author });
    const key = await this.files.importPending(file, opens, await newKeyPassphrase?.());
    if ((await standing.status()).anchor === 'none' && key.keyId !== view.keyring.store) {
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

  async accept({ author, reason }: { author: Author; reason: string }): Promise<Receipt> {
    const { standing, checkTexts } = this.#parts;
    await checkTexts([{ field: 'reason', text: reason }]);
    const pin = standing.pin;
    const rolledBack = (await standing.status()).writable?.code === 'ROLLED_BACK';
    if (pin === undefined || !rolledBack) {
      throw new StoreError(
        'ARGUMENT_INVALID',
        'there is nothing to accept: the store is not behind what was seen here',
        { hint: 'Run "config-store status" to see how the store stands.' },
      );
    }
    const receipt = await this.#change(
      author,
      [{ action: 'accept', index: pin.index, commit: pin.commit, reason }],
      'accept the store as it is',
    );
    await standing.repin();
    return receipt;
  }

  async badTail(): Promise<BadTail | undefined> {
    const { view, standing } = this.#parts;
    await view.absorb();
    const fault = view.fault;
    const first = (view.head?.index ?? -1) + 1;
    const last = view.log.lastIndex();
    if (fault === undefined || last < first) return undefined;
    if (first === 0) throw fault; // nothing of the store would be left to sign on
    const { pin } = standing;
    return { first, last, fault, ...(pin !== undefined && pin.index >= first && { seen: pin }) };
  }

  async repair({ author, tail, reason }: { author: Author; tail: BadTail; reason: string }): Promise<Receipt> {
    const { view, layout, disk, standing, signers, checkTexts } = this.#parts;
    await checkTexts([{ field: 'reason', text: reason }]);
    const { seen } = tail;
    const objection = standing.objection();
    if (objection !== undefined && !(objection.code === 'ROLLED_BACK' && seen !== undefined)) throw objection;
    await signers.key(true); // nothing is moved where nothing can say so
    const bytes = view.log.readSync(tail.first);
    await disk.makeFolder(layout.quarantine);
    for (let index = tail.last; index >= tail.first; index--) {
      const path = join(layout.log, commitPath(index));
      await disk.move(path, join(layout.quarantine, `${Date.now()}-${basename(path)}`));
    }
    await view.reopen();
    const commit = sha256Hex(bytes ?? '');
    const accepted = [{ index: tail.first, commit }, ...(seen === undefined || seen.commit === commit ? [] : [seen])];
    const receipt = await this.#change(
      author,
      accepted.map((one) => ({ action: 'accept', index: one.index, commit: one.commit, reason })),
      'repair: move a bad tail to quarantine',
    );
    if (seen !== undefined) await standing.repin();
    return receipt;
  }

  async #change(author: Author, keys: readonly KeyChange[], message: string): Promise<Receipt> {
    const { receipt } = await this.#parts.committer.commit({ changes: [], keys, message, author });
    return receipt;
  }

  /** Commits a change that adds a pending key; the key gets its place, or is taken away again when there was no commit. */
  async #withPending(key: SigningKey, author: Author, keys: readonly KeyChange[], message: string): Promise<Receipt> {
    let receipt: Receipt;
    try {
      receipt = await this.#change(author, keys, message);
    } catch (error) {
      const { view } = this.#parts;
      await view.absorb();
      if (view.keyring.publicKey(key.keyId) === undefined) await this.files.dropPending(key.keyId);
      throw error;
    }
    await this.files.publish(key.keyId, key.spki);
    return receipt;
  }

  async publicKeyPem(keyId: Hex): Promise<string> {
    const { view } = this.#parts;
    await view.absorb();
    const pem = view.keyring.publicKeyPem(keyId);
    if (pem !== undefined) return pem;
    throw unknownKey(keyId);
  }

  async probeSigning(): Promise<Hex> {
    const key = await this.#parts.signers.key(false);
    const probe = Buffer.from('config-store signing probe');
    await key.check(probe, key.sign(probe));
    return key.keyId;
  }

  #addedAt(keyId: Hex): number {
    const key = this.#parts.view.keyring.list().find((one) => one.keyId === keyId);
    if (key !== undefined) return key.addedAt;
    throw unknownKey(keyId);
  }
}

function unknownKey(keyId: Hex): StoreError {
  return new StoreError('NOT_FOUND', `key ${keyId.slice(0, 16)}… is not in this store's keyring`, {
    hint: '"config-store keys list" shows the keys.',
  });
}

function notAnchored(): StoreError {
  return new StoreError(
    'STORE_FOREIGN',
    'keys/ is empty and CONFIG_STORE_ID is not set, so nothing here says that this store is yours',
    {
      hint: 'Nothing was changed. Set CONFIG_STORE_ID to the store id that its owner gave you ("config-store status" there shows it), and import again.',
    },
  );
}

function added({ keyId, spki }: SigningKey, label: string, role: Role): KeyChange {
  return { action: 'add', keyId, label, role, spki };
}
