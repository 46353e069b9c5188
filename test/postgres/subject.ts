import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Digest } from '../../src/core/digest.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { openPostgresEngine, type PostgresEngine } from '../../src/engine/postgres/postgres-engine.ts';
import { preparePostgres } from '../../src/engine/postgres/prepare.ts';

/** Returns the name of a schema that nobody has. */
export function freshSchema(): string {
  return `s_${randomBytes(8).toString('hex')}`;
}

/** Adds a schema to the address of a database. */
export function inSchema(url: string, schema: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}schema=${schema}`;
}

/** A store's place in a database, with what a bad disk or an administrator can do to it. `url` is that of a superuser. */
export class DatabasePlace {
  readonly url: string;
  readonly schema: string;
  readonly #admin: string;
  #pool: pg.Pool | undefined;

  /** @param through where the engines under test connect; a pooler, perhaps */
  constructor(admin: string, schema = freshSchema(), through = admin) {
    this.#admin = admin;
    this.schema = schema;
    this.url = inSchema(through, schema);
  }

  async prepare(roles: { writer?: string; reader?: string } = {}): Promise<void> {
    await preparePostgres(parseAddress(inSchema(this.#admin, this.schema)), async () => undefined, roles);
  }

  open(mirror?: string): PostgresEngine {
    return openPostgresEngine({
      address: parseAddress(this.url),
      mirror: mirror === undefined ? undefined : async () => mirror,
    });
  }

  /** Runs statements as superuser; `?` stands for the schema. */
  async query(text: string, values?: unknown[]): Promise<pg.QueryResult> {
    this.#pool ??= new pg.Pool({ connectionString: this.#admin, max: 1, allowExitOnIdle: true }).on(
      'error',
      () => undefined,
    );
    return this.#pool.query(text.replaceAll('?.', `"${this.schema}".`), values);
  }

  async damageObject(digest: Digest, bytes: Uint8Array): Promise<void> {
    await this.query('ALTER TABLE ?.objects DROP CONSTRAINT IF EXISTS objects_check');
    await this.query('UPDATE ?.objects SET bytes = $2 WHERE digest = $1', [Buffer.from(digest, 'hex'), bytes]);
  }

  async placeEntry(index: number, bytes: Uint8Array): Promise<void> {
    await this.query(
      'ALTER TABLE ?.log DROP CONSTRAINT IF EXISTS log_envelope_check, DROP CONSTRAINT IF EXISTS log_prev_fkey',
    );
    await this.query('ALTER TABLE ?.log DISABLE TRIGGER log_append_only');
    await this.query(
      'INSERT INTO ?.log (idx, envelope) VALUES ($1, $2) ON CONFLICT (idx) DO UPDATE SET envelope = EXCLUDED.envelope',
      [index, bytes],
    );
    await this.query('ALTER TABLE ?.log ENABLE ALWAYS TRIGGER log_append_only');
  }

  async ageObject(digest: Digest): Promise<void> {
    await this.query(`UPDATE ?.objects SET stored_at = stored_at - interval '2 days' WHERE digest = $1`, [
      Buffer.from(digest, 'hex'),
    ]);
  }

  async drop(): Promise<void> {
    await this.query(`DROP SCHEMA IF EXISTS "${this.schema}" CASCADE`);
    await this.#pool?.end();
    this.#pool = undefined;
  }
}
