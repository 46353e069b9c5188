import { isUtf8 } from 'node:buffer';
import type { Guidance } from '../../core/advice.ts';
import { cutFrom } from '../../core/content/brief-change.ts';
import { type ErrorCode, isStoreError } from '../../core/errors.ts';
import { isObject } from '../../core/json/is-object.ts';
import { formatPointer } from '../../core/json/pointer.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { argumentInvalid, checkLimit } from '../shared/argument.ts';
import { structuredValue } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';

/** The bounds of a search. */
export const SEARCH_LIMITS = {
  textChars: 200,
  /** Larger configs are looked at by name only. */
  bytesPerConfig: 1_048_576,
  configsPerPage: 2_000,
  bytesPerPage: 67_108_864,
  matchesPerConfig: 5,
} as const;

/** Configs asked for in one step. */
const STEP = 200;
const EXCERPT_CHARS = 100;
const BEFORE_CHARS = 30;

/** The text to look for, and where. */
export interface SearchConfigsRequest {
  /** The text itself, no pattern; case makes no difference. */
  readonly text: string;
  /** Only configs whose names begin with this. */
  readonly prefix?: string | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Configs with the text on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
}

/** One place that has the text. */
export interface SearchMatch {
  /** JSON Pointer, where the content has structure. */
  readonly path?: string | undefined;
  /** The line, from 1, of other text, and of comments. */
  readonly line?: number | undefined;
  /** The value or line there, cut around the text. */
  readonly excerpt: string;
}

/** A config that has the text in its name or in its newest version. */
export interface FoundConfig {
  readonly name: string;
  readonly version: number;
  readonly time: string;
  readonly inName: boolean;
  readonly matches: readonly SearchMatch[];
  /** Further places with the text. */
  readonly matchesOmitted?: number | undefined;
}

/** One page of what was found, sorted by name. */
export interface SearchConfigsResult extends StoreNotices {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly found: readonly FoundConfig[];
  /** Configs that were looked at for this page. */
  readonly searched: number;
  /** Configs whose content was not looked at: too large, no text, or not readable. */
  readonly skipped?:
    | ReadonlyArray<{ readonly name: string; readonly why: 'too large' | 'not text' | ErrorCode }>
    | undefined;
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined;
}

/**
 * Looks for a text in the names and in the newest versions of all configs, within {@link SEARCH_LIMITS}. Older versions are not
 * searched.
 *
 * @throws StoreError ARGUMENT_INVALID, and what opening a store throws
 */
export async function searchConfigs(ctx: Context, request: SearchConfigsRequest): Promise<SearchConfigsResult> {
  const { prefix = '' } = request;
  const limit = checkLimit(request.limit);
  const wanted = checkText(request.text).toLowerCase();
  let after = request.cursor === undefined ? undefined : decodeCursor('search', request.cursor);
  const store = await ctx.store();
  const found: FoundConfig[] = [];
  const skipped: Array<{ name: string; why: 'too large' | 'not text' | ErrorCode }> = [];
  let [searched, bytes] = [0, 0];
  const isOver = () =>
    found.length === limit || searched === SEARCH_LIMITS.configsPerPage || bytes >= SEARCH_LIMITS.bytesPerPage;
  let isLast = false;
  while (!isLast && !isOver()) {
    const page = await store.reader.heads({ prefix, after, limit: STEP });
    for (const row of page.items) {
      if (isOver()) break;
      after = row.name;
      searched++;
      const { matches, bytes: read, why } = await searchOne(store, row, wanted);
      bytes += read;
      if (why !== undefined) skipped.push({ name: row.name, why });
      const inName = row.name.includes(wanted);
      if (matches.length > 0 || inName) found.push(toFound(row, inName, matches));
    }
    isLast = page.next === undefined && after === (page.items.at(-1)?.name ?? after);
  }
  const cursor = isLast || after === undefined ? undefined : encodeCursor('search', after);
  return {
    summary: `${count(found.length, 'config')} of ${searched.toLocaleString('en')} ${found.length === 1 ? 'has' : 'have'} the text${cursor === undefined ? '' : ' on this page'}`,
    next: cursor === undefined ? undefined : { advice: [{ do: 'next-page' }] },
    found,
    searched,
    ...(skipped.length > 0 && { skipped }),
    nextCursor: cursor,
    ...storeNotices(store),
  };
}

async function searchOne(
  store: Store,
  row: VersionRow,
  wanted: string,
): Promise<{ matches: readonly SearchMatch[]; bytes: number; why?: 'too large' | 'not text' | ErrorCode }> {
  if (row.size > SEARCH_LIMITS.bytesPerConfig) return { matches: [], bytes: 0, why: 'too large' };
  try {
    const { bytes } = await store.reader.read(row.name, row.version);
    const size = bytes.length;
    if (!isUtf8(bytes) || bytes.includes(0)) return { matches: [], bytes: size, why: 'not text' };
    const text = Buffer.from(bytes).toString('utf8');
    const places = placesWith(await structuredValue({ bytes, mediaType: row.mediaType }), wanted);
    return { matches: places.length > 0 ? places : linesWith(text, wanted), bytes: size };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { matches: [], bytes: 0, why: error.code };
  }
}

/** Finds the members whose name or value has the text. */
function placesWith(value: unknown, wanted: string, pointer = ''): SearchMatch[] {
  if (Array.isArray(value) || isObject(value))
    return Object.entries(value).flatMap(([key, member]) => {
      const inner = pointer + formatPointer([key]);
      const inside = placesWith(member, wanted, inner);
      const isKey = !Array.isArray(value) && key.toLowerCase().includes(wanted);
      return isKey && !inside.some(({ path }) => path === inner)
        ? [{ path: inner, excerpt: excerpt(JSON.stringify(member) ?? '', 0) }, ...inside]
        : inside;
    });
  if (value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const at = text.toLowerCase().indexOf(wanted);
  return at === -1 ? [] : [{ path: pointer, excerpt: excerpt(text, at) }];
}

function linesWith(text: string, wanted: string): SearchMatch[] {
  return text.split('\n').flatMap((line, at) => {
    const column = line.toLowerCase().indexOf(wanted);
    return column === -1 ? [] : [{ line: at + 1, excerpt: excerpt(line.trimEnd(), column) }];
  });
}

function excerpt(text: string, at: number): string {
  return cutFrom(text, Math.max(0, text.length <= EXCERPT_CHARS ? 0 : at - BEFORE_CHARS), EXCERPT_CHARS).trim();
}

function toFound({ name, version, time }: VersionRow, inName: boolean, matches: readonly SearchMatch[]): FoundConfig {
  const omitted = matches.length - SEARCH_LIMITS.matchesPerConfig;
  return {
    name,
    version,
    time,
    inName,
    matches: matches.slice(0, SEARCH_LIMITS.matchesPerConfig),
    ...(omitted > 0 && { matchesOmitted: omitted }),
  };
}

function checkText(text: string): string {
  if (text.length > 0 && text.length <= SEARCH_LIMITS.textChars) return text;
  throw argumentInvalid(
    `the text to look for has ${text.length} characters`,
    `Give 1 to ${SEARCH_LIMITS.textChars} characters of what stands in a config or its name.`,
  );
}
