import { isStoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { Draft } from '../../store/api/drafts.ts';
import { checkExpected } from '../../store/api/faults.ts';
import type { Store } from '../../store/api/store.ts';
import { saveDraft } from '../drafts/save-draft.ts';
import { admitContent } from '../shared/admission.ts';
import { checkExpectedVersion } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { commitVersion } from './commit-version.ts';
import { contentToStore } from './content-to-store.ts';
import { explainType, isOtherText, type TypedContent } from './find-media-type.ts';
import { checkContentGiven } from './given-content.ts';
import { previewVersion } from './preview-version.ts';
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
  /** The name of the file the content comes from: its extension tells the media type where none is given. */
  readonly fileName?: string | undefined;
  readonly message?: string | undefined;
  /** The version this change builds on; 0: there must be no live config. */
  readonly expectedVersion?: number | undefined;
  /** A schema, by its name below `schemas/`: this version and those that follow have to satisfy it. Empty: none any longer. */
  readonly schema?: string | undefined;
  /** Save as the draft instead of committing. */
  readonly draft?: boolean | undefined;
  /** Say what it would do, and store nothing. */
  readonly dryRun?: boolean | undefined;
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
  if (request.schema !== undefined && request.schema !== '') checkName(request.schema);
  const store = await ctx.store();
  const head = await store.reader.head(name);
  checkExpected({ name, expectedVersion }, head);
  const message = request.message ?? '';
  if (request.draft === true) {
    const draft = await soundDraft(store, name);
    const kept = await contentToStore(store, request, draft ?? head);
    // Nothing is signed yet, and its reader sees that the type is another.
    const content = isOtherText(kept) ? await contentToStore(store, request, undefined) : kept;
    // Whole content with an expected version says what it builds on, so it moves an older draft on to that version.
    const rebase = expectedVersion !== undefined;
    const baseVersion = draft === undefined || rebase ? (head?.version ?? 0) : draft.baseVersion;
    return explained(content, saveDraft(ctx, store, { name, content, message, baseVersion, draft, rebase }));
  }
  const content = await contentToStore(store, request, head);
  const signed = await explained(content, admitContent(ctx, name, content, message));
  if (request.dryRun === true) return previewVersion(store, { name, content, head });
  const { bytes, mediaType } = content;
  const change = { action: 'put', name, bytes, mediaType, expectedVersion } as const;
  return commitVersion(ctx, store, { change, content, message: signed, newestVersion: head?.version ?? 0 });
}

/** A refusal says where the type comes from that the content does not have. */
async function explained<T>(content: TypedContent, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    throw isStoreError(error) ? explainType(error, content) : error;
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
