import type { Change } from '../../core/commit/statement.ts';
import { type Digest, formatDigest, sha256Hex } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import { checkExpected, notThere, purgedArtifact } from '../api/faults.ts';
import type { VersionRow } from '../api/versions.ts';
import type { ChangeRequest, CommitOutcome, CommitRequest } from '../api/writer.ts';
import { damagedVersion } from '../commits/faults.ts';

/**
 * Questions of a plan to the log as it is now, changes of the same batch included. A version is compared with the log itself:
 * what is signed on it is what the log says. Each throws CORRUPT when the log does not have it.
 */
export interface Lookup {
  head(name: string): Promise<VersionRow | undefined>;
  version(name: string, version: number): Promise<VersionRow | undefined>;
  /** Returns the reason an artifact was purged for, when no later commit brought it back. */
  purged(digest: Digest): Promise<string | undefined>;
  /** True when a read answers with the version: it is what it says, and its key is trusted. */
  isBelieved(row: VersionRow): boolean;
  /** Returns the newest version that has these bytes. */
  withDigest(digest: Digest): Promise<VersionRow | undefined>;
}

/** One request, worked out against the newest versions: what the statement will say. */
export interface Plan {
  readonly changes: readonly Change[];
  readonly versions: CommitOutcome['versions'];
  /** The newest of the heads that the request left as they are; its commit answers for a request that changed nothing. */
  readonly unchanged: VersionRow | undefined;
}

/**
 * Works a request out: expected versions first, then what each change makes. A put that equals its live head in digest and
 * media type makes no version, unless that head is one that no read answers with.
 *
 * @throws StoreError VERSION_CONFLICT with the head, NOT_FOUND, PURGED, NAME_INVALID, ARGUMENT_INVALID
 */
export async function planCommit(request: CommitRequest, index: number, lookup: Lookup): Promise<Plan> {
  const changes: Change[] = [];
  const versions: CommitOutcome['versions'][number][] = [];
  let unchanged: VersionRow | undefined;
  const seen = new Set<string>();
  for (const change of request.changes) {
    const subject = change.action === 'purge' ? `purge/${change.digest}` : checkName(change.name);
    if (seen.has(subject)) throw twice(subject);
    seen.add(subject);
    if (change.action === 'purge') {
      const row = await lookup.withDigest(change.digest);
      if (row === undefined)
        throw new StoreError('NOT_FOUND', `no version has the artifact ${formatDigest(change.digest)}`, {
          hint: 'Give the digest of a version, as its history shows it.',
          advice: [{ do: 'list-configs' }],
        });
      changes.push({ action: 'purge', digest: change.digest, reason: change.reason, size: row.size });
      continue;
    }
    const head = await lookup.head(change.name);
    checkExpected(change, head);
    const made = await versionOf(change, head, lookup);
    const live = head !== undefined && head.action !== 'delete' && lookup.isBelieved(head) ? head : undefined;
    if (
      made.action !== 'delete' &&
      live?.digest === made.digest &&
      live.mediaType === made.mediaType &&
      (await lookup.purged(made.digest)) === undefined
    ) {
      if (unchanged === undefined || live.index > unchanged.index) unchanged = live;
      versions.push({
        name: change.name,
        version: live.version,
        digest: live.digest,
        created: false,
        index: live.index,
      });
      continue;
    }
    const version = (head?.version ?? 0) + 1;
    changes.push({ ...made, name: change.name, version });
    versions.push({ name: change.name, version, digest: made.digest, created: true, index });
  }
  return { changes, versions, unchanged };
}

interface Made {
  readonly action: 'put' | 'restore' | 'delete';
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string;
  readonly restoredFrom?: number;
}

async function versionOf(
  change: Exclude<ChangeRequest, { action: 'purge' }>,
  head: VersionRow | undefined,
  lookup: Lookup,
): Promise<Made> {
  switch (change.action) {
    case 'put':
      return { action: 'put', digest: sha256Hex(change.bytes), size: change.bytes.length, mediaType: change.mediaType };
    case 'delete':
      if (head === undefined || head.action === 'delete') throw notThere(change.name, head);
      return { action: 'delete', digest: head.digest, size: head.size, mediaType: head.mediaType };
    case 'restore': {
      if (head === undefined) throw notThere(change.name, head);
      const row = await lookup.version(change.name, change.version);
      if (row === undefined) {
        throw new StoreError('NOT_FOUND', `${change.name} has no version ${change.version}`, {
          hint: `Its versions go from 1 to ${head.version}.`,
          details: { newest_version: head.version },
        });
      }
      if (row.action === 'delete') {
        throw new StoreError(
          'ARGUMENT_INVALID',
          `version ${row.version} of ${change.name} is a deletion, so there is nothing to restore`,
          { hint: `Restore version ${row.version - 1}, the one before it, instead.` },
        );
      }
      if (row.flaw !== null) throw damagedVersion(row.flaw);
      const reason = await lookup.purged(row.digest);
      if (reason !== undefined) throw purgedArtifact(row.digest, reason);
      return {
        action: 'restore',
        digest: row.digest,
        size: row.size,
        mediaType: row.mediaType,
        restoredFrom: row.version,
      };
    }
  }
}

function twice(name: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${name} occurs twice in one commit`, { hint: 'Name each config once.' });
}
