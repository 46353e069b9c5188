import type { KeyId } from '../../../core/digest.ts';
import { shortId } from '../../../core/short-id.ts';
import type { KeyInfo } from '../../../store/api/keys.ts';
import type { Store } from '../../../store/api/store.ts';
import type { CommitEntry } from '../../../store/api/versions.ts';
import type { TimeWindow } from '../../../telemetry/read/read-events.ts';
import type { LogChange, LogChanges } from '../../../telemetry/review/look-facts.ts';
import { Contents } from './contents.ts';
import { describeCommit } from './describe-commit.ts';
import { plainText, whoMade } from './who.ts';

/** Commits that are read in one step, and at most. */
const STEP = 50;
const MAX_READ = 1_000;
/** So many older commits in a row end the search: a clock that was wrong once ends nothing. */
const OLDER_IN_A_ROW = 50;

/** Which changes are wanted. */
export interface LogChangesRequest {
  readonly window: TimeWindow;
  /** Only those of this config. */
  readonly name?: string | undefined;
  /** How many are put into words. */
  readonly limit: number;
  readonly keys: readonly KeyInfo[];
}

/** The changes of a time, and what else the log showed. */
export interface FoundChanges extends LogChanges {
  /** Programs and addresses that came into a config in this time, by its name. */
  readonly programs: ReadonlyMap<string, readonly string[]>;
  /** Commits of this time that do not verify, by index. */
  readonly unverified: readonly number[];
  /** The ids of all commits that were read, by index. */
  readonly commits: ReadonlyMap<number, string>;
}

/** Reads the changes of a time from the newest back, in steps, so many as are worth it. @throws StoreError as the log */
export async function logChanges(
  store: Store,
  { window, name, limit, keys }: LogChangesRequest,
): Promise<FoundChanges> {
  const labels = new Map(keys.map((key) => [key.keyId, plainText(key.label)]));
  const label = (keyId: KeyId) => labels.get(keyId) ?? shortId(keyId);
  const contents = new Contents(store.reader);
  const listed: LogChange[] = [];
  const programs = new Map<string, readonly string[]>();
  const unverified: number[] = [];
  const commits = new Map<number, string>();
  const configs = new Set<string>();
  let total = 0;
  let older: CommitEntry | undefined;
  const describe = async (entry: CommitEntry) => {
    const described = await inWords(entry, contents, label);
    if (described === undefined) return undefined;
    for (const [config, added] of described.programs)
      programs.set(config, [...new Set([...(programs.get(config) ?? []), ...added])]);
    return described.change;
  };
  const { isMore } = await eachBack(store, window, async (entry, isOlder) => {
    if (entry.commit !== undefined) commits.set(entry.index, entry.commit);
    const { statement } = entry;
    if (statement === undefined) {
      if (entry.verdict !== 'ok') unverified.push(entry.index);
      return;
    }
    if (Date.parse(statement.time) > window.untilMs) return;
    const names = statement.changes.flatMap((change) => (change.action === 'purge' ? [] : [change.name]));
    if (name !== undefined && !names.includes(name)) return;
    if (isOlder) {
      older ??= entry;
      return;
    }
    total++;
    for (const each of names) configs.add(each);
    if (entry.verdict !== 'ok') unverified.push(entry.index);
    if (listed.length >= limit) return;
    const change = await describe(entry);
    if (change !== undefined) listed.push(change);
  });
  const newest = total === 0 && older !== undefined ? (await inWords(older, contents, label))?.change : undefined;
  return { listed, total, isMore, configs: configs.size, newest, programs, unverified, commits };
}

async function inWords(entry: CommitEntry, contents: Contents, label: (keyId: KeyId) => string) {
  const { index, commit, keyId, statement, verdict } = entry;
  if (statement === undefined || commit === undefined || keyId === undefined) return undefined;
  const { did, programs } = await describeCommit(statement, contents, label);
  const change: LogChange = {
    index,
    commit,
    time: statement.time,
    ...whoMade(statement.author),
    did,
    message: plainText(statement.message, 300),
    key: label(keyId),
    isVerified: verdict === 'ok',
  };
  return { change, programs };
}

/** Calls `each` for commits from the newest back, until enough of them in a row are older than the window. */
async function eachBack(
  store: Store,
  { sinceMs }: TimeWindow,
  each: (entry: CommitEntry, isOlder: boolean) => Promise<void>,
): Promise<{ readonly isMore: boolean }> {
  let below: number | undefined;
  for (let read = 0, olderInARow = 0; read < MAX_READ; ) {
    const entries = await store.feed.recent(STEP, below);
    for (const entry of entries) {
      const isOlder = entry.statement !== undefined && Date.parse(entry.statement.time) < sinceMs;
      olderInARow = isOlder ? olderInARow + 1 : 0;
      await each(entry, isOlder);
      if (olderInARow >= OLDER_IN_A_ROW) return { isMore: false };
    }
    if (entries.length < STEP) return { isMore: false };
    below = entries.at(-1)?.index;
    read += entries.length;
  }
  return { isMore: true };
}
