import type { Guidance } from '../../core/advice.ts';
import type { Author } from '../../core/commit/statement.ts';
import { formatDigest } from '../../core/digest.ts';
import { isStoreError } from '../../core/errors.ts';
import { checkName } from '../../core/name.ts';
import type { VersionReference } from '../../core/version-reference.ts';
import type { StoreReader } from '../../store/api/reader.ts';
import type { Store } from '../../store/api/store.ts';
import type { JudgedVersion, Verdict } from '../../store/api/versions.ts';
import { checkLimit } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { badCursor, decodeCursor, encodeCursor } from '../shared/cursor.ts';
import {
  type HistoryFilter,
  type HistoryFilterRequest,
  historyFilter,
  OLDER_IN_A_ROW,
} from '../shared/history-filter.ts';
import { unknownConfig } from '../shared/not-found.ts';
import { resolveVersion } from '../shared/resolve-version.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';

/** Versions looked at in one step where only some are wanted. */
const STEP = 200;

/** Which config's history, and which part of it. */
export interface ListHistoryRequest extends HistoryFilterRequest {
  readonly name: string;
  /** The newest version to list; the newest there is by default. */
  readonly from?: VersionReference | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Versions on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
}

/** One version: who, when, why, which key. */
export interface VersionSummary {
  readonly version: number;
  readonly action: 'put' | 'restore' | 'delete';
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  readonly time: string;
  readonly message: string;
  readonly author: Author;
  readonly keyId: string;
  readonly index: number;
  readonly commit: string;
  /** With `restore`: the version that was brought back. */
  readonly restoredFrom?: number | undefined;
  readonly verified: Verdict | 'purged';
}

/** One page of a history, newest first. */
export interface ListHistoryResult extends StoreNotices {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly name: string;
  readonly versions: readonly VersionSummary[];
  /** All versions of the config, whether they are wanted or not. */
  readonly total: number;
  readonly nextCursor?: string | undefined;
}

/**
 * Returns a config's versions, newest first, each with its verdict.
 *
 * @throws StoreError NOT_FOUND, ARGUMENT_INVALID, NAME_INVALID
 */
export async function listHistory(ctx: Context, request: ListHistoryRequest): Promise<ListHistoryResult> {
  const name = checkName(request.name);
  const limit = checkLimit(request.limit);
  const after = request.cursor === undefined ? undefined : historyPosition(request.cursor);
  const store = await ctx.store();
  const from = after === undefined ? await resolveVersion(store, name, request.from) : undefined;
  const before = from === undefined ? after : from + 1;
  const filter = historyFilter(request);
  const page = await wantedVersions(store, name, { before, limit, filter });
  const versions = page.items.map(toSummary);
  const bad = versions.filter((version) => version.verified !== 'ok').length;
  return {
    summary: `${name} has ${count(page.total, 'version')}${versions.length < page.total ? `, ${versions.length} ${filter.isOpen ? 'on this page' : 'that match on this page'}` : ''}; ${bad === 0 ? 'verified means unchanged since it was stored' : `${bad} of these did not verify`}`,
    next:
      bad > 0
        ? { advice: [{ do: 'verify' }] }
        : page.next === undefined
          ? undefined
          : { advice: [{ do: 'next-page' }] },
    name,
    versions,
    total: page.total,
    nextCursor: page.next === undefined ? undefined : encodeCursor('history', String(page.next)),
    ...storeNotices(store),
  };
}

type VersionsPage = Awaited<ReturnType<StoreReader['versions']>>;

/** Goes back through the versions until the page is full, or no more are wanted. */
async function wantedVersions(
  store: Store,
  name: string,
  { before, limit, filter }: { before: number | undefined; limit: number; filter: HistoryFilter },
): Promise<VersionsPage> {
  if (filter.isOpen) return versionsOf(store, name, { before, limit });
  const items: Array<VersionsPage['items'][number]> = [];
  for (let below = before, older = 0; ; ) {
    const page = await versionsOf(store, name, { before: below, limit: STEP });
    for (const row of page.items) {
      older = filter.isTooOld(row.time) ? older + 1 : 0;
      if (older === 0 && filter.matches([row.message, row.author.name])) items.push(row);
      if (older === OLDER_IN_A_ROW) return { items, total: page.total };
      if (items.length === limit) return { items, total: page.total, ...(row.version > 1 && { next: row.version }) };
    }
    below = page.next;
    if (below === undefined) return { items, total: page.total };
  }
}

async function versionsOf(
  store: Store,
  name: string,
  page: { before: number | undefined; limit: number },
): ReturnType<StoreReader['versions']> {
  try {
    return await store.reader.versions(name, page);
  } catch (error) {
    throw isStoreError(error, 'NOT_FOUND') ? await unknownConfig(store, name) : error;
  }
}

function historyPosition(cursor: string): number {
  const position = Number(decodeCursor('history', cursor));
  if (!Number.isSafeInteger(position) || position < 1) throw badCursor();
  return position;
}

const MISSING = { purged: 'purged', damaged: 'corrupt' } as const;

function toSummary(row: JudgedVersion): VersionSummary {
  const { version, action, size, mediaType, time, message, author, keyId, index, commit } = row;
  return {
    version,
    action,
    digest: formatDigest(row.digest),
    size,
    mediaType,
    time,
    message,
    author,
    keyId,
    index,
    commit,
    ...(row.restoredFrom === null ? {} : { restoredFrom: row.restoredFrom }),
    verified: row.missing === undefined ? row.verdict : MISSING[row.missing],
  };
}
