import { contentKind } from '../../core/content/media-type.ts';
import { isStoreError, StoreError } from '../../core/errors.ts';
import type { Content } from '../shared/content-changes.ts';
import { runContentTask } from '../shared/content-thread.ts';
import type { WriteResult } from './write-result.ts';

/** Content that was worked out from what there was. */
export interface EditedContent extends Content {
  /** True when all of the text had to be written again. */
  readonly laidOutAgain: boolean;
}

/** Returns content with a merge patch applied and its layout kept. @throws StoreError CONTENT_INVALID */
export async function patchKeepingLayout(
  name: string,
  content: Content,
  patch: Readonly<Record<string, unknown>>,
): Promise<EditedContent> {
  const { mediaType } = content;
  const kind = contentKind(mediaType);
  if (kind === 'text' || kind === 'binary') {
    throw new StoreError(
      'CONTENT_INVALID',
      `${name} is ${mediaType}, and a merge patch changes JSON, JSONC, YAML and TOML only`,
      {
        hint: 'Read it, edit the text, and store it whole.',
        advice: [
          { do: 'read-config', name },
          { do: 'put-config', name },
        ],
      },
    );
  }
  return { ...(await runContentTask([content], 'patch', content, patch)), mediaType };
}

/**
 * Returns the text of JSON or JSONC that was there, changed so that it holds the data of a document: its order, comments and
 * layout stay. `undefined` where there is no such text, or the document says more than one of its media type can.
 */
export async function dataInLayout(former: Content | undefined, json: unknown): Promise<EditedContent | undefined> {
  const kind = former === undefined ? 'binary' : contentKind(former.mediaType);
  if (former === undefined || (kind !== 'json' && kind !== 'jsonc')) return undefined;
  try {
    const edited = await runContentTask([former], 'replaceData', former, json);
    return edited.laidOutAgain ? undefined : { ...edited, mediaType: former.mediaType };
  } catch (error) {
    if (isStoreError(error, 'CONTENT_INVALID', 'CONTENT_TOO_LARGE')) return undefined;
    throw error;
  }
}

/** Adds to a result that comments and layout could not be kept. */
export function withLayoutRemark(result: WriteResult, { laidOutAgain }: EditedContent): WriteResult {
  if (!laidOutAgain || !result.created) return result;
  const remark = {
    code: 'LAID_OUT_AGAIN',
    path: '',
    message:
      'the change did not fit into the text, so all of it was written again; comments and layout are in the version before',
  };
  return { ...result, warnings: [...(result.warnings ?? []), remark] };
}
