import type { Statement } from '../../core/commit/statement.ts';
import type { Hex } from '../../core/digest.ts';
import type { KeyCommit } from '../../keys/key-replay.ts';
import type { VersionRow } from '../api/versions.ts';

/** A commit whose envelope was checked; `id` is the SHA-256 of its log file. */
export interface CommitRecord {
  readonly index: number;
  readonly id: Hex;
  readonly keyId: Hex;
  readonly statement: Statement;
}

/** What a purge commit says of one artifact. */
export interface PurgeRow {
  readonly digest: Hex;
  readonly index: number;
  readonly reason: string;
}

/** The versions one commit adds, in the order of its changes. */
export function versionRows({ index, id, keyId, statement }: CommitRecord): VersionRow[] {
  const rows: VersionRow[] = [];
  for (const change of statement.changes) {
    if (change.action === 'purge') continue;
    rows.push({
      name: change.name,
      version: change.version,
      index,
      commit: id,
      keyId: keyId,
      action: change.action,
      digest: change.digest,
      size: change.size,
      mediaType: change.mediaType,
      restoredFrom: change.restoredFrom ?? null,
      time: statement.time,
      message: statement.message,
      author: statement.author,
    });
  }
  return rows;
}

/** The purges one commit makes. */
export function purgeRows({ index, statement }: CommitRecord): PurgeRow[] {
  return statement.changes.flatMap((change) =>
    change.action === 'purge' ? [{ digest: change.digest, index, reason: change.reason }] : [],
  );
}

/** True when two rows say the same of the same version. */
export function sameRow(a: VersionRow, b: VersionRow): boolean {
  return (
    a.name === b.name &&
    a.version === b.version &&
    a.index === b.index &&
    a.commit === b.commit &&
    a.keyId === b.keyId &&
    a.action === b.action &&
    a.digest === b.digest &&
    a.size === b.size &&
    a.mediaType === b.mediaType &&
    a.restoredFrom === b.restoredFrom &&
    a.time === b.time &&
    a.message === b.message &&
    a.author.name === b.author.name &&
    a.author.version === b.author.version &&
    a.author.via === b.author.via
  );
}

/** What the keyring keeps of a commit that changes keys. */
export function keyCommitOf({ index, id, keyId, statement }: CommitRecord): KeyCommit {
  return { index, commit: id, signer: keyId, keys: statement.keys };
}
