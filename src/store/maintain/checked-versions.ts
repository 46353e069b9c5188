import type { Digest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { VersionRow } from '../api/versions.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { judgeVersions, purgeFlaw, type VersionsBefore } from '../commits/version-rules.ts';

/** The versions that a verification has come across, apart from everything remembered. */
export class CheckedVersions implements VersionsBefore {
  readonly #heads = new Map<string, VersionRow>();
  readonly #rows = new Map<string, VersionRow>();
  readonly #sizes = new Map<Digest, number>();
  /** Set once a commit could not be read: versions may be missing from then on. */
  gap = false;

  async head(name: string): Promise<VersionRow | undefined> {
    return this.#heads.get(name);
  }

  async version(name: string, version: number): Promise<VersionRow | undefined> {
    return this.#rows.get(`${name}@${version}`);
  }

  async sizeOf(digest: Digest): Promise<number | undefined> {
    return this.#sizes.get(digest);
  }

  /** Takes over a commit, and returns what is wrong with what it says of configs. */
  async judge(record: CommitRecord): Promise<string[]> {
    const flaws: string[] = [];
    try {
      const judged = await judgeVersions(record, this);
      flaws.push(...judged.versions.flatMap(({ flaw }) => (flaw === null ? [] : [flaw])));
      for (const purge of record.purges) {
        if (this.gap && !this.#sizes.has(purge.digest)) continue; // its version may be among what is missing
        const flaw = await purgeFlaw(purge, this);
        if (flaw !== null) flaws.push(flaw);
      }
    } catch (error) {
      if (!isStoreError(error)) throw error;
      const behind = record.versions.some(({ name, version }) => version <= (this.#heads.get(name)?.version ?? 0));
      if (!this.gap || behind) flaws.push(error.message);
    }
    for (const row of record.versions) {
      this.#heads.set(row.name, row);
      this.#rows.set(`${row.name}@${row.version}`, row);
      this.#sizes.set(row.digest, row.size);
    }
    return flaws;
  }
}
