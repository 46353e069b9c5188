import { formatDigest, sha256Hex } from '../../core/digest.ts';
import { shortDigest } from '../../core/short-id.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { changesSince, versionBefore } from '../history/version-before.ts';
import { isFirstContent, reportChanges } from '../shared/content-changes.ts';
import { describeChanges } from './commit-version.ts';
import { type TypedContent, takenAs } from './find-media-type.ts';
import { lossNotices } from './loss-notices.ts';
import { serverRemarks } from './server-remarks.ts';
import type { WriteResult } from './write-result.ts';

/** Returns what a put of this content would answer, with nothing stored or signed; it was admitted before. */
export async function previewVersion(
  store: Store,
  { name, content, head }: { name: string; content: TypedContent; head: VersionRow | undefined },
): Promise<WriteResult> {
  const digest = sha256Hex(content.bytes);
  const newest = head?.version ?? 0;
  const isSame = head?.action !== 'delete' && head?.digest === digest && head.mediaType === content.mediaType;
  const before = await versionBefore(store, name, newest);
  const changes = isSame ? [] : await changesSince(before, content);
  const reported = await reportChanges(changes);
  const total = reported.changes.length + (reported.changesOmitted ?? 0);
  const extent = isFirstContent(reported.changes) ? '' : `, ${describeChanges(total)}`;
  return {
    summary: isSame
      ? `Nothing to store: ${name} has this content already (version ${newest})`
      : `Not stored: ${name} would be version ${newest + 1} (${shortDigest(digest)}${extent}${takenAs(content)})`,
    name,
    created: false,
    version: newest,
    digest: formatDigest(digest),
    mediaType: content.mediaType,
    ...reported,
    ...(await serverRemarks(name, content, changes)),
    ...(isSame ? {} : await lossNotices(name, before, content)),
  };
}
