import type { Statement } from '../../core/commit/statement.ts';
import { StoreError } from '../../core/errors.ts';
import type { Drafts } from '../../store/api/drafts.ts';
import { notThere } from '../../store/api/faults.ts';
import type { StoreFeed } from '../../store/api/feed.ts';
import type { Finding, StoreMaintenance, VerifyReport } from '../../store/api/maintenance.ts';
import type { HeadsQuery, StoreReader } from '../../store/api/reader.ts';
import type { Store } from '../../store/api/store.ts';
import type { CommitEntry } from '../../store/api/versions.ts';
import type { StoreWriter } from '../../store/api/writer.ts';
import { LABELS } from './labels.ts';

/**
 * Returns the store as a caller sees it who reaches only the configs whose names begin with `prefix`: there are no others, in
 * lists, history, drafts, digests, completions, notifications and the log, and none can be made. What is about the store as a
 * whole stays: its id, its keys, its length, whether it verifies.
 */
export function scopedStore(store: Store, prefix: string): Store {
  const reaches = (name: string) => isInReach(name, prefix);
  const reader = scopedReader(store.reader, prefix);
  return {
    ...store,
    reader,
    writer: scopedWriter(store.writer, prefix),
    drafts: scopedDrafts(store.drafts, prefix),
    maintenance: scopedMaintenance(store.maintenance, reaches),
    feed: scopedFeed(store.feed, reaches),
    state: {
      identity: () => store.state.identity(),
      status: async () => ({ ...(await store.state.status()), configs: (await reader.heads({ limit: 1 })).total }),
      notices: () => store.state.notices(),
      probeWrites: (options) => store.state.probeWrites(options),
    },
    close: () => store.close(),
  };
}

/** A config's labels are in reach where it is. They are not listed. */
function isInReach(name: string, prefix: string): boolean {
  return name.startsWith(prefix) || name.startsWith(`${LABELS}/${prefix}`);
}

function scopedReader(reader: StoreReader, prefix: string): StoreReader {
  const reachable = (name: string) => {
    if (!isInReach(name, prefix)) throw notThere(name, undefined);
    return name;
  };
  return {
    head: async (name) => (isInReach(name, prefix) ? reader.head(name) : undefined),
    heads: async (query) => {
      const narrowed = narrow(query, prefix);
      return narrowed === undefined ? { items: [], total: 0 } : reader.heads(narrowed);
    },
    versions: async (name, page) => reader.versions(reachable(name), page),
    read: async (name, version) => reader.read(reachable(name), version),
    readDigest: (digest, within = '') => reader.readDigest(digest, within.startsWith(prefix) ? within : prefix),
    exportVersion: async (name, version) => reader.exportVersion(reachable(name), version),
  };
}

/** Returns the query for what both prefixes allow; undefined when that is nothing. */
function narrow(query: HeadsQuery, prefix: string): HeadsQuery | undefined {
  const { prefix: asked = '' } = query;
  if (asked.startsWith(prefix)) return query;
  return prefix.startsWith(asked) ? { ...query, prefix } : undefined;
}

/** Refuses to change a config out of reach, whether there is one or not. @throws StoreError NAME_INVALID */
function checkReach(name: string, prefix: string): string {
  if (isInReach(name, prefix)) return name;
  throw new StoreError('NAME_INVALID', `${name} is not among the configs that this caller may change`, {
    hint: `Use a name that begins with "${prefix}".`,
    details: { prefix },
  });
}

function scopedWriter(writer: StoreWriter, prefix: string): StoreWriter {
  return {
    commit: async (request) => {
      for (const change of request.changes) {
        if (change.action === 'purge') throw outOfReach('removing bytes');
        checkReach(change.name, prefix);
      }
      if (request.keys !== undefined && request.keys.length > 0) throw outOfReach('changing keys');
      return writer.commit(request);
    },
    init: (options) => writer.init(options),
  };
}

function scopedDrafts(drafts: Drafts, prefix: string): Drafts {
  return {
    get: async (name) => (name.startsWith(prefix) ? drafts.get(name) : undefined),
    list: async () => (await drafts.list()).filter(({ name }) => name.startsWith(prefix)),
    has: async (name) => name.startsWith(prefix) && drafts.has(name),
    having: (names) => drafts.having(names.filter((name) => name.startsWith(prefix))),
    save: async (request) => {
      checkReach(request.name, prefix);
      return drafts.save(request);
    },
    discard: async (name, revision) => drafts.discard(checkReach(name, prefix), revision),
  };
}

/** Everything but a check is a person's, who reaches the whole store. */
function scopedMaintenance(maintenance: StoreMaintenance, reaches: (name: string) => boolean): StoreMaintenance {
  const refuse = () => Promise.reject(outOfReach('maintenance'));
  return {
    verify: async (request) => {
      if (request.name !== undefined && !reaches(request.name)) throw notThere(request.name, undefined);
      return withoutNames(await maintenance.verify(request), request.name !== undefined);
    },
    rebuild: refuse,
    collect: refuse,
    contents: () => {
      throw outOfReach('a copy of the store');
    },
    rollback: refuse,
    accept: refuse,
    strays: refuse,
    lost: refuse,
    lostBytes: refuse,
    setAside: refuse,
    badTail: refuse,
    repair: refuse,
  };
}

/** Findings may name any config. Those on artifacts do not where the check was of one config only. */
function withoutNames(report: VerifyReport, isOfOneConfig: boolean): VerifyReport {
  const findings = report.findings.map((finding): Finding => {
    const isArtifact = finding.where.startsWith('sha256:');
    if (isArtifact && isOfOneConfig) return finding;
    const where = isArtifact ? 'an artifact' : finding.where;
    const hint = 'A person who reaches the whole store can see it in full.';
    return { ...finding, where, message: `${where} does not verify`, hint, advice: [] };
  });
  return { ...report, findings };
}

function scopedFeed(feed: StoreFeed, reaches: (name: string) => boolean): StoreFeed {
  return {
    recent: async (limit, below) => (await feed.recent(limit, below)).map((entry) => visible(entry, reaches)),
    commits: async function* (from) {
      for await (const entry of feed.commits(from)) yield visible(entry, reaches);
    },
    subscribe: (listener) =>
      feed.subscribe(({ changed, listChanged }) => {
        const names = changed.filter(reaches);
        if (names.length > 0) listener({ changed: names, listChanged });
      }),
    look: () => feed.look(),
  };
}

/** Returns a commit with the changes in reach; of one without any only that it is there. */
function visible(entry: CommitEntry, reaches: (name: string) => boolean): CommitEntry {
  const { index, verdict, statement } = entry;
  if (statement === undefined) return entry;
  const changes = statement.changes.filter((change) => change.action !== 'purge' && reaches(change.name));
  if (changes.length === 0 && statement.changes.length > 0) return { index, verdict };
  return changes.length === statement.changes.length ? entry : { ...entry, statement: reduced(statement, changes) };
}

/** The message is about all of the changes. */
function reduced(statement: Statement, changes: Statement['changes']): Statement {
  return { ...statement, changes, message: '' };
}

function outOfReach(what: string): StoreError {
  return new StoreError('ARGUMENT_INVALID', `${what} is not for a caller who reaches only some of the configs`, {
    hint: 'A person with the whole store has to do it.',
  });
}
