import { formatDigest, type Hex } from '../../core/digest.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import { notThere, purgedArtifact } from '../api/faults.ts';
import type { VerifiedRead, VersionRow } from '../api/versions.ts';
import { CacheRowWrong } from '../commits/commit-cache.ts';
import type { LogView } from '../view/log-view.ts';
import { versionReceipt } from '../write/receipt.ts';

/** Reads configs: whatever a row of the cache says is checked against the log and the artifact before it is answered. */
export class Reader {
  readonly #view: LogView;
  readonly #objects: FileObjectStore;
  /** Notices that hold for every read now; `trusted` is false when the store is foreign, not anchored or rolled back. */
  readonly #standing: () => { trusted: boolean; notices: readonly Notice[] };

  constructor(
    view: LogView,
    objects: FileObjectStore,
    standing: () => { trusted: boolean; notices: readonly Notice[] },
  ) {
    this.#view = view;
    this.#objects = objects;
    this.#standing = standing;
  }

  /** @throws StoreError NOT_FOUND, PURGED, CORRUPT, SIGNATURE_INVALID, KEY_UNTRUSTED */
  read(name: string, version?: number): Promise<VerifiedRead> {
    let complete = false;
    return this.#checked(async () => {
      const head = await this.#view.headRow(name);
      if (version === undefined && head?.action === 'delete') await this.#view.commitOf(head); // the log must say so too
      if (head === undefined || (version === undefined && head.action === 'delete'))
        throw this.#view.truncated ?? notThere(name, head);
      if (version === undefined) return this.#newest(head);
      const row = version === head.version ? head : await this.#view.query((cache) => cache.version(name, version));
      if (row === undefined && version > 0 && version < head.version && !complete) {
        complete = true;
        await this.#view.rebuild(); // versions have no gaps: the cache has lost this one
        throw new CacheRowWrong();
      }
      if (row === undefined) {
        throw new StoreError('NOT_FOUND', `${name} has no version ${version}`, {
          hint: `Its versions go from 1 to ${head.version}.`,
          details: { newest_version: head.version },
        });
      }
      if (row.action === 'delete') {
        await this.#view.commitOf(row);
        throw new StoreError('NOT_FOUND', `version ${version} of ${name} is its deletion`, {
          hint: `Read version ${version - 1}, the one before it.`,
        });
      }
      return row;
    });
  }

  /** By digest or unique prefix. @throws StoreError NOT_FOUND, DIGEST_AMBIGUOUS, and as `read` */
  readDigest(prefix: Hex): Promise<VerifiedRead> {
    return this.#checked(async () => {
      const [row, other] = await this.#view.query((cache) => cache.byDigest(prefix));
      if (row === undefined)
        throw new StoreError('NOT_FOUND', `no version has an artifact whose digest begins with ${prefix}`, {
          hint: 'Look the digest up with list_configs or list_history.',
        });
      if (other !== undefined) {
        throw new StoreError('DIGEST_AMBIGUOUS', `several artifacts begin with ${prefix}`, {
          hint: `Give more of it: ${row.digest.slice(0, 16)}… or ${other.digest.slice(0, 16)}….`,
        });
      }
      return row;
    });
  }

  /** A log that could not be read to its end may hold a newer version: then no version is the newest. */
  #newest(head: VersionRow): VersionRow {
    if (this.#view.truncated !== undefined) throw this.#view.truncated;
    return head;
  }

  async #checked(find: () => Promise<VersionRow>): Promise<VerifiedRead> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#verified(await find());
      } catch (error) {
        if (error instanceof CacheRowWrong && attempt < 2) continue; // the cache is new now
        throw error;
      }
    }
  }

  async #verified(row: VersionRow): Promise<VerifiedRead> {
    const record = await this.#view.commitOf(row);
    const untrusted = this.#view.commits.untrusted(record);
    if (untrusted !== undefined) throw await this.#withTrustedVersion(untrusted, row);
    const bytes = await this.#artifact(row);
    const { trusted, notices } = this.#standing();
    const receipt = { ...versionReceipt(record.statement.store, row), freshness: this.#view.freshness };
    return { row, bytes, verified: trusted, receipt, notices };
  }

  async #artifact(row: VersionRow): Promise<Uint8Array> {
    const bytes = await this.#objects.get(row.digest);
    if (bytes !== undefined && bytes.length === row.size) return bytes;
    const purge = await this.#view.query((cache) => cache.purge(row.digest));
    if (bytes === undefined && purge !== undefined) throw purgedArtifact(row.digest, purge.reason);
    throw new StoreError(
      'CORRUPT',
      bytes === undefined
        ? `the artifact ${formatDigest(row.digest)} of ${row.name} version ${row.version} is missing`
        : `the artifact of ${row.name} version ${row.version} has ${bytes.length} bytes, and ${row.size} were signed`,
      {
        hint: 'Put the same bytes again to mend it, or bring storage/objects back from a backup; "config-store verify" lists every finding.',
      },
    );
  }

  /** Adds the newest version that can still be trusted to the hint. */
  async #withTrustedVersion(error: StoreError, row: VersionRow): Promise<StoreError> {
    for (let version = row.version - 1; version >= 1; version--) {
      const older = await this.#view.query((cache) => cache.version(row.name, version));
      if (older === undefined || older.action === 'delete') continue;
      try {
        if (this.#view.commits.untrusted(await this.#view.commitOf(older)) !== undefined) continue;
      } catch (cause) {
        if (isStoreError(cause) || cause instanceof CacheRowWrong) continue;
        throw cause;
      }
      return new StoreError(error.code, error.message, {
        hint: `The newest trusted version of ${row.name} is ${version}; restoring it mends the head.`,
        details: { trusted_version: version },
        cause: error,
      });
    }
    return error;
  }
}
