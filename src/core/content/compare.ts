import { commentRanges, commentTexts } from './comments.ts';
import { decodeText, parseExact } from './content.ts';
import { diffValues, type ValueChange } from './diff.ts';
import { describeExact } from './exact.ts';
import { contentKind } from './media-type.ts';

/** Bytes, and how they are to be read. */
export interface TypedBytes {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** How two structured contents differ; plain data. */
export interface StructuralDifference {
  readonly changes: readonly ValueChange[];
  /** True when a comment was added, removed or changed. */
  readonly commentsDiffer: boolean;
}

/**
 * Compares two contents by the data they hold.
 *
 * @param before `undefined` for nothing: then all of `after` is added
 * @returns `undefined` where one has no structure, or too much of it
 * @throws StoreError `CONTENT_INVALID`
 */
export async function compareStructure(
  before: TypedBytes | undefined,
  after: TypedBytes,
): Promise<StructuralDifference | undefined> {
  const value = await parseExact(after.bytes, after.mediaType);
  if (value === undefined) return undefined;
  if (before === undefined)
    return { changes: [{ op: 'add', path: '', after: describeExact(value) }], commentsDiffer: false };
  const former = await parseExact(before.bytes, before.mediaType);
  if (former === undefined) return undefined;
  const [old, now] = await Promise.all([before, after].map(comments));
  return { changes: diffValues(former, value), commentsDiffer: old !== now };
}

async function comments({ bytes, mediaType }: TypedBytes): Promise<string> {
  const text = decodeText(bytes);
  return JSON.stringify(commentTexts(text, await commentRanges(text, contentKind(mediaType))));
}
