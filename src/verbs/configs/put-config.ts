import { isStoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Draft } from '../../store/api/drafts.ts';
import { checkExpected } from '../../store/api/faults.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { saveDraft } from '../drafts/save-draft.ts';
import { admitContent } from '../shared/admission.ts';
import { checkExpectedVersion } from '../shared/argument.ts';
import type { Content } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { commitVersion } from './commit-version.ts';
import { checkContentGiven, givenContent } from './given-content.ts';
import { dataInLayout } from './kept-layout.ts';
import type { WriteResult } from './write-result.ts';

/** New content for a config: exactly one of `content`, `json` and `bytes`. */
export interface PutConfigRequest {
  readonly name: string;
  /** Text, stored byte for byte as UTF-8; with `encoding: 'base64'`, the bytes it spells. */
  readonly content?: string | undefined;
  /** An object or array, stored as RFC 8785 bytes. */
  readonly json?: unknown;
  /** Raw bytes; the command line only. */
  readonly bytes?: Uint8Array | undefined;
  readonly encoding?: 'utf-8' | 'base64' | undefined;
  readonly mediaType?: string | undefined;
  /** The media type where there is no live config to keep it from, and none is given. */
  readonly newMediaType?: string | undefined;
  readonly message?: string | undefined;
  /** The version this change builds on; 0: there must be no live config. */
  readonly expectedVersion?: number | undefined;
  /** Save as the draft instead of committing. */
  readonly draft?: boolean | undefined;
}

/** The result of a put. */
export type PutConfigResult = WriteResult;

/**
 * Stores a new version, or draft, of a config.
 *
 * @throws StoreError VERSION_CONFLICT, CONTENT_INVALID, CONTENT_TOO_LARGE, SECRET_FOUND, NAME_INVALID,
 * ARGUMENT_INVALID, and what a commit throws
 */
export async function putConfig(ctx: Context, request: PutConfigRequest): Promise<PutConfigResult> {
  const name = checkName(request.name);
  const expectedVersion = checkExpectedVersion(request.expectedVersion);
  checkContentGiven(request);
  const store = await ctx.store();
  const head = await store.reader.head(name);
  checkExpected({ name, expectedVersion }, head);
  const message = request.message ?? '';
  const isLive = head !== undefined && head.action !== 'delete';
  const given = { ...request, mediaType: request.mediaType ?? (isLive ? undefined : request.newMediaType) };
  if (request.draft === true) {
    const draft = await soundDraft(store, name);
    const content = await laidOut(store, given, givenContent(given, draft ?? head), draft ?? head);
    // Whole content with an expected version says what it builds on, so it moves an older draft on to that version.
    const rebase = expectedVersion !== undefined;
    const baseVersion = draft === undefined || rebase ? (head?.version ?? 0) : draft.baseVersion;
    return saveDraft(ctx, store, { name, content, message, baseVersion, draft, rebase });
  }
  const content = await laidOut(store, given, givenContent(given, head), head);
  const signed = await admitContent(ctx, name, content, message);
  const change = { action: 'put', name, ...content, expectedVersion } as const;
  return commitVersion(ctx, store, { change, content, message: signed });
}

/** A JSON document goes into the layout that its config has; one in canonical form, or none, has none to keep. */
async function laidOut(
  store: Store,
  { name, json, mediaType }: PutConfigRequest,
  given: Content,
  former: Draft | VersionRow | undefined,
): Promise<Content> {
  if (json === undefined || mediaType !== undefined || former === undefined) return given;
  if (!/json/i.test(former.mediaType) || ('action' in former && former.action === 'delete')) return given;
  try {
    const bytes = 'bytes' in former ? former.bytes : (await store.reader.read(name)).bytes;
    const edited = await dataInLayout({ bytes, mediaType: former.mediaType }, json);
    return edited === undefined ? given : { bytes: edited.bytes, mediaType: edited.mediaType };
  } catch (error) {
    // A version that cannot be read has no layout to keep; storing whole content repairs it.
    if (isStoreError(error)) return given;
    throw error;
  }
}

/** Returns the draft there is; one whose file is damaged counts as none, because saving another repairs it. */
async function soundDraft(store: Store, name: string): Promise<Draft | undefined> {
  try {
    return await store.drafts.get(name);
  } catch (error) {
    if (isStoreError(error, 'CORRUPT')) return undefined;
    throw error;
  }
}
