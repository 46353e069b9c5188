import { type Digest, formatDigest } from '../../core/digest.ts';
import { StoreError } from '../../core/errors.ts';
import type { VersionRow } from './versions.ts';

/** Compares an expected version with the head: 0 stands for no config, or a deleted one. @throws StoreError VERSION_CONFLICT with the head in its details */
export function checkExpected(
  { name, expectedVersion }: { name: string; expectedVersion?: number | undefined },
  head: VersionRow | undefined,
): void {
  if (expectedVersion === undefined || expectedVersion === (head?.version ?? 0)) return;
  const deleted = head?.action === 'delete';
  if (expectedVersion === 0 && deleted) return;
  const message =
    head === undefined
      ? `${name} does not exist, and version ${expectedVersion} was expected`
      : `the newest version of ${name} is ${head.version}${deleted ? ' (a deletion)' : ''}, and ${expectedVersion === 0 ? 'none' : `version ${expectedVersion}`} was expected`;
  throw new StoreError('VERSION_CONFLICT', message, {
    hint: 'Nothing was stored.',
    advice: [
      head === undefined
        ? { do: 'put-config', name, expectedVersion: 0 }
        : { do: 'merge', name, newest: head.version, expectedVersion: deleted ? 0 : head.version },
    ],
    details: {
      name,
      version: head?.version ?? 0,
      digest: head === undefined ? null : formatDigest(head.digest),
      deleted,
    },
  });
}

/** `PURGED`: the bytes were removed on purpose, and why. */
export function purgedArtifact(digest: Digest, reason: string): StoreError {
  return new StoreError('PURGED', `the bytes of ${formatDigest(digest)} were purged: ${JSON.stringify(reason)}`, {
    hint: 'They are gone for good; read another version, or put new content.',
  });
}

/** `NOT_FOUND` for a config that never was, or whose newest version is a deletion. */
export function notThere(name: string, head: VersionRow | undefined): StoreError {
  if (head === undefined)
    return new StoreError('NOT_FOUND', `there is no config ${name}`, {
      hint: 'Use the name of a config that is here.',
      advice: [{ do: 'list-configs' }],
    });
  return new StoreError('NOT_FOUND', `${name} was deleted (version ${head.version})`, {
    hint: 'Its history is still there.',
    advice: [{ do: 'restore', name, version: head.version - 1 }],
    details: { version: head.version, deleted: true },
  });
}
