import { parseKeyChange } from '../../core/commit/parse-statement.ts';
import type { Author, KeyChange } from '../../core/commit/statement.ts';
import { type Hex, isHexDigest } from '../../core/digest.ts';
import { isConfigName } from '../../core/name.ts';
import type { VersionRow } from '../api/versions.ts';
import type { PurgeRow } from '../commits/commit-record.ts';

/** The cache holds something that this program does not write, or another commit than the log: it is made again. */
export class CacheDisagrees extends Error {}

/** The cache's file was taken away by another process, which makes it again as well. */
export class CacheTaken extends CacheDisagrees {}

type Columns = Readonly<Record<string, unknown>>;

/** Returns the values of a version, in the order of ROW_COLUMNS. */
export function toColumns(row: VersionRow): unknown[] {
  return [
    row.name,
    row.version,
    row.index,
    row.action,
    row.digest,
    row.size,
    row.mediaType,
    row.restoredFrom,
    row.commit,
    row.keyId,
    row.time,
    row.message,
    JSON.stringify(row.author),
    row.flaw,
  ];
}

/** Returns the version in a row of `versions` or `heads`. @throws CacheDisagrees when a value has another type or form */
export function fromColumns(columns: unknown): VersionRow {
  const c = columns as Columns;
  const action = c['action'];
  const name = c['name'];
  if (action !== 'put' && action !== 'restore' && action !== 'delete') throw wrong('action');
  if (!isConfigName(name)) throw wrong('name');
  return {
    name,
    version: natural(c['version'], 'version'),
    index: natural(c['idx'], 'idx'),
    action,
    digest: hex(c['digest'], 'digest'),
    size: natural(c['size'], 'size'),
    mediaType: text(c['media_type'], 'media_type'),
    restoredFrom: c['restored_from'] === null ? null : natural(c['restored_from'], 'restored_from'),
    commit: hex(c['id'], 'id'),
    keyId: hex(c['key_id'], 'key_id'),
    time: text(c['time'], 'time'),
    message: text(c['message'], 'message'),
    author: author(c['author']),
    flaw: c['flaw'] === null ? null : text(c['flaw'], 'flaw'),
  };
}

/** Returns the purge in a row of `purges`. @throws CacheDisagrees */
export function purgeFromColumns(columns: unknown): PurgeRow {
  const c = columns as Columns;
  return {
    digest: hex(c['digest'], 'digest'),
    index: natural(c['idx'], 'idx'),
    keyId: hex(c['key_id'], 'key_id'),
    size: natural(c['size'], 'size'),
    reason: text(c['reason'], 'reason'),
  };
}

/** Returns the commit in a row of `commits`. @throws CacheDisagrees */
export function commitFromColumns(columns: unknown): { index: number; id: Hex } {
  const c = columns as Columns;
  return { index: natural(c['idx'], 'idx'), id: hex(c['id'], 'id') };
}

/** Returns the key changes in a row of `key_commits`, in the form the log has them. @throws CacheDisagrees */
export function keysFromColumn(value: unknown): KeyChange[] {
  try {
    const list: unknown = JSON.parse(text(value, 'keys'));
    if (Array.isArray(list)) return list.map(parseKeyChange);
  } catch (cause) {
    throw new CacheDisagrees('keys', { cause });
  }
  throw wrong('keys');
}

function author(value: unknown): Author {
  let given: unknown;
  try {
    given = JSON.parse(text(value, 'author'));
  } catch (cause) {
    throw new CacheDisagrees('author', { cause });
  }
  const { name, version, via } = (given ?? {}) as Columns;
  if (typeof name !== 'string' || typeof version !== 'string' || (via !== 'mcp' && via !== 'cli'))
    throw wrong('author');
  return { name, version, via };
}

function natural(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(what);
}

function hex(value: unknown, what: string): Hex {
  if (isHexDigest(value)) return value;
  throw wrong(what);
}

function text(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw wrong(what);
}

function wrong(what: string): CacheDisagrees {
  return new CacheDisagrees(`a value of ${what} has another form`);
}
