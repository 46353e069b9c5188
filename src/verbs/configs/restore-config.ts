import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import { checkExpected } from '../../store/api/faults.ts';
import { admitMessage } from '../shared/admission.ts';
import { checkExpectedVersion } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { checkReference } from '../shared/resolve-version.ts';
import { commitVersion } from './commit-version.ts';
import { readVersion } from './read-version.ts';
import type { WriteResult } from './write-result.ts';

/** Which version becomes the newest again. */
export interface RestoreConfigRequest {
  readonly name: string;
  readonly version: VersionReference;
  readonly message?: string | undefined;
  readonly expectedVersion?: number | undefined;
}

/** The result of a restore. */
export type RestoreConfigResult = WriteResult;

/**
 * Makes an older version the newest, as a new version.
 *
 * @throws StoreError NOT_FOUND, PURGED, VERSION_CONFLICT, ARGUMENT_INVALID, and what a commit throws
 */
export async function restoreConfig(ctx: Context, request: RestoreConfigRequest): Promise<RestoreConfigResult> {
  const name = checkName(request.name);
  const reference = checkReference(request.version);
  const expectedVersion = checkExpectedVersion(request.expectedVersion);
  const message = request.message ?? '';
  const store = await ctx.store();
  const head = await store.reader.head(name);
  checkExpected({ name, expectedVersion }, head);
  await admitMessage(ctx, name, message);
  // Read first: damaged bytes must not become the newest version again.
  const { row, bytes } = await readVersion(store, name, reference);
  return commitVersion(ctx, store, {
    change: { action: 'restore', name, version: row.version, expectedVersion },
    content: { bytes, mediaType: row.mediaType },
    message,
    newestVersion: head?.version ?? 0,
  });
}
