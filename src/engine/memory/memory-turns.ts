import type { Turn, Turns } from '../port.ts';
import type { MemoryStore, Waiting } from './memory-store.ts';

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
    const waited = turns.holder !== undefined;
    const me = waited ? await this.#wait(next) : {};
    turns.holder = me;
    return {
      waited,
      leave: () => {
        if (turns.holder !== me) return; // passed over meanwhile
        const following = turns.waiting.shift();
        turns.holder = following;
        following?.begin();
      },
    };
  }

  async #wait(next: number): Promise<Waiting> {
    const { waiting } = this.#store.turns;
    const { promise, resolve } = Promise.withResolvers<void>();
    const me: Waiting = { begin: resolve };
    waiting.push(me);
    let reached = next;
    let grownAt = performance.now();
    const timer = setInterval(() => {
      for (; this.#store.hasEntry(reached); reached++) grownAt = performance.now();
      if (performance.now() - grownAt < RESPECT_MS) return;
      if (waiting.includes(me)) waiting.splice(waiting.indexOf(me), 1);
      resolve();
    }, LOOK_MS);
    await promise;
    clearInterval(timer);
    return me;
  }
}
