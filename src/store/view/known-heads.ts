import type { VersionRow } from '../api/versions.ts';

/** Heads that are remembered; one that was dropped is asked of the cache again. */
const REMEMBERED = 10_000;

/**
 * What a process knows of the newest versions from the log itself. `complete` once it has seen every commit, by absorbing
 * all of them or by walking the chain: from then on the cache cannot pass an older version off as the newest.
 */
export class KnownHeads {
  readonly #rows = new Map<string, VersionRow>();
  readonly #changed = new Set<string>();
  #listChanged = false;
  #newest = new Map<string, number>();
  #complete = false;

  get complete(): boolean {
    return this.#complete;
  }

  /** The number of configs, tombstones included; only meaningful once complete. */
  get count(): number {
    return this.#newest.size;
  }

  /** Begins anew; `complete` says that every commit will be absorbed from the first one on. */
  reset(complete: boolean): void {
    this.#rows.clear();
    this.#newest = new Map();
    this.#complete = complete;
  }

  /** Takes over a version from a commit that was just absorbed: it is the newest of its config. */
  absorbed(row: VersionRow): void {
    this.remember(row);
    this.#newest.set(row.name, row.index);
    this.#changed.add(row.name);
    if (row.version === 1 || row.action !== 'put') this.#listChanged = true;
  }

  remember(row: VersionRow): void {
    if (this.#rows.size >= REMEMBERED) this.#rows.clear();
    this.#rows.set(row.name, row);
  }

  remembered(name: string): VersionRow | undefined {
    return this.#rows.get(name);
  }

  /** True when the log is known to say otherwise than the cache's head of this config. */
  contradicts(name: string, row: VersionRow | undefined): boolean {
    const index = this.#newest.get(name);
    if (index === undefined) return this.#complete && row !== undefined;
    return row?.index !== index;
  }

  /** Adds what a walk of the whole chain found; what was absorbed meanwhile is newer. */
  learn(found: ReadonlyMap<string, number>): void {
    const newest = new Map(found);
    for (const [name, index] of this.#newest) newest.set(name, index);
    this.#newest = newest;
    this.#complete = true;
    for (const [name, row] of this.#rows) {
      if (newest.get(name) !== row.index) this.#rows.delete(name);
    }
  }

  /** The configs that were changed since the last call, and whether names came or went. */
  takeChanges(): { changed: readonly string[]; listChanged: boolean } {
    const changes = { changed: [...this.#changed], listChanged: this.#listChanged };
    this.#changed.clear();
    this.#listChanged = false;
    return changes;
  }
}
