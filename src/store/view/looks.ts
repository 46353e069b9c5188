/** How far a log that is not ours is taken in. */
export type Reach = 'ours' | 'all';

/** Looks at the log, one at a time: whoever reads waits for the one under way. */
export class Looks {
  #work: Promise<void> | undefined;
  #begun = 0;
  #reach: Reach = 'all';

  /** Waits until no look is under way; true when one that was begun after this was asked for answers it too. */
  async join(reach: Reach): Promise<boolean> {
    const asked = this.#begun;
    while (this.#work !== undefined) {
      const look = this.#begun;
      await this.#work;
      if (look > asked && (reach === 'ours' || this.#reach === 'all')) return true;
    }
    return false;
  }

  /** Takes the place of the look under way; there is none. */
  async alone(reach: Reach, work: Promise<void>): Promise<void> {
    this.#begun++;
    this.#reach = reach;
    this.#work = work.finally(() => {
      this.#work = undefined;
    });
    await this.#work;
  }

  /** Waits for the look under way, however it ends. */
  async settled(): Promise<void> {
    await this.#work?.catch(() => undefined); // the caller that asked for it got the error
  }
}
