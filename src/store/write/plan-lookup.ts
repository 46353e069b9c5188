import type { Digest } from '../../core/digest.ts';
import type { VersionRow } from '../api/versions.ts';
import type { Proofs } from '../read/proof.ts';
import { newestPurge } from '../read/purges.ts';
import type { LogView } from '../view/log-view.ts';
import { PendingVersions } from '../view/pending-versions.ts';
import type { Lookup } from './plan.ts';

/** The versions as they will be once the earlier requests of the same batch are in the log. */
export class PlanLookup extends PendingVersions implements Lookup {
  readonly #view: LogView;
  readonly #proofs: Proofs;

  constructor(view: LogView, proofs: Proofs) {
    super({
      head: (name) => view.withVersions(async (versions) => this.#proved(await versions.head(name))),
      version: (name, version) =>
        view.withVersions(async (versions) => this.#proved(await versions.version(name, version))),
      sizeOf: (digest) => view.withVersions((versions) => versions.sizeOf(digest)),
    });
    this.#view = view;
    this.#proofs = proofs;
  }

  async purged(digest: Digest): Promise<string | undefined> {
    if (this.names(digest)) return undefined;
    return this.#view.withVersions(async (versions) => {
      const purge = await newestPurge(this.#view, digest);
      if (purge === undefined) return undefined;
      const named = await versions.ask((cache) => cache.namedSince(digest, purge.index + 1));
      return named === undefined ? purge.reason : undefined;
    });
  }

  isBelieved({ flaw, keyId, index }: VersionRow): boolean {
    return flaw === null && (index >= this.#view.next || this.#view.keyring.untrusted(keyId, index) === undefined);
  }

  withDigest(digest: Digest): Promise<VersionRow | undefined> {
    return this.#view.withVersions(async (versions) =>
      this.#proved((await versions.ask((cache) => cache.byDigest(digest)))[0]),
    );
  }

  /** Compares a version that something is about to be signed on with the log itself; one of this batch is not there yet. */
  async #proved(row: VersionRow | undefined): Promise<VersionRow | undefined> {
    const { versions, next } = this.#view;
    if (row === undefined || row.index >= next || versions.isProved(row)) return row;
    await this.#proofs.of(row);
    versions.setProved(row);
    return row;
  }
}
