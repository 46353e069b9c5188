import type { Digest } from '../../core/digest.ts';
import type { VersionRow } from '../api/versions.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import type { VersionsBefore } from '../commits/version-rules.ts';

/** The versions as they will be once commits that were verified or signed, but not taken over yet, are. */
export class PendingVersions implements VersionsBefore {
  readonly #before: VersionsBefore;
  readonly #heads = new Map<string, VersionRow>();
  readonly #rows = new Map<string, VersionRow>();
  readonly #sizes = new Map<Digest, number>();
  /** Set when something was answered from the pending commits. */
  rested = false;

  constructor(before: VersionsBefore) {
    this.#before = before;
  }

  add({ versions }: CommitRecord): void {
    for (const row of versions) {
      this.#heads.set(row.name, row);
      this.#rows.set(`${row.name}@${row.version}`, row);
      this.#sizes.set(row.digest, row.size);
    }
  }

  async head(name: string): Promise<VersionRow | undefined> {
    return this.#pending(this.#heads.get(name)) ?? this.#before.head(name);
  }

  async version(name: string, version: number): Promise<VersionRow | undefined> {
    return this.#pending(this.#rows.get(`${name}@${version}`)) ?? this.#before.version(name, version);
  }

  async sizeOf(digest: Digest): Promise<number | undefined> {
    return this.#pending(this.#sizes.get(digest)) ?? this.#before.sizeOf(digest);
  }

  /** True when a pending commit names the artifact. */
  names(digest: Digest): boolean {
    return this.#pending(this.#sizes.get(digest)) !== undefined;
  }

  #pending<T>(found: T | undefined): T | undefined {
    this.rested ||= found !== undefined;
    return found;
  }
}
