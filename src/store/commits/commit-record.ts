import type { Statement } from '../../core/commit/statement.ts';
import type { Hex } from '../../core/digest.ts';
import type { KeyCommit } from '../../keys/keyring-fold.ts';
import type { VersionRow } from '../api/store.ts';

/** A commit whose envelope was checked; `id` is the SHA-256 of its log file. */
export interface CommitRecord {
  readonly index: number;
  readonly id: Hex;
  readonly keyid: Hex;
  readonly statement: Statement;
}

/** What a purge commit says of one artifact. */
export interface PurgeRow {
  readonly digest: Hex;
  readonly index: number;
  readonly reason: string;
}

/** The versions one commit adds, in the order of its changes. */
export function versionRows({ index, id, keyid, statement }: CommitRecord): VersionRow[] {
  const rows: VersionRow[] = [];
  for (const [i, change] of statement.changes.entries()) {
    const digest = statement.subjects[i]?.digest;
    if (change.action === 'purge' || digest === undefined) continue;
    rows.push({
      name: change.name,
      version: change.version,
      index,
      commit: id,
      keyId: keyid,
      action: change.action,
      digest,
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
  const rows: PurgeRow[] = [];
  for (const [i, change] of statement.changes.entries()) {
    const digest = statement.subjects[i]?.digest;
    if (change.action === 'purge' && digest !== undefined) rows.push({ digest, index, reason: change.reason });
  }
  return rows;
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
export function keyCommitOf({ index, id, keyid, statement }: CommitRecord): KeyCommit {
  return { index, commit: id, signer: keyid, keys: statement.keys };
}
