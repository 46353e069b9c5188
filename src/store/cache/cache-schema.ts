/** Raised whenever the tables change; an older cache is dropped and rebuilt, a newer one is left alone. */
export const CACHE_VERSION = 3;

/** The columns of one version of a config; `heads` repeats the newest row of each name, so that a read needs no join. */
const VERSION_COLUMNS = `
  version       INTEGER NOT NULL,
  idx           INTEGER NOT NULL,
  action        TEXT NOT NULL,
  digest        TEXT NOT NULL,
  size          INTEGER NOT NULL,
  media_type    TEXT NOT NULL,
  restored_from INTEGER,
  id            TEXT NOT NULL,
  key_id        TEXT NOT NULL,
  time          TEXT NOT NULL,
  message       TEXT NOT NULL,
  author        TEXT NOT NULL,
  flaw          TEXT`;

/** One statement per table and index: everything in them is derived from the log and can be deleted at any time. */
export const CACHE_SCHEMA: readonly string[] = [
  'CREATE TABLE commits (idx INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT',
  'CREATE TABLE key_commits (idx INTEGER PRIMARY KEY, signer TEXT NOT NULL, keys TEXT NOT NULL) STRICT',
  `CREATE TABLE versions (name TEXT NOT NULL, ${VERSION_COLUMNS}, PRIMARY KEY (name, version)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE heads (name TEXT PRIMARY KEY, ${VERSION_COLUMNS}) STRICT, WITHOUT ROWID`,
  'CREATE TABLE purges (digest TEXT NOT NULL, idx INTEGER NOT NULL, key_id TEXT NOT NULL, size INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (digest, idx)) STRICT, WITHOUT ROWID',
  'CREATE INDEX versions_by_digest ON versions (digest, idx)',
];

/** The names of all columns of `versions` and `heads`, in order. */
export const ROW_COLUMNS =
  'name, version, idx, action, digest, size, media_type, restored_from, id, key_id, time, message, author, flaw';
