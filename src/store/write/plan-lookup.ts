import type { Hex } from '../../core/digest.ts';
import type { VersionRow } from '../api/versions.ts';
import { CacheRowWrong } from '../commits/commit-cache.ts';
import type { LogView } from '../view/log-view.ts';
import type { Lookup } from './plan.ts';

/** The view as it will be once the earlier requests of the same batch are in the log. */
export class PlanLookup implements Lookup {
  readonly #view: LogView;
  readonly #heads = new Map<string, VersionRow>();
  readonly #versions: VersionRow[] = [];
  /** Set when something was answered from this batch, which the log does not hold yet. */
  rested = false;

  constructor(view: LogView) {
    this.#view = view;
  }

  /** Adds a version that an earlier request of the batch makes. */
  add(row: VersionRow): void {
    this.#heads.set(row.name, row);
    this.#versions.push(row);
  }

  async head(name: string): Promise<VersionRow | undefined> {
    return this.#ofBatch(this.#heads.get(name)) ?? this.#checked(() => this.#view.headRow(name));
  }

  async version(name: string, version: number): Promise<VersionRow | undefined> {
    return (
      this.#ofBatch(this.#versions.find((one) => one.name === name && one.version === version)) ??
      this.#checked(() => this.#view.query((cache) => cache.version(name, version)))
    );
  }

  async purged(digest: Hex): Promise<string | undefined> {
    if (this.#ofBatch(this.#versions.find((row) => row.digest === digest)) !== undefined) return undefined;
    return this.#view.query((cache) => {
      const purge = cache.purge(digest);
      return purge !== undefined && cache.namedSince(digest, purge.index + 1) === undefined ? purge.reason : undefined;
    });
  }

  async sizeOf(digest: Hex): Promise<number | undefined> {
    return this.#view.query((cache) => cache.byDigest(digest)[0]?.size);
  }

  #ofBatch(row: VersionRow | undefined): VersionRow | undefined {
    this.rested ||= row !== undefined;
    return row;
  }

  /** What the cache says, if the log says the same: nothing is signed on a row that was tampered with. */
  async #checked(find: () => Promise<VersionRow | undefined>): Promise<VersionRow | undefined> {
    const row = await find();
    try {
      if (row !== undefined) await this.#view.commitOf(row);
      return row;
    } catch (error) {
      if (error instanceof CacheRowWrong) return find(); // the cache is new now
      throw error;
    }
  }
}
