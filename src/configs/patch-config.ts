import { toCanonicalBytes } from '../core/canonical-json.ts';
import { decodeText } from '../core/content.ts';
import { isJsonMediaType } from '../core/media-type.ts';
import { mergePatch } from '../core/merge-patch.ts';
import { checkName } from '../core/name.ts';
import { parseStrictJson } from '../core/strict-json.ts';
import { StoreError } from '../errors.ts';
import type { Store } from '../store/api.ts';
import { checkExpected } from '../store/plan.ts';
import { admitContent } from './admission.ts';
import { argumentInvalid, checkExpectedVersion } from './argument.ts';
import type { Content } from './changes.ts';
import { commitVersion } from './commit-version.ts';
import type { Context } from './context.ts';
import { readVersion } from './read-version.ts';
import { saveDraft } from './save-draft.ts';
import type { WriteResult } from './write-result.ts';

/** A merge patch for a JSON config. */
export interface PatchConfigRequest {
  readonly name: string;
  /** RFC 7386: members are merged, null removes, arrays are replaced whole. */
  readonly patch: Readonly<Record<string, unknown>>;
  readonly message?: string | undefined;
  /** The version the patch was made for; the newest by default. */
  readonly expectedVersion?: number | undefined;
  /** Patch the draft (begun from the head where there is none) instead of committing. */
  readonly draft?: boolean | undefined;
}

/** What a patch did. */
export type PatchConfigResult = WriteResult;

/** A merge patch (RFC 7386) on the head or the draft; the result is stored as RFC 8785. @throws StoreError NOT_FOUND, CONTENT_INVALID, and what a put throws */
export async function patchConfig(ctx: Context, request: PatchConfigRequest): Promise<PatchConfigResult> {
  const name = checkName(request.name);
  const expectedVersion = checkExpectedVersion(request.expectedVersion);
  if (!isPatch(request.patch))
    throw argumentInvalid(
      'patch is not an object',
      'Send the members to change as a JSON object; to replace the whole config use put_config.',
    );
  const store = await ctx.store();
  const head = await store.head(name);
  checkExpected({ name, expectedVersion }, head);
  const message = request.message ?? '';
  const draft = request.draft === true ? await store.drafts.get(name) : undefined;
  const base = draft === undefined ? await readBase(store, name) : { content: draft, version: draft.baseVersion };
  const content: Content = { bytes: patched(name, base.content, request.patch), mediaType: base.content.mediaType };
  if (request.draft === true)
    return saveDraft(ctx, store, { name, content, message, baseVersion: base.version, draft });
  await admitContent(ctx, name, content, message);
  // Without an expected version the patch still holds only for the version it was worked out on.
  return commitVersion(ctx, store, {
    change: { action: 'put', name, ...content, expectedVersion: expectedVersion ?? base.version },
    content,
    message,
  });
}

async function readBase(store: Store, name: string): Promise<{ content: Content; version: number }> {
  const { row, bytes } = await readVersion(store, name);
  return { content: { bytes, mediaType: row.mediaType }, version: row.version };
}

function patched(name: string, { bytes, mediaType }: Content, patch: Readonly<Record<string, unknown>>): Uint8Array {
  if (!isJsonMediaType(mediaType)) {
    throw new StoreError('CONTENT_INVALID', `${name} is ${mediaType}, and a merge patch changes JSON only`, {
      hint: 'Read it with get_config, edit the text, and store it whole with put_config.',
    });
  }
  return toCanonicalBytes(mergePatch(parseStrictJson(decodeText(bytes)), patch));
}

function isPatch(patch: unknown): boolean {
  return typeof patch === 'object' && patch !== null && !Array.isArray(patch);
}
