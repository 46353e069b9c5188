import { cutFrom, cutPair } from '../../core/content/brief-change.ts';
import type { ValueChange } from '../../core/content/diff.ts';
import { contentKind } from '../../core/content/media-type.ts';
import { isStoreError } from '../../core/errors.ts';
import { isGivenUp, runContentTask } from './content-thread.ts';
import { count } from './text.ts';

/** Bytes, and how they are to be read. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** One change in a result. */
export interface ReportedChange extends ValueChange {
  /** How much of content without structure differs: lines of a text, bytes of anything else. */
  readonly extent?: string | undefined;
  /** The differences between two long texts, word by word: `… before [-Never-]{+Always+} push …`. */
  readonly words?: string | undefined;
  /** `before` or `after` was long: it is a string now, the part of the value's JSON text around the first difference. */
  readonly cut?: true | undefined;
}

/** A change of content without structure, as a whole; its extent in words. */
interface WholeChange extends ValueChange {
  readonly extent?: string | undefined;
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

/** From how many characters on two texts are shown word by word. */
const WORDS_FROM_CHARS = 60;
/** How long the texts of one answer may be compared word by word; later ones are compared from both ends only. */
const WORDS_MS = 40;

/** Returns the value of JSON, JSONC, YAML or TOML content; `undefined` for any other, for damaged and for very large content. */
export async function structuredValue(content: Content): Promise<unknown> {
  if (!hasStructure(content)) return undefined;
  return unlessUnreadable(() => runContentTask([content], 'parse', content));
}

/** How one content differs from another. */
export interface ContentDifference {
  /** By the data they hold where both have structure; else one change of the whole, without values. Empty when the data is equal. */
  readonly changes: readonly ValueChange[];
  /** False when `changes` is no more than "all of it". */
  readonly isStructural: boolean;
  /** True when a comment was added, removed or changed. */
  readonly commentsDiffer: boolean;
  /** True when lines that hold the same moved, or were spaced or ended in another way. */
  readonly layoutDiffers: boolean;
}

/** Compares two contents; `undefined` for nothing. */
export async function contentDifference(before: Content | undefined, after: Content): Promise<ContentDifference> {
  if (before !== undefined && Buffer.compare(before.bytes, after.bytes) === 0)
    return { changes: [], isStructural: true, commentsDiffer: false, layoutDiffers: false };
  const difference =
    hasStructure(after) && (before === undefined || hasStructure(before))
      ? await unlessUnreadable(() => runContentTask([before, after], 'compare', before, after))
      : undefined;
  if (difference !== undefined) return { ...difference, isStructural: true };
  const changes: WholeChange[] = [
    before === undefined ? { op: 'add', path: '' } : { op: 'replace', path: '', extent: await extentOf(before, after) },
  ];
  return { changes, isStructural: false, commentsDiffer: false, layoutDiffers: false };
}

async function extentOf(before: Content, after: Content): Promise<string> {
  if (before.mediaType !== after.mediaType && Buffer.compare(before.bytes, after.bytes) === 0) return 'the media type';
  const lines = await unlessUnreadable(() => runContentTask([before, after], 'countLines', before, after));
  const bytes = `${count(before.bytes.length, 'byte')} before, ${count(after.bytes.length, 'byte')} now`;
  return lines === undefined ? bytes : `${count(lines.added, 'line')} added, ${lines.removed} removed`;
}

/** Returns the changes of {@link contentDifference}. */
export async function compareContent(before: Content | undefined, after: Content): Promise<readonly ValueChange[]> {
  return (await contentDifference(before, after)).changes;
}

function hasStructure({ mediaType }: Content): boolean {
  const kind = contentKind(mediaType);
  return kind !== 'text' && kind !== 'binary';
}

/** Content stored under an older policy, or only the draft of a document, and what takes too long, is compared as bytes. */
async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isStoreError(error, 'CONTENT_INVALID') || isGivenUp(error)) return undefined;
    throw error;
  }
}

/** Returns true when all of the content is new: a config began, or was brought back, and there are no changes to count. */
export function isFirstContent(changes: readonly ValueChange[]): boolean {
  return changes.length === 1 && changes[0]?.op === 'add' && changes[0].path === '';
}

/** Returns the changes as a result shows them, within limits; what had to be left out is counted. */
export async function reportChanges(
  changes: readonly ValueChange[],
  limits: ChangeLimits = READABLE,
): Promise<{ changes: ReportedChange[]; changesOmitted?: number }> {
  const reported: ReportedChange[] = [];
  let room = limits.totalChars;
  const until = performance.now() + WORDS_MS;
  for (const change of changes) {
    if (reported.length >= limits.changes || room <= 0) break;
    const { shown, chars } = await shorten(change, limits.valueChars, until);
    reported.push(shown);
    room -= chars;
  }
  const omitted = changes.length - reported.length;
  return { changes: reported, ...(omitted > 0 ? { changesOmitted: omitted } : {}) };
}

async function shorten(
  change: ValueChange,
  maxChars: number,
  until: number,
): Promise<{ shown: ReportedChange; chars: number }> {
  const before = JSON.stringify(change.before) ?? '';
  const after = JSON.stringify(change.after) ?? '';
  const chars = change.path.length + Math.min(before.length, maxChars) + Math.min(after.length, maxChars);
  const words = await changedWords(change, maxChars, until);
  const shown = { ...change, ...(words !== undefined && { words }) };
  if (before.length <= maxChars && after.length <= maxChars) return { shown, chars };
  const cut = change.op === 'replace' ? cutPair(before, after, maxChars) : cutEach(before, after, maxChars);
  return {
    shown: {
      ...shown,
      ...(cut.before !== before && { before: cut.before }),
      ...(cut.after !== after && { after: cut.after }),
      cut: true,
    },
    chars,
  };
}

function cutEach(before: string, after: string, maxChars: number): { before: string; after: string } {
  return { before: cutFrom(before, 0, maxChars), after: cutFrom(after, 0, maxChars) };
}

/** A long text whose beginning stayed as it was would look unchanged when it is cut. */
async function changedWords(
  { before, after }: ValueChange,
  maxChars: number,
  until: number,
): Promise<string | undefined> {
  if (typeof before !== 'string' || typeof after !== 'string') return undefined;
  if (before.length < WORDS_FROM_CHARS && after.length < WORDS_FROM_CHARS) return undefined;
  const { wordDiff } = await import('../../core/content/word-diff.ts');
  return cutFrom(wordDiff(before, after, performance.now() > until), 0, maxChars);
}
