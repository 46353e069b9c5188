import { createHash } from 'node:crypto';
import { type Digest, formatDigest, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { ObjectStore, PendingObject } from '../port.ts';
import { putStatement } from './commit-log.ts';
import { type Database, insisting, on } from './database.ts';
import { isUnprepared, LineLost } from './faults.ts';
import { bytesIn } from './log-rows.ts';

/** Larger artifacts are read in pieces of this many bytes, so that nothing else waits for long. */
const PIECE_BYTES = 4 * 1_048_576;

/** Artifacts as rows of the table `objects`, whose key is the SHA-256 of their bytes: the database itself refuses others. */
export class PostgresObjects implements ObjectStore {
  readonly withCommit = true;
  readonly byRequest = true;
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Sent with the commit that names it. */
  begin(bytes: Uint8Array): PendingObject {
    const own = Buffer.from(bytes);
    const durable = Promise.resolve().then(() => this.#database.check());
    durable.catch(() => undefined); // awaited by the caller, later
    return { digest: sha256Hex(own), bytes: own, durable };
  }

  async put(bytes: Uint8Array): Promise<Digest> {
    const { digest, bytes: own, durable } = this.begin(bytes);
    await durable;
    const { line, tables, mirror } = this.#database;
    await insisting(this.#database, 'store an artifact', () =>
      line.change(putStatement(tables.objects, ['($1::bytea, $2::bytea)']), [Buffer.from(digest, 'hex'), own]),
    );
    mirror?.keepObject(digest, own);
    return digest;
  }

  get(digest: Digest, size: number): Promise<Uint8Array | undefined> {
    const { mirror } = this.#database;
    return on(this.#database, 'read an artifact', async () => {
      let bytes: Uint8Array | 'other' | undefined;
      try {
        bytes = await (size > PIECE_BYTES ? this.#readLarge(digest, size) : this.#readSmall(digest, size));
      } catch (error) {
        if (isUnprepared(error)) return undefined;
        const kept = error instanceof LineLost ? await mirror?.object(digest) : undefined;
        if (kept === undefined) throw error;
        bytes = kept;
      }
      if (bytes === undefined) return undefined;
      if (bytes === 'other' || bytes.length !== size || sha256Hex(bytes) !== digest) throw corruptArtifact(digest);
      mirror?.keepObject(digest, bytes);
      return bytes;
    });
  }

  has(digest: Digest): Promise<boolean> {
    const { line, tables } = this.#database;
    return on(this.#database, 'look for an artifact', async () => {
      try {
        const key = Buffer.from(digest, 'hex');
        return (await line.read(`SELECT 1 FROM ${tables.objects} WHERE digest = $1 LIMIT 1`, [key])).length > 0;
      } catch (error) {
        if (isUnprepared(error)) return false;
        throw error;
      }
    });
  }

  async #readSmall(digest: Digest, size: number): Promise<Uint8Array | 'other' | undefined> {
    const { line, tables } = this.#database;
    const [row] = await line.read(
      `SELECT CASE WHEN octet_length(bytes) = $2 THEN bytes END AS bytes FROM ${tables.objects} WHERE digest = $1 LIMIT 1`,
      [Buffer.from(digest, 'hex'), size],
    );
    if (row === undefined) return undefined;
    return bytesIn(row['bytes']) ?? 'other';
  }

  async #readLarge(digest: Digest, size: number): Promise<Uint8Array | 'other' | undefined> {
    const { line, tables } = this.#database;
    const bytes = Buffer.allocUnsafe(size);
    const hash = createHash('sha256');
    for (let at = 0; at < size; at += PIECE_BYTES) {
      const [row] = await line.read(
        `SELECT octet_length(bytes) AS size, substring(bytes FROM $2 FOR $3) AS piece FROM ${tables.objects} WHERE digest = $1 LIMIT 1`,
        [Buffer.from(digest, 'hex'), at + 1, PIECE_BYTES],
      );
      if (row === undefined) return at === 0 ? undefined : 'other';
      const piece = bytesIn(row['piece']);
      if (piece === undefined || Number(row['size']) !== size || piece.length !== Math.min(PIECE_BYTES, size - at))
        return 'other';
      bytes.set(piece, at);
      hash.update(piece);
    }
    return hash.digest('hex') === digest ? bytes : 'other';
  }
}

function corruptArtifact(digest: Digest): StoreError {
  return new StoreError('CORRUPT', `the artifact ${formatDigest(digest)} has other bytes than its address says`, {
    hint: 'Putting the same content again repairs it; or restore the database from a backup.',
    advice: [{ do: 'verify' }],
    details: { digest: formatDigest(digest) },
  });
}
