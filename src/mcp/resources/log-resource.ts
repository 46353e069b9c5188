import type { Change, KeyChange } from '../../core/commit/statement.ts';
import { formatDigest } from '../../core/digest.ts';
import type { Store } from '../../store/api/store.ts';
import type { CommitEntry } from '../../store/api/versions.ts';
import { noticeText } from '../advice.ts';

/** How many commits are shown, and how many changes of each. */
const COMMITS = 50;
const CHANGES = 20;

/** Returns the content of `store://log`: the store's head, and the newest commits, newest first, each checked. */
export async function readLog(store: Store): Promise<unknown> {
  const { store: id, head, configs, notices } = await store.state.status();
  const commits = await store.feed.recent(COMMITS);
  return {
    store: id ?? null,
    head: head ?? null,
    warnings: notices.map(noticeText),
    configs,
    total: (head?.index ?? -1) + 1,
    commits: commits.map(describeCommit),
  };
}

function describeCommit({ index, verdict, commit, keyId, statement }: CommitEntry) {
  if (statement === undefined) return { index, verified: verdict };
  const { time, author, message, changes, keys } = statement;
  const omitted = changes.length - CHANGES;
  return {
    index,
    commit,
    keyId,
    time,
    author,
    message,
    verified: verdict,
    changes: changes.slice(0, CHANGES).map(describeChange),
    ...(omitted > 0 && { changesOmitted: omitted }),
    ...(keys.length > 0 && { keys: keys.map(describeKeyChange) }),
  };
}

function describeChange(change: Change) {
  return { ...change, digest: formatDigest(change.digest) };
}

/** Describes a change of keys, without the public key: the keyring has it. */
function describeKeyChange(key: KeyChange) {
  if (key.action !== 'add') return key;
  const { action, keyId, label, role } = key;
  return { action, keyId, label, role };
}
