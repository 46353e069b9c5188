import { parseEnvelope } from '../../core/commit/envelope.ts';
import { parsePayload } from '../../core/commit/parse-statement.ts';
import { sha256Hex } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import type { CommitLog } from '../../engine/port.ts';
import type { Keyring } from '../../keys/keyring.ts';
import type { Verdict, VersionRow } from '../api/versions.ts';
import { CacheDisagrees } from '../cache/cache-rows.ts';
import { type CommitRecord, recordOf, sameRow } from '../commits/commit-record.ts';
import { brokenChain } from '../commits/faults.ts';
import type { Versions } from '../view/versions.ts';

const ONE = { commits: 1, bytes: 1_048_576 } as const;

/** A commit read from the log again, with its bytes. */
export interface Proof {
  readonly envelope: Uint8Array;
  readonly record: CommitRecord;
}

/** Reads commits of the log again, for what asks for more than the cache: exports, histories, and whatever is signed on a version. */
export class Proofs {
  readonly #log: CommitLog;
  readonly #versions: Versions;

  constructor(log: CommitLog, versions: Versions) {
    this.#log = log;
    this.#versions = versions;
  }

  /**
   * Returns the commit that made a version. Its signature was verified when it was taken in; the hash says that these are the same bytes.
   *
   * @throws StoreError CORRUPT when the log has other bytes there, or none
   * @throws CacheDisagrees when the cache says something else than that commit
   */
  async of(row: VersionRow): Promise<Proof> {
    const proof = await this.at(row.index);
    if (proof.record.id !== row.commit || !proof.record.versions.some((signed) => sameRow(signed, row)))
      throw new CacheDisagrees(`${row.name} version ${row.version}`);
    return proof;
  }

  /**
   * @throws StoreError CORRUPT when it is not the commit that was taken in at this index
   * @throws CacheDisagrees when the cache has no such commit
   */
  async at(index: number): Promise<Proof> {
    const [envelope] = (await this.#log.readRange(index, ONE)).envelopes;
    if (envelope === undefined) throw brokenChain(index, true);
    const id = sha256Hex(envelope);
    const known = await this.#versions.commitId(index);
    if (known === undefined) throw new CacheDisagrees(`commit ${index} is missing`);
    if (id !== known) throw brokenChain(index, false);
    const { payload, keyId } = parseEnvelope(envelope);
    return { envelope, record: recordOf(index, id, keyId, parsePayload(payload)) };
  }

  /** Returns what a history says of a version: sound, not trusted, or damaged. @throws CacheDisagrees */
  async verdict(row: VersionRow, keyring: Keyring): Promise<Verdict> {
    try {
      await this.of(row);
    } catch (error) {
      if (isStoreError(error)) return 'corrupt';
      throw error;
    }
    if (row.flaw !== null) return 'corrupt';
    return keyring.untrusted(row.keyId, row.index) === undefined ? 'ok' : 'untrusted';
  }
}
