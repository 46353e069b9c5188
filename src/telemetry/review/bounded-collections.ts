/**
 * Returns the entry of a key, made when it is new; once the map is full, what `overflow` names stands for every further
 * key.
 */
export function entryOf<Value>(
  map: Map<string, Value>,
  key: string,
  make: () => Value,
  limit: number,
  overflow: string,
): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const place = map.size < limit ? key : overflow;
  const value = map.get(place) ?? make();
  map.set(place, value);
  return value;
}

/** The items with the greatest rank, greatest first, of any number of items. */
export class Greatest<Item> {
  readonly #limit: number;
  readonly #rank: (item: Item) => number;
  readonly #items: Item[] = [];

  constructor(limit: number, rank: (item: Item) => number) {
    this.#limit = limit;
    this.#rank = rank;
  }

  /** True when an item of this rank would be kept. */
  takes(rank: number): boolean {
    const last = this.#items.at(-1);
    return this.#items.length < this.#limit || (last !== undefined && rank > this.#rank(last));
  }

  add(item: Item): void {
    const rank = this.#rank(item);
    if (!this.takes(rank)) return;
    let place = 0;
    for (let end = this.#items.length; place < end; ) {
      const middle = (place + end) >> 1;
      if (this.#rank(this.#items[middle] as Item) >= rank) place = middle + 1;
      else end = middle;
    }
    this.#items.splice(place, 0, item);
    if (this.#items.length > this.#limit) this.#items.pop();
  }

  items(): readonly Item[] {
    return this.#items;
  }
}

/** The last items of any number of items, in the order they came. */
export class Last<Item> {
  readonly #limit: number;
  #items: Item[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: Item): void {
    this.#items.push(item);
    // Cut seldom, so that adding stays cheap.
    if (this.#items.length > this.#limit * 2 + 64) this.#items = this.items().slice();
  }

  items(): Item[] {
    return this.#limit === 0 ? [] : this.#items.slice(-this.#limit);
  }
}
