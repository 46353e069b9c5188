import type { Guidance } from '../../core/advice.ts';
import { formatDigest } from '../../core/digest.ts';
import type { Store } from '../../store/api/store.ts';
import type { VersionRow } from '../../store/api/versions.ts';
import { checkLimit } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { decodeCursor, encodeCursor } from '../shared/cursor.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';

/** Which configs to list; sorted by name. */
export interface ListConfigsRequest {
  /** Only names that begin with this. */
  readonly prefix?: string | undefined;
  readonly includeDeleted?: boolean | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Configs on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
}

/** One config as its newest version has it. */
export interface ConfigSummary {
  readonly name: string;
  readonly version: number;
  /** `sha256:<hex>`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  readonly mediaType: string;
  readonly time: string;
  readonly message: string;
  readonly deleted: boolean;
  readonly hasDraft: boolean;
}

/** One page of configs. */
export interface ListConfigsResult extends StoreNotices {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly configs: readonly ConfigSummary[];
  /** Configs on all pages. */
  readonly total: number;
  readonly nextCursor?: string | undefined;
  /** On the first page: names that have a draft but no config yet. */
  readonly draftsOnly?: readonly string[] | undefined;
}

/** Returns the configs of the store. @throws StoreError ARGUMENT_INVALID for a bad cursor or limit */
export async function listConfigs(ctx: Context, request: ListConfigsRequest): Promise<ListConfigsResult> {
  const limit = checkLimit(request.limit);
  const after = request.cursor === undefined ? undefined : decodeCursor('configs', request.cursor);
  const prefix = request.prefix ?? '';
  const store = await ctx.store();
  const page = await store.reader.heads({ prefix, includeDeleted: request.includeDeleted ?? false, after, limit });
  const drafted = await store.drafts.having(page.items.map(({ name: config }) => config));
  const configs = page.items.map((row) => toSummary(row, drafted.has(row.name)));
  const draftsOnly = after === undefined ? await namesWithoutConfig(store, prefix) : [];
  const nextCursor = page.next === undefined ? undefined : encodeCursor('configs', page.next);
  const which = prefix === '' ? '' : ` starting with "${prefix}"`;
  const first = draftsOnly[0];
  return {
    summary: `${count(page.total, 'config')}${which}${configs.length < page.total ? `, ${configs.length} on this page` : ''}${first === undefined ? '' : `; ${count(draftsOnly.length, 'draft')} without a config yet`}`,
    next: listNext(nextCursor, configs.length, first) ?? (await emptyNext(store, request, configs.length)),
    configs,
    total: page.total,
    nextCursor,
    ...(first === undefined ? {} : { draftsOnly }),
    ...storeNotices(store),
  };
}

function toSummary(row: VersionRow, hasDraft: boolean): ConfigSummary {
  const { name, version, size, mediaType, time, message } = row;
  return {
    name,
    version,
    digest: formatDigest(row.digest),
    size,
    mediaType,
    time,
    message,
    deleted: row.action === 'delete',
    hasDraft,
  };
}

/** Returns names that exist only as a draft so far: nothing else would show them. */
async function namesWithoutConfig(store: Store, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for (const { name } of await store.drafts.list()) {
    if (name.startsWith(prefix) && (await store.reader.head(name)) === undefined) names.push(name);
  }
  return names;
}

function listNext(cursor: string | undefined, shown: number, draft: string | undefined): Guidance | undefined {
  if (cursor !== undefined) return { advice: [{ do: 'next-page' }] };
  return shown === 0 && draft !== undefined
    ? {
        hint: `${draft} is a config once its draft is published.`,
        advice: [{ do: 'publish-drafts', drafts: [{ name: draft }] }],
      }
    : undefined;
}

/** Returns the next step where nothing is listed: the config may have been deleted. */
async function emptyNext(
  store: Store,
  { prefix = '', includeDeleted = false }: ListConfigsRequest,
  shown: number,
): Promise<Guidance | undefined> {
  if (shown > 0) return undefined;
  const { total } = includeDeleted
    ? { total: 0 }
    : await store.reader.heads({ prefix, includeDeleted: true, limit: 1 });
  if (total > 0)
    return {
      hint: `${count(total, 'config')} ${total === 1 ? 'was' : 'were'} deleted.`,
      advice: [{ do: 'list-configs', includeDeleted: true }],
    };
  const { store: id, location } = await store.state.status();
  if (id === undefined) return { hint: `There is no store yet at ${location}.`, advice: [{ do: 'put-config' }] };
  return prefix === ''
    ? { advice: [{ do: 'put-config' }] }
    : { hint: `No config name starts with "${prefix}".`, advice: [{ do: 'list-configs' }] };
}
