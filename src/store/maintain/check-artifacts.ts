import { formatDigest, type Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { FileObjectStore } from '../../engine/files/object-store.ts';
import type { Finding } from '../api/maintenance.ts';
import type { VersionRow } from '../api/versions.ts';
import { type CommitRecord, purgeRows } from '../commits/commit-record.ts';

/** Artifacts between two turns of the event loop. */
const ARTIFACTS_A_TURN = 16;

/** Reads every artifact that the versions name, once, and compares bytes and size with what was signed. */
export class ArtifactCheck {
  checked = 0;
  bytes = 0;
  readonly #objects: FileObjectStore;
  readonly #found: (finding: Finding) => void;
  readonly #named = new Map<Hex, VersionRow>();
  readonly #purgedAt = new Map<Hex, number>();

  constructor(objects: FileObjectStore, found: (finding: Finding) => void) {
    this.#objects = objects;
    this.#found = found;
  }

  add(row: VersionRow): void {
    if (row.action === 'delete' && this.#named.has(row.digest)) return; // a deletion repeats what it deletes
    this.#named.set(row.digest, row);
  }

  /** Notes what a commit purged: those bytes are gone on purpose, unless a later version has them again. */
  purged(record: CommitRecord): void {
    for (const { digest, index } of purgeRows(record)) this.#purgedAt.set(digest, index);
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

  async #one(digest: Hex, row: VersionRow): Promise<void> {
    const where = formatDigest(digest);
    const hint = `Put the same bytes again to mend it (${row.name} version ${row.version}), or bring the file back from a backup of storage/objects.`;
    try {
      const bytes = await this.#objects.get(digest);
      if (bytes === undefined)
        this.#found({
          severity: 'error',
          code: 'CORRUPT',
          where,
          message: `the artifact of ${row.name} version ${row.version} is missing`,
          hint,
        });
      else if (bytes.length !== row.size)
        this.#found({
          severity: 'error',
          code: 'CORRUPT',
          where,
          message: `the artifact has ${bytes.length} bytes, and ${row.size} were signed`,
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
