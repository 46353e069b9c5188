import type { Digest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { CommitRecord } from '../commits/commit-record.ts';
import { judgeVersions, purgeFlaw, type VersionsBefore } from '../commits/version-rules.ts';
import { type KeptVersion, VersionTable } from './version-table.ts';

/** The versions that a verification has come across, apart from everything remembered. */
export class CheckedVersions implements VersionsBefore<KeptVersion> {
  readonly #table = new VersionTable();
  /** The only config whose artifacts are checked, where it is only one. */
  readonly #name: string | undefined;
  /** Set once a commit could not be read: versions may be missing from then on. */
  gap = false;

  constructor(name: string | undefined) {
    this.#name = name;
  }

  async head(name: string): Promise<KeptVersion | undefined> {
    return this.#table.head(name);
  }

  async version(name: string, version: number): Promise<KeptVersion | undefined> {
    return this.#table.version(name, version);
  }

  async sizeOf(digest: Digest): Promise<number | undefined> {
    return this.#table.byDigest(digest)?.size;
  }

  /** The artifacts to check, each once. */
  get artifacts(): { readonly total: number; readonly each: Iterable<KeptVersion> } {
    return { total: this.#table.artifactCount, each: this.#table.artifacts() };
  }

  /** Takes over a commit, and returns what is wrong with what it says of configs. */
  async judge(record: CommitRecord): Promise<string[]> {
    const flaws: string[] = [];
    try {
      const judged = await judgeVersions(record, this);
      for (const { flaw } of judged.versions) if (flaw !== null) flaws.push(flaw);
      for (const purge of record.purges) {
        if (this.gap && this.#table.byDigest(purge.digest) === undefined) continue; // its version may be among what is missing
        const flaw = await purgeFlaw(purge, this);
        if (flaw !== null) flaws.push(flaw);
      }
    } catch (error) {
      if (!isStoreError(error)) throw error;
      const behind = record.versions.some(({ name, version }) => version <= (this.#table.head(name)?.version ?? 0));
      if (!this.gap || behind) flaws.push(error.message);
    }
    for (const row of record.versions) this.#table.add(row, this.#name === undefined || this.#name === row.name);
    return flaws;
  }
}
