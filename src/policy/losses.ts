import { commentRanges } from '../core/content/comments.ts';
import type { TypedBytes } from '../core/content/compare.ts';
import { parseStructured } from '../core/content/content.ts';
import { contentKind } from '../core/content/media-type.ts';
import { isStoreError } from '../core/errors.ts';
import type { NoticeCode } from '../core/notice.ts';
import { readServers } from './servers/server-entries.ts';

/** Something that the content before had and the new one has not. */
export interface Loss {
  readonly code: Extract<
    NoticeCode,
    'EMPTIED' | 'SERVERS_REMOVED' | 'COMMENTS_REMOVED' | 'MEDIA_TYPE_CHANGED' | 'MOSTLY_REMOVED'
  >;
  readonly message: string;
}

/** How many names a message holds. */
const NAMES_SHOWN = 5;

/** Returns what is lost when one content takes the place of another, the gravest first; nothing for what was only moved. */
export async function losses(before: TypedBytes, after: TypedBytes): Promise<readonly Loss[]> {
  const [old, now] = [await measure(before), await measure(after)];
  const found: Loss[] = [];
  if (now.size === 0 && old.size > 0) found.push({ code: 'EMPTIED', message: 'nothing is left of the content' });
  const gone = old.servers.filter((name) => !now.servers.includes(name));
  if (now.servers.length < old.servers.length)
    found.push({
      code: 'SERVERS_REMOVED',
      message: `there were ${old.servers.length} MCP servers, and now there are ${now.servers.length}: ${named(gone)} ${gone.length === 1 ? 'is' : 'are'} gone`,
    });
  if (now.size > 0 && isLessThanHalf(old, now))
    found.push({ code: 'MOSTLY_REMOVED', message: 'less than half of the content is left' });
  if (old.comments > 0 && now.comments === 0)
    found.push({
      code: 'COMMENTS_REMOVED',
      message: old.comments === 1 ? 'the only comment is gone' : `all ${old.comments} comments are gone`,
    });
  if (essence(before.mediaType) !== essence(after.mediaType))
    found.push({
      code: 'MEDIA_TYPE_CHANGED',
      message: `the media type was ${essence(before.mediaType)}, and now it is ${essence(after.mediaType)}`,
    });
  return found;
}

/** The extent of content: the values of a structure, else the characters of a text. */
interface Extent {
  readonly isStructure: boolean;
  readonly size: number;
  readonly chars: number;
  readonly comments: number;
  readonly servers: readonly string[];
}

async function measure(content: TypedBytes): Promise<Extent> {
  const text = Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.length).toString('utf8');
  const chars = text.replace(/\s+/g, '').length;
  const value = await readValue(content);
  if (value === undefined) return { isStructure: false, size: chars, chars, comments: 0, servers: [] };
  return {
    isStructure: true,
    size: leaves(value),
    chars,
    comments: (await commentRanges(text, contentKind(content.mediaType))).length,
    servers: (readServers(value)?.servers ?? []).map(({ name }) => name),
  };
}

async function readValue({ bytes, mediaType }: TypedBytes): Promise<unknown> {
  try {
    return await parseStructured(bytes, mediaType);
  } catch (error) {
    // A draft of a document, or a version stored under an older policy, is measured as text.
    if (isStoreError(error, 'CONTENT_INVALID')) return undefined;
    throw error;
  }
}

function isLessThanHalf(old: Extent, now: Extent): boolean {
  return old.isStructure && now.isStructure ? now.size * 2 < old.size : now.chars * 2 < old.chars;
}

/** Counts the values that hold no others; what is empty holds nothing. */
function leaves(value: unknown): number {
  if (value === null) return 0;
  if (typeof value !== 'object') return value === '' ? 0 : 1;
  return Object.values(value).reduce(
    (sum: number, inner) => sum + (inner === null || inner === '' ? 1 : leaves(inner)),
    0,
  );
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown;
}

function essence(mediaType: string): string {
  return (mediaType.split(';', 1)[0] as string).trim().toLowerCase();
}
