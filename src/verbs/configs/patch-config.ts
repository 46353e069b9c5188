import { isStoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { checkName } from '../../core/name.ts';
import { checkExpected } from '../../store/api/faults.ts';
import type { Store } from '../../store/api/store.ts';
import { saveDraft } from '../drafts/save-draft.ts';
import { admitContent } from '../shared/admission.ts';
import { argumentInvalid, checkExpectedVersion } from '../shared/argument.ts';
import type { Content } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { commitVersion } from './commit-version.ts';
import { patchKeepingLayout, withLayoutRemark } from './kept-layout.ts';
import { readVersion } from './read-version.ts';
import type { WriteResult } from './write-result.ts';

/** A merge patch for a JSON, JSONC, YAML or TOML config. */
export interface PatchConfigRequest {
  readonly name: string;
  /** RFC 7386: members are merged, null removes, arrays are replaced whole. */
  readonly patch: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
  /** The version the patch was made for; by default the newest, whichever that is when it is committed. */
  readonly expectedVersion?: number | undefined;
  /** Patch the draft (begun from the head where there is none) instead of committing. */
  readonly draft?: boolean | undefined;
}

/** How often a patch is applied again when others keep changing its config. */
const MAX_ATTEMPTS = 20;

/** The result of a patch. */
export type PatchConfigResult = WriteResult;

/**
 * Applies a merge patch (RFC 7386) to the head or the draft; everything it does not change keeps its layout.
 *
 * @throws StoreError NOT_FOUND, CONTENT_INVALID, and what a put throws
 */
export async function patchConfig(ctx: Context, request: PatchConfigRequest): Promise<PatchConfigResult> {
  const name = checkName(request.name);
  const expectedVersion = checkExpectedVersion(request.expectedVersion);
  if (!isObject(request.patch))
    throw argumentInvalid(
      'patch is not an object',
      'Give the members to change as a JSON object; to replace the whole config, store it whole.',
    );
  const store = await ctx.store();
  for (let attempt = 1; ; attempt++) {
    checkExpected({ name, expectedVersion }, await store.reader.head(name));
    try {
      return await applyPatch(ctx, store, { ...request, name, expectedVersion });
    } catch (error) {
      // Another writer changed the config the patch was applied to: it is applied again, so that neither change is lost.
      if (!isStoreError(error, 'VERSION_CONFLICT') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function applyPatch(
  ctx: Context,
  store: Store,
  { name, patch, message = '', expectedVersion, draft: asDraft = false }: PatchConfigRequest,
): Promise<WriteResult> {
  const draft = asDraft ? await store.drafts.get(name) : undefined;
  const base = draft === undefined ? await readBase(store, name) : { content: draft, version: draft.baseVersion };
  const edited = await patchKeepingLayout(name, base.content, patch);
  const content = { bytes: edited.bytes, mediaType: edited.mediaType };
  if (asDraft) {
    const afterRevision = draft?.revision ?? 0;
    const saved = await saveDraft(ctx, store, {
      name,
      content,
      message,
      baseVersion: base.version,
      draft,
      afterRevision,
    });
    return withLayoutRemark(saved, edited);
  }
  await admitContent(ctx, name, content, message);
  const change = { action: 'put', name, ...content, expectedVersion: expectedVersion ?? base.version } as const;
  return withLayoutRemark(
    await commitVersion(ctx, store, { change, content, message, newestVersion: base.version }),
    edited,
  );
}

async function readBase(store: Store, name: string): Promise<{ content: Content; version: number }> {
  const { row, bytes } = await readVersion(store, name);
  return { content: { bytes, mediaType: row.mediaType }, version: row.version };
}
