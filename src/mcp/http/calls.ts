/** Counts the calls in flight, and lets the end of the process wait for them. */
export class Calls {
  readonly #most: number;
  #inFlight = 0;
  #idle: Array<() => void> = [];

  /** @param most how many are served at the same time */
  constructor(most: number) {
    this.#most = most;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Counts a call; false when there are too many. */
  begin(): boolean {
    if (this.#inFlight >= this.#most) return false;
    this.#inFlight++;
    return true;
  }

  end(): void {
    this.#inFlight--;
    if (this.#inFlight > 0) return;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves with true once no call is in flight, with false when that takes longer than `timeoutMs`. */
  async drained(timeoutMs: number): Promise<boolean> {
    if (this.#inFlight === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.#idle.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}
