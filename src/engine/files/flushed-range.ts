/**
 * Commits that this process knows to be durable: from one index to before another, as long as their folders are the same
 * and no process repaired the log.
 */
export class FlushedRange {
  #from = 0;
  #to = 0;
  /** Inode of the last commit's file: another one there is another commit. */
  #newest: number | undefined;
  #replaced = 0;

  /** The index after the last of them. */
  get to(): number {
    return this.#to;
  }

  /** Compares with what was read now, from `first` on, and lets go of what turns out to be another. */
  compare(first: number, inodes: readonly (number | undefined)[], ended: boolean): void {
    const next = first + inodes.length;
    if (ended && next < this.#to) this.forget(next);
    else if (first < this.#to && this.#to <= next && inodes[this.#to - 1 - first] !== this.#newest) this.forget(first);
  }

  /** Lets go of what is known from `first` on. */
  forget(first: number): void {
    if (first >= this.#to) return;
    this.#from = Math.min(this.#from, first);
    this.#to = first;
    this.#newest = undefined;
  }

  /**
   * Returns the first index of these that is not known to be durable; `to` when all are.
   *
   * @param replaced how often folders were replaced until now: after another time nothing is known any more
   */
  firstUnknown(from: number, to: number, replaced: number): number {
    if (this.#replaced !== replaced) {
      [this.#from, this.#to] = [from, from];
      this.#newest = undefined;
      this.#replaced = replaced;
    }
    return from >= this.#from && from <= this.#to ? Math.min(Math.max(from, this.#to), to) : from;
  }

  /** Notes commits whose folders were flushed. */
  add(from: number, to: number, newest: number | undefined): void {
    if (from > this.#to || to < this.#from) [this.#from, this.#to, this.#newest] = [from, to, newest];
    this.#from = Math.min(this.#from, from);
    if (to <= this.#to) return;
    this.#to = to;
    this.#newest = newest;
  }
}
