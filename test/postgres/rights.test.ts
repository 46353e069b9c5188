import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { openPostgresEngine, type PostgresEngine } from '../../src/engine/postgres/postgres-engine.ts';
import { preparePostgres } from '../../src/engine/postgres/prepare.ts';
import { append } from '../engine/append.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { machine, openAt } from './installations.ts';
import { DatabasePlace, inSchema } from './subject.ts';

const { current, debian } = inject('postgres');
const servers = Object.entries({
  'the current PostgreSQL': current,
  ...(process.env['SLOW'] === '1' && { "Debian's PostgreSQL": debian }),
});

const BYTES = Buffer.from('some bytes');
const HEX = `'\\x${sha256Hex(BYTES)}'`;
const OTHER = `'\\x${sha256Hex(Buffer.from('other bytes'))}'`;
const VALUE = `'\\x${BYTES.toString('hex')}'`;

describe.each(servers)('rights on %s', (_, admin) => {
  const suffix = randomBytes(4).toString('hex');
  const [writer, reader] = [`writer_${suffix}`, `reader_${suffix}`];
  let place: DatabasePlace;

  beforeAll(async () => {
    if (admin === undefined) return;
    place = new DatabasePlace(admin);
    for (const role of [writer, reader]) await place.query(`CREATE ROLE ${role} LOGIN`);
    await place.prepare({ writer, reader });
    await place.query(`INSERT INTO ?.log (idx, envelope) VALUES (0, 'zero'), (1, 'one')`);
    await place.query(`INSERT INTO ?.objects (digest, bytes) VALUES (${HEX}, ${VALUE})`);
  });
  afterAll(async () => {
    if (admin === undefined) return;
    for (const role of [writer, reader]) await place.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await place.drop();
  });

  /** The address of the store for a role. */
  const as = (role: string) => place.url.replace('postgres@', `${role}@`);
  const open = (role: string): PostgresEngine => openPostgresEngine({ address: parseAddress(as(role)) });

  /** Runs a statement as a role, and takes it back. Returns the code it was refused with. */
  async function tried(role: string, statement: string): Promise<string> {
    const client = new pg.Client(as(role).replace(/\?.*/, ''));
    await client.connect();
    try {
      await client.query('BEGIN');
      await client.query(statement.replaceAll('?.', `"${place.schema}".`));
      return 'may';
    } catch (error) {
      return (error as pg.DatabaseError).code ?? 'none';
    } finally {
      await client.end();
    }
  }

  it.skipIf(admin === undefined).each([
    ['SELECT * FROM ?.log, ?.objects, ?.drafts, ?.quarantine, ?.meta', 'may'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (2, 'two')`, 'may'],
    [
      `INSERT INTO ?.objects (digest, bytes) VALUES (${HEX}, ${VALUE}) ON CONFLICT (digest) DO UPDATE SET bytes = EXCLUDED.bytes`,
      'may',
    ],
    [`UPDATE ?.objects SET bytes = ${VALUE}`, 'may'],
    [`INSERT INTO ?.drafts (name_hash, revision, body, live) VALUES (${HEX}, 1, 'draft', true)`, 'may'],
    [`UPDATE ?.drafts SET revision = 2, body = 'draft', live = false`, 'may'],
    [`UPDATE ?.log SET envelope = 'changed'`, '42501'],
    ['DELETE FROM ?.log', '42501'],
    ['TRUNCATE ?.log', '42501'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (1, 'x') ON CONFLICT (idx) DO UPDATE SET envelope = 'x'`, '42501'],
    ['DELETE FROM ?.objects', '42501'],
    ['TRUNCATE ?.objects', '42501'],
    [`UPDATE ?.objects SET digest = ${OTHER}`, '42501'],
    [`UPDATE ?.objects SET stored_at = now()`, '42501'],
    ['DELETE FROM ?.drafts', '42501'],
    [`INSERT INTO ?.quarantine (idx, envelope) VALUES (1, 'x')`, '42501'],
    [`UPDATE ?.meta SET moved_to = 'elsewhere'`, '42501'],
    ['DROP TABLE ?.log', '42501'],
    ['ALTER TABLE ?.log DISABLE TRIGGER log_append_only', '42501'],
    ['CREATE TABLE ?.mine (a int)', '42501'],
    [`SET session_replication_role = replica`, '42501'],
    // What the tables themselves refuse.
    [`INSERT INTO ?.log (idx, envelope) VALUES (3, 'behind a gap')`, '23503'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (1, 'taken')`, '23505'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (-1, 'before')`, '23514'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (1000000000, 'too far')`, '23514'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (2, '')`, '23514'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (2, convert_to(repeat('x', 1048577), 'UTF8'))`, '23514'],
    [`INSERT INTO ?.log (idx, prev, envelope) VALUES (2, 0, 'x')`, '428C9'],
    [`INSERT INTO ?.objects (digest, bytes) VALUES (${OTHER}, ${VALUE})`, '23514'],
    [`UPDATE ?.objects SET bytes = 'other'`, '23514'],
  ])('the writer: %s: %s', async (statement, outcome) => {
    expect(await tried(writer, statement)).toBe(outcome);
  });

  it.skipIf(admin === undefined).each([
    ['SELECT * FROM ?.log, ?.objects, ?.drafts, ?.quarantine, ?.meta', 'may'],
    [`INSERT INTO ?.log (idx, envelope) VALUES (2, 'two')`, '42501'],
    [`INSERT INTO ?.objects (digest, bytes) VALUES (${OTHER}, 'other bytes')`, '42501'],
    [`UPDATE ?.objects SET bytes = ${VALUE}`, '42501'],
    [`INSERT INTO ?.drafts (name_hash, revision, body, live) VALUES (${HEX}, 1, 'draft', true)`, '42501'],
  ])('the reader: %s: %s', async (statement, outcome) => {
    expect(await tried(reader, statement)).toBe(outcome);
  });

  it.skipIf(admin === undefined).each([
    ['DELETE FROM ?.objects', 'may'],
    [`UPDATE ?.log SET envelope = 'changed'`, '42501'],
    ['DELETE FROM ?.log', '42501'],
    ['TRUNCATE ?.log', '42501'],
    ['TRUNCATE ?.log CASCADE', '42501'],
    [`SET LOCAL session_replication_role = replica; DELETE FROM ?.log`, '42501'],
    [`SET LOCAL session_replication_role = replica; UPDATE ?.log SET envelope = 'x'`, '42501'],
  ])('even the superuser, before the tables are changed: %s: %s', async (statement, outcome) => {
    expect(await tried('postgres', statement)).toBe(outcome);
  });

  it.skipIf(admin === undefined)(
    'a store lives on the rights of the writer, and says what takes the owner',
    async () => {
      const own = new DatabasePlace(admin ?? '');
      await own.prepare({ writer, reader });
      try {
        const url = (role: string) => own.url.replace('postgres@', `${role}@`);
        const paths = await machine();
        const store = await openAt(url(writer), paths);
        await store.writer.commit(puts({ a: 'one' }));
        const { receipt } = await store.writer.commit(puts({ a: 'two' }));
        const purge = { changes: [{ action: 'purge', digest: sha256Hex('one'), reason: 'test' }] as const };
        const { message, author } = puts({});
        expect(await refusal(store.writer.commit({ ...purge, message, author }))).toMatchObject({
          code: 'STORE_READONLY',
          message: expect.stringContaining(`the role ${writer} may not remove anything`),
          advice: [{ do: 'check-storage' }],
        });
        expect((await store.state.status()).head?.index).toBe(receipt.index);
        const readOnly = await openAt(url(reader), { ...paths, state: `${paths.state}-2` });
        expect((await readOnly.reader.read('a')).verified).toBe(true);
        expect(await refusal(readOnly.writer.commit(puts({ a: 'three' })))).toMatchObject({ code: 'STORE_READONLY' });
        const owner = await openAt(own.url, { ...paths, state: `${paths.state}-3` });
        await owner.writer.commit({ ...purge, message, author });
        expect(await refusal(store.reader.read('a', 1))).toMatchObject({ code: 'PURGED' });
        expect((await store.reader.read('a', 2)).verified).toBe(true);
      } finally {
        await own.drop();
      }
    },
  );

  it.skipIf(admin === undefined)('are checked, and doubts are said', async () => {
    const report = async (role: string) => {
      const engine = open(role);
      try {
        return await engine.report();
      } finally {
        await engine.close();
      }
    };
    expect(await report(writer)).toMatchObject({
      facts: { mayAppend: true, mayRewrite: false, mayRemove: false, replica: false, synchronousCommit: 'on' },
    });
    expect(await report(reader)).toMatchObject({ facts: { mayAppend: false, mayRewrite: false } });
    const owner = await report('postgres');
    expect(owner.facts).toMatchObject({ mayAppend: true, mayRewrite: true, mayRemove: true });
    expect(owner.notices.map(({ message }) => message)).toEqual(
      expect.arrayContaining([expect.stringContaining('could rewrite the log')]),
    );
    const asReader = open(reader);
    expect(await refusal(asReader.check({ probe: false }))).toMatchObject({ code: 'STORE_READONLY' });
    await asReader.close();
  });
});

describe.skipIf(current === undefined)('the tables', () => {
  const prepare = (url: string, roles = {}) => preparePostgres(parseAddress(url), async () => undefined, roles);

  it('are made by many at once, once, and again without harm', async () => {
    const place = new DatabasePlace(current ?? '');
    try {
      const done = await Promise.all(Array.from({ length: 8 }, () => prepare(place.url)));
      expect(done.filter(({ before }) => before === 0)).toHaveLength(1);
      const engine = place.open();
      await append(engine, 0, 'kept');
      expect(await prepare(place.url)).toEqual({ before: 1, after: 1, left: [] });
      expect(await engine.open()).toEqual({ exists: true });
      await engine.close();
    } finally {
      await place.drop();
    }
  });

  it('are not touched where a role is missing, the role may not, or a newer release made them', async () => {
    const place = new DatabasePlace(current ?? '');
    const role = `stranger_${randomBytes(4).toString('hex')}`;
    try {
      expect(await refusal(prepare(place.url, { writer: 'no_such_role' }))).toMatchObject({
        code: 'ARGUMENT_INVALID',
        message: 'there is no role no_such_role in the database',
      });
      expect((await place.query('SELECT to_regnamespace($1) AS there', [place.schema])).rows).toEqual([
        { there: null },
      ]);
      await place.query(`CREATE ROLE ${role} LOGIN`);
      expect(await refusal(prepare(place.url.replace('postgres@', `${role}@`)))).toMatchObject({
        code: 'STORE_READONLY',
      });
      await prepare(place.url);
      await place.query('UPDATE ?.meta SET schema_version = 2');
      expect(await refusal(prepare(place.url))).toMatchObject({ code: 'STORE_NEWER' });
      const engine = place.open();
      expect(await refusal(engine.open())).toMatchObject({ code: 'STORE_NEWER', details: { format: 2, known: 1 } });
      await engine.close();
    } finally {
      await place.drop();
      await place.query(`DROP ROLE IF EXISTS ${role}`);
    }
  });

  it('are made by an owner who may not change roles, and what is left to do for those is said', async () => {
    const place = new DatabasePlace(current ?? '');
    const [owner, writer] = ['owner', 'writer'].map((name) => `${name}_${randomBytes(4).toString('hex')}`) as [
      string,
      string,
    ];
    const byOwner = place.url.replace('postgres@', `${owner}@`);
    try {
      await place.query(
        `CREATE ROLE ${owner} LOGIN; CREATE ROLE ${writer} LOGIN; GRANT CREATE ON DATABASE postgres TO ${owner}`,
      );
      const { before, left } = await prepare(byOwner, { writer });
      expect([before, left]).toEqual([
        0,
        [
          `ALTER ROLE "${writer}" SET synchronous_commit = 'on'`,
          `ALTER ROLE "${writer}" SET statement_timeout = '8s'`,
          `ALTER ROLE "${writer}" SET idle_in_transaction_session_timeout = '5s'`,
        ],
      ]);
      const engine = openPostgresEngine({ address: parseAddress(place.url.replace('postgres@', `${writer}@`)) });
      expect(await append(engine, 0, 'by the writer')).toBe(true);
      await engine.close();
      for (const statement of left) await place.query(statement);
      expect(await prepare(byOwner, { writer })).toEqual({ before: 1, after: 1, left: [] });
    } finally {
      await place.drop();
      const admin = new DatabasePlace(current ?? '');
      await admin.query(`DROP OWNED BY ${owner}; DROP OWNED BY ${writer}; DROP ROLE ${owner}; DROP ROLE ${writer}`);
      await admin.drop();
    }
  });

  it('are asked for where there are none', async () => {
    const place = new DatabasePlace(current ?? '');
    const paths = await machine();
    const store = await openAt(inSchema(current ?? '', place.schema), paths);
    expect(await refusal(store.writer.commit(puts({ a: 'one' })))).toMatchObject({
      code: 'STORE_UNSUPPORTED',
      advice: [{ do: 'prepare-storage' }],
    });
    await place.prepare();
    expect((await store.writer.commit(puts({ a: 'one' }))).committed).toBe(true);
    await place.drop();
  });
});
