import { type Digest, formatDigest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { ObjectStore } from '../../engine/port.ts';
import type { Finding } from '../api/maintenance.ts';
import type { VersionRow } from '../api/versions.ts';
import type { PurgeRow } from '../commits/commit-record.ts';

/** Artifacts between two turns of the event loop. */
const ARTIFACTS_A_TURN = 16;

/** Reads every artifact that the versions name, once, and compares bytes and size with what was signed. */
export class ArtifactCheck {
  checked = 0;
  bytes = 0;
  readonly #objects: ObjectStore;
  readonly #found: (finding: Finding) => void;
  readonly #named = new Map<Digest, VersionRow>();
  readonly #purgedAt = new Map<Digest, number>();

  constructor(objects: ObjectStore, found: (finding: Finding) => void) {
    this.#objects = objects;
    this.#found = found;
  }

  add(row: VersionRow): void {
    if (row.action === 'delete' && this.#named.has(row.digest)) return; // a deletion repeats what it deletes
    this.#named.set(row.digest, row);
  }

  /** Notes a purge: those bytes are gone on purpose, unless a later version has them again. */
  purged({ digest, index }: PurgeRow): void {
    this.#purgedAt.set(digest, index);
  }

  async run(onStep: (done: number, total: number) => Promise<void>): Promise<void> {
    let done = 0;
    for (const [digest, row] of this.#named) {
      if (done % ARTIFACTS_A_TURN === 0) await onStep(done, this.#named.size);
      done++;
      if ((this.#purgedAt.get(digest) ?? -1) > row.index) continue;
      await this.#one(digest, row);
    }
  }

  async #one(digest: Digest, row: VersionRow): Promise<void> {
    const where = formatDigest(digest);
    const hint = `Put the same bytes again (${row.name} version ${row.version}), or bring the file back from a backup of the storage.`;
    try {
      const bytes = await this.#objects.get(digest, row.size);
      if (bytes === undefined)
        this.#found({
          severity: 'error',
          code: 'CORRUPT',
          where,
          message: `the artifact of ${row.name} version ${row.version} is missing`,
          hint,
        });
      else {
        this.checked++;
        this.bytes += bytes.length;
      }
    } catch (error) {
      if (!isStoreError(error)) throw error;
      this.#found({
        severity: 'error',
        code: error.code,
        where,
        message: `${row.name} version ${row.version}: ${error.message}`,
        hint,
      });
    }
  }
}
