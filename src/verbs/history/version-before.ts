import type { ValueChange } from '../../core/content/diff.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Store } from '../../store/api/store.ts';
import { type Content, compareContent } from '../shared/content-changes.ts';

/** The version that new content is compared with; without content where there is none, it was deleted, or it cannot be read. */
export interface VersionBefore {
  readonly version: number;
  readonly content?: Content | undefined;
  /** True where it was purged or is damaged. */
  readonly isUnreadable?: boolean | undefined;
}

const UNREADABLE = { op: 'replace', path: '', extent: 'the version before cannot be read' } as const;

/** Reads a version to compare with, 0 being none. Never fails for what is wrong with it: no fault of an older version may hide the success of a write. */
export async function versionBefore(store: Store, name: string, version: number): Promise<VersionBefore> {
  if (version === 0) return { version };
  try {
    const { row, bytes } = await store.reader.read(name, version);
    return { version, content: { bytes, mediaType: row.mediaType } };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { version, isUnreadable: error.code !== 'NOT_FOUND' };
  }
}

/** Compares content with the version before; one that cannot be read, or not be compared, counts as replaced whole. Never fails for that. */
export async function changesSince(before: VersionBefore, content: Content): Promise<readonly ValueChange[]> {
  if (before.isUnreadable === true) return [UNREADABLE];
  try {
    return await compareContent(before.content, content);
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return [UNREADABLE];
  }
}
