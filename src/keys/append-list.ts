/**
 * A list that is never changed, and whose successors share its memory: `append` takes constant time on the newest one, and
 * copies on any other.
 */
export class AppendList<T> {
  readonly length: number;
  readonly #items: T[];

  private constructor(items: T[], length: number) {
    this.#items = items;
    this.length = length;
  }

  /** Returns a list of these items, which the caller does not use any more. */
  static of<T>(items: T[]): AppendList<T> {
    return new AppendList(items, items.length);
  }

  /** Returns the list with one more item. */
  append(item: T): AppendList<T> {
    // The empty list is shared by lists that have nothing to do with each other.
    const isNewest = this.length > 0 && this.#items.length === this.length;
    const items = isNewest ? this.#items : this.toArray();
    items.push(item);
    return new AppendList(items, items.length);
  }

  /** Returns the item at a place, counted from the end where it is negative. */
  at(place: number): T | undefined {
    const index = place < 0 ? this.length + place : place;
    return index < 0 || index >= this.length ? undefined : this.#items[index];
  }

  /** Returns a copy. */
  toArray(): T[] {
    return this.#items.slice(0, this.length);
  }
}
