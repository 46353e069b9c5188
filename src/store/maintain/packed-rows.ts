import { randomBytes } from 'node:crypto';

const ROWS_A_BLOCK = 1_024;

/** Rows of a fixed size, one after another in blocks of memory, by their number. */
export class PackedRows {
  readonly rowBytes: number;
  readonly #blocks: Buffer[] = [];
  #count = 0;

  constructor(rowBytes: number) {
    this.rowBytes = rowBytes;
  }

  get count(): number {
    return this.#count;
  }

  /** Makes room for one more row, with anything in it; returns its number. */
  add(): number {
    if (this.#count % ROWS_A_BLOCK === 0) this.#blocks.push(Buffer.allocUnsafeSlow(ROWS_A_BLOCK * this.rowBytes));
    return this.#count++;
  }

  /** Returns the block that holds a row; it begins there at `startOf`. */
  blockOf(row: number): Buffer {
    return this.#blocks[Math.floor(row / ROWS_A_BLOCK)] as Buffer;
  }

  startOf(row: number): number {
    return (row % ROWS_A_BLOCK) * this.rowBytes;
  }
}

/**
 * Finds the newest of the rows with the same key: some bytes of each row, in words of four. Hashed with secret factors, so
 * that no log can be made whose rows all fall into one place.
 */
export class RowIndex {
  readonly #rows: PackedRows;
  readonly #keyAt: number;
  readonly #factors: readonly number[];
  /** Row numbers plus one; 0 is free. Its length is a power of two. */
  #slots = new Uint32Array(1 << 12);
  #used = 0;

  constructor(rows: PackedRows, keyAt: number, keyBytes: number) {
    this.#rows = rows;
    this.#keyAt = keyAt;
    this.#factors = Array.from({ length: keyBytes / 4 }, () => randomBytes(4).readUInt32LE() | 1);
  }

  get(key: Buffer): number | undefined {
    return this.#rowIn(this.#find(key, 0));
  }

  /** Puts a row in the place of the one that has the same key; returns that. */
  put(row: number): number | undefined {
    if (this.#used > this.#slots.length * 0.75) this.#grow();
    const slot = this.#slotOf(row);
    const before = this.#rowIn(slot);
    this.#slots[slot] = row + 1;
    if (before === undefined) this.#used++;
    return before;
  }

  /** True when no newer row has the key of this one. */
  isNewest(row: number): boolean {
    return this.#rowIn(this.#slotOf(row)) === row;
  }

  #grow(): void {
    const taken = this.#slots.filter((slot) => slot !== 0);
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (const slot of taken) this.#slots[this.#slotOf(slot - 1)] = slot;
  }

  #rowIn(slot: number): number | undefined {
    const taken = this.#slots[slot] as number;
    return taken === 0 ? undefined : taken - 1;
  }

  #slotOf(row: number): number {
    return this.#find(this.#rows.blockOf(row), this.#rows.startOf(row) + this.#keyAt);
  }

  /** Returns the slot of the row with the key that stands in these bytes, or the free one where it belongs. */
  #find(bytes: Buffer, at: number): number {
    const { length: words } = this.#factors;
    let hash = 0;
    for (let i = 0; i < words; i++)
      hash = (hash + Math.imul(bytes.readUInt32LE(at + 4 * i), this.#factors[i] as number)) | 0;
    let slot = hash >>> (Math.clz32(this.#slots.length) + 1); // the high bits, which depend on all of the key
    for (;;) {
      const row = this.#rowIn(slot);
      if (row === undefined) return slot;
      const start = this.#rows.startOf(row) + this.#keyAt;
      if (bytes.compare(this.#rows.blockOf(row), start, start + 4 * words, at, at + 4 * words) === 0) return slot;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
  }
}
