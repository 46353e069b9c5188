import type { Hex } from '../../core/digest.ts';
import type { VersionRow } from '../api/versions.ts';

/** The values of a version, in the order of ROW_COLUMNS. */
export function toColumns(row: VersionRow): unknown[] {
  return [
    row.name,
    row.version,
    row.index,
    row.action,
    row.digest,
    row.size,
    row.mediaType,
    row.restoredFrom,
    row.commit,
    row.keyId,
    row.time,
    row.message,
    JSON.stringify(row.author),
  ];
}

/** The version in a row of `versions` or `heads`. */
export function fromColumns(columns: unknown): VersionRow | undefined {
  if (columns === undefined) return undefined;
  const c = columns as Record<string, unknown>;
  return {
    name: c['name'] as string,
    version: c['version'] as number,
    index: c['idx'] as number,
    action: c['action'] as VersionRow['action'],
    digest: c['digest'] as Hex,
    size: c['size'] as number,
    mediaType: c['media_type'] as string,
    restoredFrom: c['restored_from'] as number | null,
    commit: c['id'] as Hex,
    keyId: c['keyid'] as Hex,
    time: c['time'] as string,
    message: c['message'] as string,
    author: JSON.parse(c['author'] as string) as VersionRow['author'],
  };
}
