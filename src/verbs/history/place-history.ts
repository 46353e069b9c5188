import { diffValues, type ValueChange } from '../../core/content/diff.ts';
import { StoreError } from '../../core/errors.ts';
import { valueAt } from '../../core/json/pointer.ts';
import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { checkLimit } from '../shared/argument.ts';
import { type ReportedChange, reportChanges, structuredValue } from '../shared/content-changes.ts';
import type { Context } from '../shared/context.ts';
import { badCursor, decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { type HistoryFilterRequest, historyFilter, OLDER_IN_A_ROW } from '../shared/history-filter.ts';
import { resolveToNumber } from '../shared/resolve-version.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';
import { checkPlace } from './check-place.ts';
import { walkVersions } from './walk-versions.ts';

/** How much of the changes of one version is listed. */
const CHANGES = { changes: 20, valueChars: 200, totalChars: 2_000 } as const;

/** Which place of which config. */
export interface PlaceHistoryRequest extends HistoryFilterRequest {
  readonly name: string;
  /** JSON Pointer, such as `/mcpServers/github`. */
  readonly path: string;
  /** The newest version to look at; the newest there is by default. */
  readonly from?: VersionReference | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Versions on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
}

/** A version that changed the place, and how. */
export interface PlaceVersion {
  readonly version: number;
  readonly action: VersionRow['action'];
  readonly time: string;
  readonly author: string;
  readonly message: string;
  readonly index: number;
  readonly changes: readonly ReportedChange[];
  readonly changesOmitted?: number | undefined;
}

/** The versions that changed one place, newest first. */
export interface PlaceHistoryResult extends StoreNotices {
  readonly summary: string;
  readonly name: string;
  readonly path: string;
  readonly versions: readonly PlaceVersion[];
  /** Versions that cannot be read: what they changed counts for the version after them. */
  readonly unreadable?: readonly number[] | undefined;
  /** Absent on the last page. */
  readonly nextCursor?: string | undefined;
}

/** A version that can be read, and what it has at the place; undefined for nothing. */
interface Seen {
  readonly row: VersionRow;
  readonly value: unknown;
}

/**
 * Returns the versions that changed what is at one place of a config, or below it.
 *
 * @throws StoreError NOT_FOUND when no version has anything there, ARGUMENT_INVALID, and what a list of versions throws
 */
export async function placeHistory(ctx: Context, request: PlaceHistoryRequest): Promise<PlaceHistoryResult> {
  const name = checkName(request.name);
  const path = checkPlace(request.path) ?? '';
  const limit = checkLimit(request.limit);
  const filter = historyFilter(request);
  const store = await ctx.store();
  const from =
    request.cursor === undefined ? await resolveToNumber(store, name, request.from) : position(request.cursor);
  const versions: PlaceVersion[] = [];
  const unreadable: number[] = [];
  let younger: Seen | undefined;
  let next: number | undefined;
  let tooOld = 0;
  let isFull = false;
  const take = async ({ row, value }: Seen, before: unknown): Promise<void> => {
    tooOld = filter.isTooOld(row.time) ? tooOld + 1 : 0;
    const changes = changesAt(path, before, value);
    if (changes.length === 0 || tooOld > 0 || !filter.matches([row.message, row.author.name])) return;
    const { version, action, time, author, message, index } = row;
    versions.push({
      version,
      action,
      time,
      author: author.name,
      message,
      index,
      ...(await reportChanges(changes, CHANGES)),
    });
  };
  for await (const { row, content, unreadable: why } of walkVersions(store, name, from)) {
    next = row.version;
    if (why !== undefined) {
      unreadable.push(row.version);
      continue;
    }
    const value = content && valueAt(await structuredValue(content), path);
    if (younger !== undefined) await take(younger, value);
    younger = { row, value };
    isFull = versions.length === limit;
    if (isFull || tooOld === OLDER_IN_A_ROW) break;
  }
  const isEnd = (next === 1 && !isFull) || tooOld === OLDER_IN_A_ROW;
  if (next === 1 && !isFull && younger !== undefined) await take(younger, undefined);
  // The version seen last has not been compared yet.
  const goOn = younger === undefined || younger.row.version === from ? next : younger.row.version;
  if (versions.length === 0 && isEnd && filter.isOpen && request.cursor === undefined) throw nothingThere(name, path);
  return {
    summary: `${count(versions.length, 'version')} of ${name} changed ${path === '' ? 'it' : path}`,
    name,
    path,
    versions,
    ...(unreadable.length > 0 && { unreadable }),
    ...(!isEnd && goOn !== undefined && { nextCursor: encodeCursor('place', String(goOn)) }),
    ...storeNotices(store),
  };
}

/** The changes of what is at a place, by the pointers of the whole document. */
function changesAt(path: string, before: unknown, after: unknown): readonly ValueChange[] {
  if (before === undefined) return after === undefined ? [] : [{ op: 'add', path, after }];
  if (after === undefined) return [{ op: 'remove', path, before }];
  return diffValues(before, after).map((change) => ({ ...change, path: path + change.path }));
}

function position(cursor: string): number {
  const version = Number(decodeCursor('place', cursor));
  if (!Number.isSafeInteger(version) || version < 1) throw badCursor();
  return version;
}

function nothingThere(name: string, path: string): StoreError {
  return new StoreError('NOT_FOUND', `no version of ${name} has anything at ${JSON.stringify(path.slice(0, 200))}`, {
    hint: 'Look at the content for the names of its places.',
    advice: [{ do: 'read-config', name }],
  });
}
