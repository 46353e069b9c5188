import type { Changes } from '../store/api/feed.ts';
import type { Store } from '../store/api/store.ts';

export type { Changes } from '../store/api/feed.ts';

/** How often other processes' commits are looked for, in milliseconds. */
const INTERVAL_MS = 1_000;

/**
 * Looks for changes, also those of other processes, once a second and only after a client subscribed. Its timer
 * does not keep the process alive.
 */
export class ChangeWatcher {
  readonly #store: () => Promise<Store>;
  readonly #tell: (changes: Changes) => void;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #stopped = false;
  #leave: (() => void) | undefined;

  constructor(store: () => Promise<Store>, tell: (changes: Changes) => void) {
    this.#store = store;
    this.#tell = tell;
  }

  /** Begins to watch; resolves when the present state is known, so that later changes are reported. */
  async start(): Promise<void> {
    if (this.#stopped) return;
    this.#timer ??= setInterval(() => void this.look(), INTERVAL_MS).unref();
    await this.look();
  }

  /** Looks now, if watching: a change of our own should not wait for the timer. */
  async look(): Promise<void> {
    if (this.#timer === undefined || this.#stopped) return;
    this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    });
    await this.#looking;
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.#leave?.();
  }

  async #lookOnce(): Promise<void> {
    try {
      const { feed } = await this.#store();
      this.#leave ??= feed.subscribe(this.#tell);
      if (!this.#stopped) await feed.look();
    } catch {
      // Every tool and health report a store that cannot be opened or read; no request waits for an answer here.
    }
  }
}
