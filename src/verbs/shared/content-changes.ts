import { parseStructured } from '../../core/content/content.ts';
import { diffValues, type ValueChange } from '../../core/content/diff.ts';
import { contentKind } from '../../core/content/media-type.ts';
import { isStoreError } from '../../core/errors.ts';

/** Bytes, and how they are to be read. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** One change in a result. */
export interface ReportedChange extends ValueChange {
  /** `before` or `after` was long: it is a string now, the beginning of the value's JSON text. */
  readonly cut?: true | undefined;
}

/** How much of a comparison is shown; characters are those of the values' JSON text. */
export interface ChangeLimits {
  readonly changes: number;
  readonly valueChars: number;
  readonly totalChars: number;
}

/** The limits of an answer for a reader. */
export const READABLE: ChangeLimits = { changes: 200, valueChars: 1_000, totalChars: 20_000 };
/** Everything. */
export const UNLIMITED: ChangeLimits = {
  changes: Number.POSITIVE_INFINITY,
  valueChars: Number.POSITIVE_INFINITY,
  totalChars: Number.POSITIVE_INFINITY,
};

/** Larger content is compared as a whole: parsing it takes too long. */
const MAX_STRUCTURED_BYTES = 4 * 1_048_576;

/**
 * Returns the value of JSON, JSONC, YAML or TOML content; `undefined` for any other, for damaged and for very large
 * content.
 */
export async function structuredValue({ bytes, mediaType }: Content): Promise<unknown> {
  const kind = contentKind(mediaType);
  if (kind === 'text' || kind === 'binary' || bytes.length > MAX_STRUCTURED_BYTES) return undefined;
  try {
    return await parseStructured(bytes, mediaType);
  } catch (error) {
    // Content that was stored under an older policy, or is only a draft of a document, is compared as bytes.
    if (isStoreError(error, 'CONTENT_INVALID')) return undefined;
    throw error;
  }
}

/**
 * Returns the changes that turn one content into another: value by value where both have structure, else one change of
 * the whole, without values. Empty when the values are equal, whatever the spelling, or the bytes are.
 */
export async function compareContent(before: Content | undefined, after: Content): Promise<ValueChange[]> {
  const value = await structuredValue(after);
  if (before === undefined) return [{ op: 'add', path: '', ...(value === undefined ? {} : { after: value }) }];
  if (Buffer.compare(before.bytes, after.bytes) === 0) return [];
  const former = value === undefined ? undefined : await structuredValue(before);
  return former === undefined ? [{ op: 'replace', path: '' }] : diffValues(former, value);
}

/** Returns true when all of the content is new: a config began, or was brought back, and there are no changes to count. */
export function isFirstContent(changes: readonly ValueChange[]): boolean {
  return changes.length === 1 && changes[0]?.op === 'add' && changes[0].path === '';
}

/** Returns the changes as a result shows them, within limits; what had to be left out is counted. */
export function reportChanges(
  changes: readonly ValueChange[],
  limits: ChangeLimits = READABLE,
): { changes: ReportedChange[]; changesOmitted?: number } {
  const reported: ReportedChange[] = [];
  let room = limits.totalChars;
  for (const change of changes) {
    if (reported.length >= limits.changes || room <= 0) break;
    const { shown, chars } = shorten(change, limits.valueChars);
    reported.push(shown);
    room -= chars;
  }
  const omitted = changes.length - reported.length;
  return { changes: reported, ...(omitted > 0 ? { changesOmitted: omitted } : {}) };
}

function shorten(change: ValueChange, maxChars: number): { shown: ReportedChange; chars: number } {
  if (maxChars === Number.POSITIVE_INFINITY) return { shown: change, chars: 0 };
  let shown: ReportedChange = change;
  let chars = change.path.length;
  for (const side of ['before', 'after'] as const) {
    if (change[side] === undefined) continue;
    const text = JSON.stringify(change[side]);
    chars += Math.min(text.length, maxChars);
    if (text.length > maxChars)
      shown = { ...shown, [side]: `${text.slice(0, maxChars).replace(/[\uD800-\uDBFF]$/, '')}…`, cut: true };
  }
  return { shown, chars };
}
