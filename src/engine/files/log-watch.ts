/** How often the log is looked at while there is a listener, in milliseconds; a look takes about 1 µs. */
const POLL_MS = 1_000;
/** The most commits one look counts past. */
const MAX_STEPS = 10_000;

/** State of one poll. */
interface Watched {
  peek(index: number): boolean;
  /** The index after the highest commit that this process knows already. */
  readonly seen: number;
}

/** Polls the log for commits of other processes. */
export class LogWatch {
  readonly #log: Watched;
  readonly #hints = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #next = 0;

  constructor(log: Watched) {
    this.#log = log;
  }

  add(hint: () => void): () => void {
    const listener = () => hint(); // the same function twice is two listeners
    this.#hints.add(listener);
    this.#next = Math.max(this.#next, this.#log.seen);
    this.#timer ??= setInterval(() => this.#look(), POLL_MS).unref();
    return () => {
      this.#hints.delete(listener);
      if (this.#hints.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#hints.clear();
  }

  #look(): void {
    const before = Math.max(this.#next, this.#log.seen);
    let next = before;
    try {
      let steps = MAX_STEPS;
      while (steps-- > 0 && this.#log.peek(next)) next++;
      if (next === before) while (steps-- > 0 && next > 0 && !this.#log.peek(next - 1)) next--; // repaired, or another log
    } catch {
      return; // it cannot be looked at now: the next call that reads says why
    }
    this.#next = next;
    if (next !== before) for (const hint of [...this.#hints]) hint();
  }
}
