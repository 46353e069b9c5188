import type { Turn, Turns } from '../port.ts';
import type { MemoryStore } from './memory-store.ts';

/** How long a process is waited for that does not commit, in milliseconds. */
const RESPECT_MS = 2_000;
/** How often it is looked whether it did, in milliseconds. */
const LOOK_MS = 50;

/** Turns in memory: first come, first served; the holder is passed over when the log does not grow. */
export class MemoryTurns implements Turns {
  readonly #store: MemoryStore;

  constructor(store: MemoryStore) {
    this.#store = store;
  }

  async take(next: number): Promise<Turn> {
    const { turns } = this.#store;
    const me = {};
    const waited = turns.holder !== undefined || turns.waiting.length > 0;
    if (waited) await this.#wait(next);
    turns.holder = me;
    return {
      waited,
      leave: () => {
        if (turns.holder !== me) return; // passed over meanwhile
        turns.holder = undefined;
        turns.waiting.shift()?.();
      },
    };
  }

  async #wait(next: number): Promise<void> {
    const { waiting } = this.#store.turns;
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    let reached = next;
    let grownAt = performance.now();
    const timer = setInterval(() => {
      for (; this.#store.hasEntry(reached); reached++) grownAt = performance.now();
      if (performance.now() - grownAt < RESPECT_MS) return;
      waiting.splice(waiting.indexOf(resolve), 1);
      resolve();
    }, LOOK_MS);
    await promise;
    clearInterval(timer);
  }
}
