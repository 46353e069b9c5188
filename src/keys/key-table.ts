import type { Role } from '../core/commit/statement.ts';
import type { KeyId } from '../core/digest.ts';

/** One key, as the key commits leave it. */
export interface KeyEntry {
  readonly keyId: KeyId;
  readonly label: string;
  readonly role: Role;
  readonly spki: string;
  readonly addedAt: number;
  readonly retiredAt: number | undefined;
  readonly revokedFrom: number | undefined;
  /** The commit that added it was itself voided: nothing it signed counts. */
  readonly voided: boolean;
}

/**
 * The keys in the order they were first added. A copy is cheap: it shares where each key stands, which is the same in all
 * tables that follow from each other. Copies that went different ways may find another key there, and search then.
 */
export class KeyTable {
  readonly #entries: KeyEntry[];
  readonly #places: Map<KeyId, number>;
  /** For each entry, the newest key commit that it signed. */
  readonly #signedAt: number[];
  /** The same for keys that were not added: no reader takes their commits. */
  readonly #strangers: Map<KeyId, number>;

  private constructor(
    entries: KeyEntry[],
    places: Map<KeyId, number>,
    signedAt: number[],
    strangers: Map<KeyId, number>,
  ) {
    this.#entries = entries;
    this.#places = places;
    this.#signedAt = signedAt;
    this.#strangers = strangers;
  }

  /** Returns a table without keys. */
  static empty(): KeyTable {
    return new KeyTable([], new Map(), [], new Map());
  }

  /** Returns a table that can be changed without this one. */
  copy(): KeyTable {
    const places = this.#entries.length === 0 ? new Map<KeyId, number>() : this.#places;
    return new KeyTable([...this.#entries], places, [...this.#signedAt], new Map(this.#strangers));
  }

  /** The entries, in order. */
  get entries(): readonly KeyEntry[] {
    return this.#entries;
  }

  /** Returns the entry of a key; undefined when it was never added. */
  get(keyId: KeyId): KeyEntry | undefined {
    const at = this.#placeOf(keyId);
    return at === -1 ? undefined : this.#entries[at];
  }

  /** Adds the entry at the end, or puts it in the place of the one of the same key. */
  set(entry: KeyEntry): void {
    const at = this.#placeOf(entry.keyId);
    if (at !== -1) {
      this.#entries[at] = entry;
      return;
    }
    this.#places.set(entry.keyId, this.#entries.length);
    this.#entries.push(entry);
    this.#signedAt.push(this.#strangers.get(entry.keyId) ?? -1);
  }

  /** Notes that a key signed a commit, which must be newer than all before. */
  sign(keyId: KeyId, index: number): void {
    const at = this.#placeOf(keyId);
    if (at === -1) this.#strangers.set(keyId, index);
    else this.#signedAt[at] = index;
  }

  /** Returns the newest commit that a key signed; -1 when there is none. */
  signedAt(keyId: KeyId): number {
    const at = this.#placeOf(keyId);
    return (at === -1 ? this.#strangers.get(keyId) : this.#signedAt[at]) ?? -1;
  }

  #placeOf(keyId: KeyId): number {
    const place = this.#places.get(keyId);
    if (place === undefined || this.#entries[place]?.keyId === keyId) return place ?? -1;
    return this.#entries.findIndex((entry) => entry.keyId === keyId);
  }
}
