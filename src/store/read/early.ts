import type { Digest } from '../../core/digest.ts';
import type { ObjectStore } from '../../engine/port.ts';
import type { VersionRow } from '../api/versions.ts';

/** Larger artifacts are not asked for on a guess, in bytes. */
const SMALL = 65_536;

/** An artifact that is on its way before it is certain that it is the one wanted. */
export interface Early {
  readonly digest: Digest;
  /** Undefined where it could not be had: then it is asked for again. */
  readonly bytes: Promise<Uint8Array | undefined>;
}

/**
 * Asks for the artifact of what is known as the newest version, while the log is looked at for a newer one: mostly there is none,
 * and both requests have taken the time of one.
 */
export function askEarly(objects: ObjectStore, row: VersionRow | undefined): Early | undefined {
  if (!objects.byRequest || row === undefined || row.action === 'delete' || row.size > SMALL) return undefined;
  return { digest: row.digest, bytes: objects.get(row.digest, row.size).catch(() => undefined) };
}
