import type { Hex } from '../core/digest.ts';
import type { VersionRow } from './api.ts';
import type { Lookup } from './plan.ts';
import type { LogView } from './view.ts';

/** The view as it will be once the earlier requests of the same batch are in the log. */
export class PlanLookup implements Lookup {
  readonly #view: LogView;
  readonly #heads = new Map<string, VersionRow>();
  readonly #versions: VersionRow[] = [];

  constructor(view: LogView) {
    this.#view = view;
  }

  /** Adds a version that an earlier request of the batch makes. */
  add(row: VersionRow): void {
    this.#heads.set(row.name, row);
    this.#versions.push(row);
  }

  async head(name: string): Promise<VersionRow | undefined> {
    return this.#heads.get(name) ?? this.#view.headRow(name);
  }

  async version(name: string, version: number): Promise<VersionRow | undefined> {
    const row =
      this.#versions.find((one) => one.name === name && one.version === version) ??
      (await this.#view.query((cache) => cache.version(name, version)));
    if (row !== undefined && !this.#versions.includes(row)) await this.#view.commitOf(row);
    return row;
  }

  async purged(digest: Hex): Promise<string | undefined> {
    if (this.#versions.some((row) => row.digest === digest)) return undefined;
    return this.#view.query((cache) => {
      const purge = cache.purge(digest);
      return purge !== undefined && !cache.namedSince(digest, purge.index + 1) ? purge.reason : undefined;
    });
  }

  async sizeOf(digest: Hex): Promise<number | undefined> {
    return this.#view.query((cache) => cache.byDigest(digest)[0]?.size);
  }
}
