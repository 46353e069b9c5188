import { StoreError } from '../../core/errors.ts';
import type { Notice } from '../../core/notice.ts';
import type { EngineReport } from '../port.ts';
import { addressText } from './address.ts';
import { type Database, on } from './database.ts';

/** A database as it describes itself, and the rights of the role that asks. */
export interface DatabaseFacts {
  readonly version: string;
  readonly encrypted: boolean;
  /** A copy of another server, which cannot be written. */
  readonly replica: boolean;
  readonly readOnly: boolean;
  readonly fsync: boolean;
  /** `on`, `local`, `remote_write` …; `off` loses answered commits when the server dies. */
  readonly synchronousCommit: string;
  readonly mayAppend: boolean;
  /** Rights with which a role could change what is in the log, or take artifacts away. */
  readonly mayRewrite: boolean;
  readonly mayRemove: boolean;
}

/** Asks the database about itself. @throws StoreError */
export function factsOf(database: Database): Promise<DatabaseFacts> {
  const { line, tables } = database;
  return on(database, 'be asked', async () => {
    const may = (table: string, right: string) => `has_table_privilege('${table}', '${right}')`;
    const [row = {}] = await line.query(`SELECT
      current_setting('server_version') AS version,
      coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
      pg_is_in_recovery() AS replica,
      current_setting('transaction_read_only') = 'on' AS read_only,
      current_setting('fsync') = 'on' AS fsync,
      current_setting('synchronous_commit') AS synchronous_commit,
      ${may(tables.log, 'INSERT')} AND ${may(tables.objects, 'INSERT')} AS may_append,
      ${may(tables.log, 'UPDATE')} OR ${may(tables.log, 'DELETE')} OR ${may(tables.log, 'TRUNCATE')} AS may_rewrite,
      ${may(tables.objects, 'DELETE')} AS may_remove`);
    return {
      version: String(row['version']),
      encrypted: row['encrypted'] === true,
      replica: row['replica'] === true,
      readOnly: row['read_only'] === true,
      fsync: row['fsync'] === true,
      synchronousCommit: String(row['synchronous_commit']),
      mayAppend: row['may_append'] === true,
      mayRewrite: row['may_rewrite'] === true,
      mayRemove: row['may_remove'] === true,
    };
  });
}

/** Returns what is doubtful about a database as a place for a store. */
export function doubts(facts: DatabaseFacts): Notice[] {
  const notices: Notice[] = [];
  const doubt = (message: string) => notices.push({ severity: 'warning', code: 'STORAGE_DOUBTFUL', message });
  if (!facts.fsync) doubt('the database has fsync off: a power failure can lose or damage answered commits');
  if (facts.synchronousCommit === 'off')
    doubt('the database has synchronous_commit off: commits that were answered are lost when the server dies');
  if (facts.mayRewrite)
    doubt('this role could rewrite the log: use one that may only append, and keep the owner for repairs and purges');
  return notices;
}

/** Says how the database is, for health and status. @throws StoreError what forbids writing */
export async function inspect(database: Database): Promise<EngineReport> {
  const { address } = database.line;
  const since = performance.now();
  const facts = await factsOf(database);
  const ms = performance.now() - since;
  const where = addressText(address);
  const readOnly = (message: string, hint: string) =>
    new StoreError('STORE_READONLY', message, { hint, advice: [{ do: 'check-storage' }] });
  if (facts.replica || facts.readOnly)
    throw readOnly(
      `the database can only be read: ${where} is ${facts.replica ? 'a replica' : 'read-only'}`,
      'Use the address of the server that is written.',
    );
  if (!facts.mayAppend)
    throw readOnly(
      `the role ${address.user} may only read ${where}`,
      'Use a role that may append, or leave writing to other installations.',
    );
  return { message: `PostgreSQL ${facts.version}, answers in ${ms.toFixed(1)} ms`, notices: doubts(facts) };
}

/** Probes of which the median is taken. */
const PROBES = 20;

/** Says how long the smallest question takes, in milliseconds: the median of some. */
export function latencyOf(database: Database): Promise<number> {
  return on(database, 'be asked', async () => {
    const taken: number[] = [];
    for (let probe = 0; probe < PROBES; probe++) {
      const since = performance.now();
      await database.line.query('SELECT 1');
      taken.push(performance.now() - since);
    }
    return taken.sort((a, b) => a - b)[PROBES / 2] ?? 0;
  });
}
