import { boundSchema, withSchema } from '../../core/content/media-type.ts';
import { isStoreError } from '../../core/errors.ts';
import type { Draft } from '../../store/api/drafts.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import type { Content } from '../shared/content-changes.ts';
import type { TypedContent } from './find-media-type.ts';
import { type GivenContent, typedContent } from './given-content.ts';
import { dataInLayout } from './kept-layout.ts';

/** Content for a config, and the names that tell its type. */
export interface ContentRequest extends GivenContent {
  readonly name: string;
  /** The name of the file the content comes from. */
  readonly fileName?: string | undefined;
  /** The schema that holds for this version and those that follow; empty for none, that of the version before unless given. */
  readonly schema?: string | undefined;
}

/**
 * Returns the content of a request as it would be stored: with the media type it has, and a JSON document in the layout of what
 * there was. What is only checked goes the same way, so that both come to the same verdict.
 *
 * @param before the newest version, or the draft
 * @throws StoreError ARGUMENT_INVALID, CONTENT_INVALID
 */
export async function contentToStore(
  store: Store,
  request: ContentRequest,
  before: Draft | VersionRow | undefined,
): Promise<TypedContent> {
  const former = before === undefined || ('action' in before && before.action === 'delete') ? undefined : before;
  const { name, fileName } = request;
  const typed = await typedContent(request, {
    names: [...(fileName === undefined ? [] : [fileName]), name],
    former: former && { mediaType: former.mediaType, bytes: () => bytesOf(store, former) },
  });
  const content = { ...typed, ...(await laidOut(store, request, typed, former)) };
  const schema = request.schema ?? (former && boundSchema(former.mediaType));
  return schema === undefined ? content : { ...content, mediaType: withSchema(content.mediaType, schema) };
}

/** A JSON document goes into the layout that its config has; one in canonical form, or none, has none to keep. */
async function laidOut(
  store: Store,
  { json, mediaType }: ContentRequest,
  given: Content,
  former: Draft | VersionRow | undefined,
): Promise<Content> {
  if (json === undefined || mediaType !== undefined || former === undefined) return given;
  if (!/json/i.test(former.mediaType)) return given;
  const bytes = await bytesOf(store, former);
  const edited = bytes && (await dataInLayout({ bytes, mediaType: former.mediaType }, json));
  return edited === undefined ? given : { bytes: edited.bytes, mediaType: edited.mediaType };
}

/** A version that cannot be read tells nothing of the next; storing whole content repairs it. */
async function bytesOf(store: Store, former: Draft | VersionRow): Promise<Uint8Array | undefined> {
  if ('bytes' in former) return former.bytes;
  try {
    return (await store.reader.read(former.name, former.version)).bytes;
  } catch (error) {
    if (isStoreError(error)) return undefined;
    throw error;
  }
}
