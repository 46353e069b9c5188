/**
 * The most that is read as structure. Larger content is stored, compared and searched as lines of text: parsers take more than
 * linear time and memory for some of it.
 */
export const STRUCTURE_LIMITS = { bytes: 262_144, nodes: 20_000, aliases: 100 } as const;

/** Counts the nodes of a document while it is read. */
export class NodeBudget {
  #left: number = STRUCTURE_LIMITS.nodes;

  /** @throws TooLarge when there are more than {@link STRUCTURE_LIMITS} allow */
  take(): void {
    if (this.#left-- <= 0) throw new TooLarge();
  }
}

/** Thrown inside the readers, and turned into "no structure" by their callers. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}
