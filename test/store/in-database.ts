import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { openPostgresEngine, type PostgresEngine } from '../../src/engine/postgres/postgres-engine.ts';
import { askSync } from '../postgres/sync-database.ts';

/** What a store consists of. */
const COLUMNS = {
  log: 'idx, envelope',
  objects: 'digest, bytes, stored_at',
  drafts: 'name_hash, revision, body, live',
};

/** What stands for a storage folder when the tests run on PostgreSQL, and what a bad disk or an administrator does to it. */
export class InDatabase {
  readonly #schema = `s_${randomBytes(8).toString('hex')}`;
  readonly #url: string;
  #unguarded = false;

  constructor() {
    const { current, debian } = inject('postgres');
    const url = process.env['POSTGRES_SERVER'] === 'debian' ? debian : current;
    if (url === undefined) throw new Error('there is no PostgreSQL to test on');
    this.#url = url;
    this.#ask('SELECT 1', [], this.address);
  }

  get address(): string {
    return `${this.#url}?schema=${this.#schema}`;
  }

  open(mirror?: string): PostgresEngine {
    return openPostgresEngine({
      address: parseAddress(this.address),
      mirror: mirror === undefined ? undefined : async () => mirror,
    });
  }

  entry(index: number): Uint8Array | undefined {
    return this.#ask('SELECT envelope FROM ?.log WHERE idx = $1', [index])[0]?.['envelope'] as Uint8Array | undefined;
  }

  takeEntry(index: number): void {
    this.#unguard();
    this.#ask('DELETE FROM ?.log WHERE idx = $1', [index]);
  }

  damageEntry(index: number, bytes: Uint8Array): void {
    this.#unguard();
    this.#ask(
      'INSERT INTO ?.log (idx, envelope) VALUES ($1, $2) ON CONFLICT (idx) DO UPDATE SET envelope = EXCLUDED.envelope',
      [index, bytes],
    );
  }

  hasObject(text: string): boolean {
    return this.#ask('SELECT 1 FROM ?.objects WHERE digest = $1', [keyOf(text)]).length > 0;
  }

  setObject(digest: string, bytes: Uint8Array | undefined): void {
    const key = Buffer.from(digest, 'hex');
    this.#unguard();
    if (bytes === undefined) this.#ask('DELETE FROM ?.objects WHERE digest = $1', [key]);
    else
      this.#ask(
        'INSERT INTO ?.objects (digest, bytes) VALUES ($1, $2) ON CONFLICT (digest) DO UPDATE SET bytes = EXCLUDED.bytes',
        [key, bytes],
      );
  }

  /** Takes everything away. */
  empty(): void {
    this.#unguard();
    for (const table of Object.keys(COLUMNS)) this.#ask(`DELETE FROM ?.${table}`);
  }

  /** Becomes what another is now. */
  become(other: InDatabase): void {
    this.empty();
    for (const [table, columns] of Object.entries(COLUMNS))
      this.#ask(`INSERT INTO ?.${table} (${columns}) SELECT ${columns} FROM "${other.#schema}".${table}`);
  }

  ageObject(text: string, byMs: number): void {
    this.#ask(`UPDATE ?.objects SET stored_at = stored_at - $2 * interval '1 millisecond' WHERE digest = $1`, [
      keyOf(text),
      byMs,
    ]);
  }

  /** What another program saves as a revision of a draft. */
  plantDraft(key: string, revision: number, body: Uint8Array): void {
    this.#ask(
      'INSERT INTO ?.drafts VALUES ($1, $2, $3, true) ON CONFLICT (name_hash) DO UPDATE SET revision = $2, body = $3, live = true',
      [Buffer.from(key, 'hex'), revision, body],
    );
  }

  /** Lifts what keeps even the owner from changing what is there. */
  #unguard(): void {
    if (this.#unguarded) return;
    this.#unguarded = true;
    this.#ask('ALTER TABLE ?.objects DROP CONSTRAINT objects_check');
    this.#ask('ALTER TABLE ?.log DROP CONSTRAINT log_envelope_check, DROP CONSTRAINT log_prev_fkey');
    this.#ask('ALTER TABLE ?.log DISABLE TRIGGER log_append_only');
  }

  #ask(text: string, values: readonly unknown[] = [], prepare?: string): readonly Record<string, unknown>[] {
    return askSync({ url: this.#url, prepare, text: text.replaceAll('?.', `"${this.#schema}".`), values });
  }
}

function keyOf(text: string): Buffer {
  return Buffer.from(sha256Hex(text), 'hex');
}
