import type { Guidance } from '../../core/advice.ts';
import type { Author, Change, KeyChange } from '../../core/commit/statement.ts';
import { formatDigest } from '../../core/digest.ts';
import type { Store } from '../../store/api/store.ts';
import type { CommitEntry, Verdict } from '../../store/api/versions.ts';
import { checkLimit, checkWhole } from '../shared/argument.ts';
import type { Context } from '../shared/context.ts';
import { badCursor, decodeCursor, encodeCursor } from '../shared/cursor.ts';
import {
  type HistoryFilter,
  type HistoryFilterRequest,
  historyFilter,
  OLDER_IN_A_ROW,
} from '../shared/history-filter.ts';
import { type StoreNotices, storeNotices } from '../shared/store-notices.ts';
import { count } from '../shared/text.ts';

/** Commits read in one step. */
const STEP = 200;
/** Commits looked at for one page: the next page goes on behind them. */
const MAX_LOOKED_AT = 10_000;
/** Changes of one commit that are listed unless asked. */
const CHANGES = 20;

/** Which part of the whole store's history. */
export interface StoreHistoryRequest extends HistoryFilterRequest {
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Commits on one page: 50 unless asked, at most 200. */
  readonly limit?: number | undefined;
  /** Changes listed of each commit: 20 unless asked, at most 1,000. */
  readonly changesPerCommit?: number | undefined;
}

/** A change by one commit: of one config, or of an artifact (`purge`). */
export interface ChangeSummary {
  readonly action: Change['action'];
  /** Absent with `purge`, which removes bytes whatever config had them. */
  readonly name?: string | undefined;
  readonly version?: number | undefined;
  /** With `restore`: the version that was brought back. */
  readonly restoredFrom?: number | undefined;
  /** `sha256:<hex>`. */
  readonly digest: string;
  readonly size: number;
  readonly mediaType?: string | undefined;
  /** With `purge`. */
  readonly reason?: string | undefined;
}

/** A change by one commit: of the keys, or of the history this installation accepts. */
export interface KeyChangeSummary {
  readonly action: KeyChange['action'];
  readonly keyId?: string | undefined;
  readonly label?: string | undefined;
  readonly role?: string | undefined;
  readonly fromIndex?: number | undefined;
  readonly reason?: string | undefined;
}

/** One commit: who, when, why, which key, and all that it changed. */
export interface CommitSummary {
  readonly index: number;
  /** Of a commit that is `corrupt` nothing else is known. */
  readonly verified: Verdict;
  readonly commit?: string | undefined;
  readonly time?: string | undefined;
  readonly message?: string | undefined;
  readonly author?: Author | undefined;
  readonly keyId?: string | undefined;
  readonly changes: readonly ChangeSummary[];
  /** Changes that are not listed. */
  readonly changesOmitted?: number | undefined;
  readonly keys?: readonly KeyChangeSummary[] | undefined;
}

/** One page of the store's history, newest first. */
export interface StoreHistoryResult extends StoreNotices {
  readonly summary: string;
  readonly next?: Guidance | undefined;
  readonly commits: readonly CommitSummary[];
  /** Absent on the last page. A page may have no commits and be followed by more: those looked at did not match. */
  readonly nextCursor?: string | undefined;
}

/**
 * Returns the history of the whole store, newest first: each commit with its verdict and what it changed. Damaged commits are
 * listed unless a text is looked for. A caller who reaches only some configs gets the commits that changed one of them.
 *
 * @throws StoreError ARGUMENT_INVALID, and what opening a store throws
 */
export async function storeHistory(ctx: Context, request: StoreHistoryRequest): Promise<StoreHistoryResult> {
  const limit = checkLimit(request.limit);
  const listed = checkWhole('the number of changes of a commit', request.changesPerCommit ?? CHANGES, {
    min: 1,
    max: 1_000,
  });
  const filter = historyFilter(request);
  const below = request.cursor === undefined ? undefined : position(request.cursor);
  const store = await ctx.store();
  const found = await look(store, { filter, below, limit, isWhole: ctx.prefix === undefined });
  const commits = found.entries.map((entry) => toSummary(entry, listed));
  const bad = commits.filter(({ verified }) => verified !== 'ok').length;
  const nextCursor = found.next === undefined ? undefined : encodeCursor('store-history', String(found.next));
  return {
    summary: `${count(commits.length, 'commit')}${filter.isOpen ? '' : ' that match'}${nextCursor === undefined ? '' : ' on this page'}; ${bad === 0 ? 'verified means unchanged since it was stored' : `${bad} of these did not verify`}`,
    next: await nextStep(store, { bad, cursor: nextCursor, shown: commits.length }),
    commits,
    nextCursor,
    ...storeNotices(store),
  };
}

interface Looking {
  readonly filter: HistoryFilter;
  readonly below: number | undefined;
  readonly limit: number;
  readonly isWhole: boolean;
}

/** Goes back through the log until the page is full, nothing is left, or enough was looked at. */
async function look(
  store: Store,
  { filter, below, limit, isWhole }: Looking,
): Promise<{ entries: CommitEntry[]; next: number | undefined }> {
  const entries: CommitEntry[] = [];
  let at = below;
  for (let lookedAt = 0, older = 0; ; ) {
    const step = await store.feed.recent(STEP, at);
    for (const entry of step) {
      at = entry.index;
      lookedAt++;
      older = entry.statement !== undefined && filter.isTooOld(entry.statement.time) ? older + 1 : 0;
      if (older === 0 && isWanted(entry, filter, isWhole)) entries.push(entry);
      if (older === OLDER_IN_A_ROW) return { entries, next: undefined };
      if (entries.length === limit || lookedAt === MAX_LOOKED_AT) return { entries, next: at > 0 ? at : undefined };
    }
    if (step.length < STEP) return { entries, next: undefined };
  }
}

/** Without a statement a commit is damaged, or, for a caller who does not reach the whole store, out of reach. */
function isWanted({ statement, verdict }: CommitEntry, filter: HistoryFilter, isWhole: boolean): boolean {
  if (statement === undefined) return (isWhole || verdict === 'corrupt') && filter.matches([]);
  const { message, author, changes, keys } = statement;
  return filter.matches(
    (function* texts() {
      yield message;
      yield author.name;
      for (const change of changes) yield change.action === 'purge' ? change.reason : change.name;
      for (const key of keys) yield key.action === 'add' ? key.label : 'reason' in key ? key.reason : '';
    })(),
  );
}

function toSummary({ index, verdict, commit, keyId, statement }: CommitEntry, listed: number): CommitSummary {
  if (statement === undefined) return { index, verified: verdict, changes: [] };
  const { time, message, author, changes, keys } = statement;
  const omitted = changes.length - listed;
  return {
    index,
    verified: verdict,
    commit,
    time,
    message,
    author,
    keyId,
    changes: changes.slice(0, listed).map(({ digest, ...change }) => ({ ...change, digest: formatDigest(digest) })),
    ...(omitted > 0 && { changesOmitted: omitted }),
    ...(keys.length > 0 && { keys: keys.map(toKeySummary) }),
  };
}

/** Leaves the public key out: the keyring has it. */
function toKeySummary(key: KeyChange): KeyChangeSummary {
  if (key.action === 'accept') return { action: key.action, fromIndex: key.index, reason: key.reason };
  if (key.action !== 'add') return key;
  const { action, keyId, label, role } = key;
  return { action, keyId, label, role };
}

async function nextStep(
  store: Store,
  { bad, cursor, shown }: { bad: number; cursor: string | undefined; shown: number },
): Promise<Guidance | undefined> {
  if (bad > 0) return { advice: [{ do: 'verify' }] };
  if (cursor !== undefined) return { advice: [{ do: 'next-page' }] };
  if (shown > 0) return undefined;
  const { store: id, location } = await store.state.status();
  return id === undefined
    ? { hint: `There is no store yet at ${location}.`, advice: [{ do: 'put-config' }] }
    : { hint: 'An earlier time, or a shorter text, finds more.' };
}

function position(cursor: string): number {
  const index = Number(decodeCursor('store-history', cursor));
  if (!Number.isSafeInteger(index) || index < 1) throw badCursor();
  return index;
}
