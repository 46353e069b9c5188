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
  /** True when lines that hold the same moved, or were spaced or ended in another way. */
  readonly layoutDiffers: boolean;
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
    return {
      changes: [{ op: 'add', path: '', after: describeExact(value) }],
      commentsDiffer: false,
      layoutDiffers: false,
    };
  const former = await parseExact(before.bytes, before.mediaType);
  if (former === undefined) return undefined;
  const [old, now] = await Promise.all([before, after].map(comments));
  const changes = diffValues(former, value);
  const commentsDiffer = old !== now;
  const layoutDiffers =
    changes.length === 0
      ? !commentsDiffer && !isSame(before, after)
      : hasOtherLayout(before.bytes, after.bytes, changes);
  return { changes, commentsDiffer, layoutDiffers };
}

function isSame(a: TypedBytes, b: TypedBytes): boolean {
  return Buffer.compare(a.bytes, b.bytes) === 0;
}

/** True when lines differ in white space or line end alone, or stand in another order; what arrays hold moves as data. */
function hasOtherLayout(before: Uint8Array, after: Uint8Array, changes: readonly ValueChange[]): boolean {
  const [old, now] = [before, after].map((bytes) => decodeText(bytes).split(/(?<=\n)/)) as [string[], string[]];
  const [oldLines, nowLines] = [new Set(old), new Set(now)];
  const gone = new Set(old.filter((line) => !nowLines.has(line)).map(withoutSpace));
  if (now.some((line) => !oldLines.has(line) && line.trim() !== '' && gone.has(withoutSpace(line)))) return true;
  return !changes.some(({ path }) => /\/\d+(?:\/|$)/.test(path)) && isReordered(old, now);
}

function withoutSpace(line: string): string {
  return line.replace(/[\s\uFEFF]+/g, '');
}

/** Lines that stand once on either side say what moved. */
function isReordered(old: readonly string[], now: readonly string[]): boolean {
  const places = new Map<string, number | undefined>();
  for (const [at, line] of now.entries()) places.set(line, places.has(line) ? undefined : at);
  const seen = new Set<string>();
  const twice = new Set(old.filter((line) => seen.size === seen.add(line).size));
  let last = -1;
  for (const line of old) {
    const at = twice.has(line) ? undefined : places.get(line);
    if (at === undefined) continue;
    if (at < last) return true;
    last = at;
  }
  return false;
}

async function comments({ bytes, mediaType }: TypedBytes): Promise<string> {
  const text = decodeText(bytes);
  return JSON.stringify(commentTexts(text, await commentRanges(text, contentKind(mediaType))));
}
