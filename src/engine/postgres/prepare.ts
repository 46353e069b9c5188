import type pg from 'pg';
import { StoreError } from '../../core/errors.ts';
import type { PostgresAddress } from './address.ts';
import { storeFault } from './faults.ts';
import { Line } from './line.ts';
import { grants, migrations, type Roles, SCHEMA_VERSION, WRITER_SETTINGS } from './schema.ts';
import { tablesOf } from './tables.ts';

/** Two programs that prepare at once would both make the schema: they go one after another. */
const LOCK = 7_236_510_913;

/** Versions of the tables before and after. */
export interface Prepared {
  /** Version of the tables before; 0 where there were none. */
  readonly before: number;
  readonly after: number;
  /** Statements on the writer that the owner of the tables may not run: an administrator of roles may. */
  readonly left: readonly string[];
}

/**
 * Makes the tables of a store in a database, or brings them up to this release, and gives the roles their rights: all in one
 * transaction. May be run again, and by many at once. The only place that changes what a database consists of.
 *
 * @throws StoreError STORE_UNREADABLE, STORE_READONLY, STORE_NEWER, ARGUMENT_INVALID for a role that is not there
 */
export async function preparePostgres(
  address: PostgresAddress,
  password: () => Promise<string | undefined>,
  roles: Roles,
): Promise<Prepared> {
  const line = new Line(address, async () => address.password ?? (await password()));
  try {
    const client = await line.connect();
    try {
      return await prepare(client, address.schema, roles);
    } catch (error) {
      throw line.faultOf(error);
    } finally {
      await client.end().catch(() => undefined); // an open transaction ends with it
    }
  } catch (error) {
    throw storeFault(error, address, 'make the tables');
  }
}

async function prepare(client: pg.Client, schema: string, roles: Roles): Promise<Prepared> {
  const tables = tablesOf(schema);
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK}); CREATE SCHEMA IF NOT EXISTS ${tables.schema}`);
  const before = await versionOf(client, tables.meta);
  if (before > SCHEMA_VERSION)
    throw new StoreError('STORE_NEWER', `the tables are of version ${before}, this release knows ${SCHEMA_VERSION}`, {
      hint: 'A newer release made them; nothing was changed.',
      advice: [{ do: 'upgrade' }],
    });
  for (const [i, statements] of migrations(tables).entries()) {
    if (i + 1 <= before) continue;
    for (const statement of statements) await client.query(statement);
    await client.query(`UPDATE ${tables.meta} SET schema_version = ${i + 1}`);
  }
  for (const role of [roles.writer, roles.reader]) if (role !== undefined) await checkRole(client, role);
  for (const statement of grants(tables, roles, (name) => client.escapeIdentifier(name))) await client.query(statement);
  const left = roles.writer === undefined ? [] : await setUp(client, roles.writer);
  await client.query('COMMIT');
  return { before, after: SCHEMA_VERSION, left };
}

/** Gives the writer its settings where it has others; returns what this role may not do. */
async function setUp(client: pg.Client, writer: string): Promise<string[]> {
  const { rows } = await client.query<{ config: string[] | null }>(
    'SELECT rolconfig AS config FROM pg_roles WHERE rolname = $1',
    [writer],
  );
  const left: string[] = [];
  for (const [name, value] of Object.entries(WRITER_SETTINGS)) {
    if (rows[0]?.config?.includes(`${name}=${value}`) === true) continue;
    const statement = `ALTER ROLE ${client.escapeIdentifier(writer)} SET ${name} = '${value}'`;
    await client.query('SAVEPOINT setting');
    try {
      await client.query(statement);
    } catch (error) {
      if ((error as pg.DatabaseError).code !== '42501') throw error;
      await client.query('ROLLBACK TO setting');
      left.push(statement);
    }
  }
  return left;
}

async function versionOf(client: pg.Client, meta: string): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [meta]);
  if (rows[0]?.there !== true) return 0;
  const found = await client.query<{ schema_version: number }>(`SELECT schema_version FROM ${meta}`);
  return found.rows[0]?.schema_version ?? 0;
}

async function checkRole(client: pg.Client, role: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  if (rows.length === 0)
    throw new StoreError('ARGUMENT_INVALID', `there is no role ${role} in the database`, {
      hint: 'Nothing was changed. Make the role first, with a password of its own.',
    });
}
