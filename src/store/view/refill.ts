/** Everything forgotten and taken in again: what is shown meanwhile, and who waits for its end. */
export class Refill<Shown> {
  #shown: Shown | undefined;
  #begun = 0;
  #under: Promise<void> | undefined;

  /** The state to show until the refill under way has come to its end: the one before. */
  get shown(): Shown | undefined {
    return this.#shown;
  }

  /** Runs a refill; one within another is a part of it. */
  async run(shown: Shown, work: () => Promise<void>): Promise<void> {
    this.#begun++;
    if (this.#under !== undefined) return work();
    this.#shown = shown;
    this.#under = work().finally(() => {
      this.#shown = undefined;
      this.#under = undefined;
    });
    return this.#under;
  }

  /** Runs work that must not see the half of a refill, again where one began meanwhile. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      while (this.#under !== undefined) await this.#under.catch(() => undefined); // who asked for it gets the error
      const begun = this.#begun;
      try {
        const answer = await work();
        if (begun === this.#begun) return answer;
      } catch (error) {
        if (begun === this.#begun) throw error;
      }
    }
  }
}
