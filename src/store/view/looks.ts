import { setImmediate as turnOfOthers } from 'node:timers/promises';

/** How far a log that is not ours is taken in. */
export type Reach = 'ours' | 'all';

/** Looks at the log, one at a time: a reader waits for the one under way. */
export class Looks {
  #work: Promise<void> | undefined;
  #begun = 0;
  #reach: Reach = 'all';

  /** True while the log is being read. */
  get isUnderWay(): boolean {
    return this.#work !== undefined;
  }

  /**
   * Looks once no other look is under way, unless one that was begun after this was asked for answers it too.
   *
   * @param begin starts the look, in the same turn; undefined when none is needed
   */
  async look(reach: Reach, begin: () => Promise<void> | undefined): Promise<void> {
    const asked = this.#begun;
    while (this.#work !== undefined) {
      const under = this.#begun;
      await this.#work;
      if (under > asked && (reach === 'ours' || this.#reach === 'all')) return;
    }
    await this.#begin(reach, begin());
  }

  /** Does work that no look stands for, once none is under way and those that the last one answered have gone on. */
  async alone(begin: () => Promise<void>): Promise<void> {
    while (this.#work !== undefined) await this.#work;
    await this.#begin('all', turnOfOthers().then(begin));
  }

  /** Waits for the look under way, however it ends. */
  async settled(): Promise<void> {
    await this.#work?.catch(() => undefined); // the caller that asked for it got the error
  }

  async #begin(reach: Reach, work: Promise<void> | undefined): Promise<void> {
    if (work === undefined) return;
    this.#begun++;
    this.#reach = reach;
    this.#work = work.finally(() => {
      this.#work = undefined;
    });
    await this.#work;
  }
}
