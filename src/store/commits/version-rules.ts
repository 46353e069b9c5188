import type { Digest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { VersionRow } from '../api/versions.ts';
import type { CommitRecord, PurgeRow } from './commit-record.ts';

/** The part of a version that the rules look at. */
export type VersionBefore = Pick<VersionRow, 'version' | 'action' | 'digest' | 'size' | 'mediaType'>;

/** The versions before a commit. */
export interface VersionsBefore<Version extends VersionBefore = VersionRow> {
  head(name: string): Promise<Version | undefined>;
  version(name: string, version: number): Promise<Version | undefined>;
  /** Size of an artifact that some version names. */
  sizeOf(digest: Digest): Promise<number | undefined>;
}

/**
 * Checks what a commit says of configs against the versions before it. A version that does not follow the one before makes
 * the commit no commit of this store. A restore, deletion or purge that names other bytes than it says is signed, and stays
 * in the log, but is not believed: the version carries the flaw, and the purge is left out.
 *
 * @throws StoreError CORRUPT
 */
export async function judgeVersions(
  record: CommitRecord,
  before: VersionsBefore<VersionBefore>,
): Promise<CommitRecord> {
  let flawed = false;
  const versions: VersionRow[] = [];
  for (const row of record.versions) {
    const head = await before.head(row.name);
    // Rule: versions of a config are 1, 2, 3 …
    if (row.version !== (head?.version ?? 0) + 1)
      throw new StoreError(
        'CORRUPT',
        `commit ${record.index} is damaged: ${row.name} goes from version ${head?.version ?? 0} to ${row.version}`,
        { hint: 'This program did not write that commit.', advice: [{ do: 'verify' }] },
      );
    const flaw = await flawOf(row, head, before);
    flawed ||= flaw !== null;
    versions.push(flaw === null ? row : { ...row, flaw });
  }
  const purges: PurgeRow[] = [];
  for (const purge of record.purges) if ((await purgeFlaw(purge, before)) === null) purges.push(purge);
  flawed ||= purges.length < record.purges.length;
  return flawed ? { ...record, versions, purges } : record;
}

async function flawOf(
  row: VersionRow,
  head: VersionBefore | undefined,
  before: VersionsBefore<VersionBefore>,
): Promise<string | null> {
  if (row.action === 'put') return null;
  // Rule: a deletion repeats what it deletes.
  if (row.action === 'delete')
    return head !== undefined && head.action !== 'delete' && sameBytes(row, head)
      ? null
      : `version ${row.version} of ${row.name} is a deletion, and does not repeat what it deletes`;
  // Rule: a restore has the bytes of the version it restores.
  const source = await before.version(row.name, row.restoredFrom ?? 0);
  return source !== undefined && source.action !== 'delete' && sameBytes(row, source)
    ? null
    : `version ${row.version} of ${row.name} says it restores version ${row.restoredFrom}, and has other bytes`;
}

/** Returns why a purge is not believed: it must name the true size of an artifact that a version has. */
export async function purgeFlaw(
  { index, digest, size }: PurgeRow,
  before: Pick<VersionsBefore<VersionBefore>, 'sizeOf'>,
): Promise<string | null> {
  const known = await before.sizeOf(digest);
  return known === size
    ? null
    : `commit ${index} says it purges ${size} bytes, and ${known ?? 'no'} bytes have that digest`;
}

function sameBytes(a: VersionRow, b: VersionBefore): boolean {
  return a.digest === b.digest && a.size === b.size && a.mediaType === b.mediaType;
}
