import type { Statement } from '../../core/commit/statement.ts';
import type { CommitId, Digest, Hex, KeyId } from '../../core/digest.ts';
import type { KeyCommit } from '../../keys/key-replay.ts';
import type { VersionRow } from '../api/versions.ts';

/** A commit that was verified, with what it says of configs and artifacts. */
export interface CommitRecord {
  readonly index: number;
  /** SHA-256 of its log file. */
  readonly id: CommitId;
  readonly keyId: KeyId;
  readonly statement: Statement;
  /** The versions it adds, in the order of its changes. */
  readonly versions: readonly VersionRow[];
  readonly purges: readonly PurgeRow[];
}

/** A purge of one artifact. */
export interface PurgeRow {
  readonly digest: Digest;
  readonly index: number;
  readonly keyId: KeyId;
  readonly size: number;
  readonly reason: string;
}

/** Returns the record of a commit whose envelope was checked, or signed here. */
export function recordOf(index: number, id: Hex, keyId: KeyId, statement: Statement): CommitRecord {
  const { time, message, author } = statement;
  const versions: VersionRow[] = [];
  const purges: PurgeRow[] = [];
  for (const change of statement.changes) {
    if (change.action === 'purge') {
      const { digest, size, reason } = change;
      purges.push({ digest, index, keyId, size, reason });
      continue;
    }
    const { name, version, action, digest, size, mediaType, restoredFrom = null } = change;
    versions.push({
      ...{ name, version, index, commit: id, keyId, action, digest, size, mediaType, restoredFrom },
      ...{ time, message, author, flaw: null },
    });
  }
  return { index, id, keyId, statement, versions, purges };
}

/** True when two rows say the same of the same version; a flaw is this installation's own verdict and not compared. */
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

/** Returns what the keyring keeps of a commit that changes keys. */
export function keyCommitOf({ index, id, keyId, statement }: CommitRecord): KeyCommit {
  return { index, commit: id, signer: keyId, keys: statement.keys };
}
