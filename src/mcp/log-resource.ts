import { formatDigest } from '../core/digest.ts';
import type { Store } from '../store/api.ts';

/** How many configs are looked at, and how many are shown. */
const LOOKED_AT = 1_000;
const SHOWN = 50;

/** What `store://log` shows: the store's head, and the configs changed last, newest first. */
export async function readLog(store: Store): Promise<unknown> {
  const { store: id, head, freshness, warnings } = await store.status();
  const { items, total } = await store.heads({ includeDeleted: true, limit: LOOKED_AT });
  const newest = [...items].sort((a, b) => b.index - a.index).slice(0, SHOWN);
  return {
    store: id ?? null,
    head: head ?? null,
    freshness,
    warnings,
    configs: total,
    newest: newest.map(({ index, commit, keyId, time, name, version, action, digest, message, author }) => ({
      index,
      commit,
      keyId,
      time,
      name,
      version,
      action,
      digest: formatDigest(digest),
      message,
      author,
    })),
  };
}
