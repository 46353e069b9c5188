import { type Digest, formatDigest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { ObjectStore } from '../../engine/port.ts';
import type { Finding } from '../api/maintenance.ts';
import type { PurgeRow } from '../commits/commit-record.ts';
import type { CheckedVersions } from './checked-versions.ts';
import type { KeptVersion } from './version-table.ts';

/** Artifacts between two turns of the event loop. */
const ARTIFACTS_A_TURN = 16;

/** Reads every artifact that the versions name, once, and compares bytes and size with what was signed. */
export class ArtifactCheck {
  checked = 0;
  bytes = 0;
  readonly #objects: ObjectStore;
  readonly #found: (finding: Finding) => void;
  readonly #purgedAt = new Map<Digest, number>();

  constructor(objects: ObjectStore, found: (finding: Finding) => void) {
    this.#objects = objects;
    this.#found = found;
  }

  /** Notes a purge: those bytes are gone on purpose, unless a later version has them again. */
  purged({ digest, index }: PurgeRow): void {
    this.#purgedAt.set(digest, index);
  }

  async run(
    { total, each }: CheckedVersions['artifacts'],
    onStep: (done: number, total: number) => Promise<void>,
  ): Promise<void> {
    let done = 0;
    for (const version of each) {
      if (done % ARTIFACTS_A_TURN === 0) await onStep(done, total);
      done++;
      if ((this.#purgedAt.get(version.digest) ?? -1) > version.index) continue;
      await this.#one(version);
    }
  }

  async #one({ digest, name, version, size }: KeptVersion): Promise<void> {
    const where = formatDigest(digest);
    const hint = `Put the same bytes again (${name} version ${version}), or bring the file back from a backup of the storage.`;
    try {
      const bytes = await this.#objects.get(digest, size);
      if (bytes === undefined)
        this.#found({
          severity: 'error',
          code: 'CORRUPT',
          where,
          message: `the artifact of ${name} version ${version} is missing`,
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
        message: `${name} version ${version}: ${error.message}`,
        hint,
      });
    }
  }
}
