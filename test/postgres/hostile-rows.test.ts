import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { openPostgresEngine, type PostgresEngine } from '../../src/engine/postgres/postgres-engine.ts';
import { ALL, append, keyOf } from '../engine/append.ts';
import { preparedPlace } from './installations.ts';
import type { DatabasePlace } from './subject.ts';

const { current } = inject('postgres');

/** A prepared place with one commit, whose guards are lifted, and an engine on it. */
async function unguarded(): Promise<{ place: DatabasePlace; engine: PostgresEngine }> {
  const place = await preparedPlace(current ?? '');
  const engine = place.open();
  onTestFinished(() => engine.close());
  await append(engine, 0, 'zero');
  await place.query('ALTER TABLE ?.log DISABLE TRIGGER log_append_only');
  await place.query('ALTER TABLE ?.objects DROP CONSTRAINT objects_check, DROP CONSTRAINT objects_digest_check');
  return { place, engine };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe.skipIf(current === undefined)('rows that no store of ours has', () => {
  it('in quarantine are read up to the size of an envelope, however many there are', async () => {
    const { place, engine } = await unguarded();
    await place.query(
      `INSERT INTO ?.quarantine (idx, envelope) SELECT n, CASE n WHEN 3 THEN decode(repeat('00', 2000000), 'hex') ELSE 'x'::bytea END FROM generate_series(1, 1100) n`,
    );
    const strays = await all(engine.admin.strays('quarantine'));
    expect(strays.length).toBeGreaterThanOrEqual(1_000);
    expect(strays.length).toBeLessThan(1_100);
    expect(strays[0]).toEqual({ where: 'quarantine/1', bytes: Buffer.from('x') });
    expect(strays[2]).toEqual({ where: 'quarantine/3', bytes: undefined });
  });

  it('are no artifacts where their key is no digest', async () => {
    const { place, engine } = await unguarded();
    await place.query(`INSERT INTO ?.objects VALUES ('\\x0102', 'x', '-infinity')`);
    expect(await all(engine.admin.objects(new Date()))).toEqual([]);
  });

  it('of another type are no envelopes', async () => {
    const { place, engine } = await unguarded();
    await place.query(`ALTER TABLE ?.log ALTER COLUMN envelope TYPE text USING 'text'`);
    expect((await engine.log.readRange(0, ALL)).envelopes).toEqual([new Uint8Array()]);
  });

  it('make no version of the tables out of what is no number', async () => {
    const { place, engine } = await unguarded();
    await place.query(`ALTER TABLE ?.meta ALTER COLUMN schema_version TYPE text USING 'x'`);
    await expect(engine.open()).rejects.toMatchObject({ code: 'STORE_NEWER' });
  });

  it('of one draft are one, the newest', async () => {
    const { place, engine } = await unguarded();
    const key = keyOf('a');
    await place.query('ALTER TABLE ?.drafts DROP CONSTRAINT drafts_pkey');
    for (const revision of [2, 3, 1])
      await place.query('INSERT INTO ?.drafts VALUES ($1, $2, $3, true)', [Buffer.from(key, 'hex'), revision, 'x']);
    expect(await engine.drafts.newest(key)).toMatchObject({ key, revision: 3 });
    await place.query(`ALTER TABLE ?.drafts ALTER COLUMN body TYPE text USING 'text'`);
    await expect(engine.drafts.newest(key)).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it('name no place that a store was moved to where it is no text', async () => {
    const { place, engine } = await unguarded();
    await place.query(`UPDATE ?.meta SET moved_to = repeat('x', 1000000)`);
    expect((await engine.admin.movedTo())?.length).toBe(4_096);
  });
});

it.skipIf(current === undefined)('a certificate that was missing is looked for again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const ca = join(folder, 'ca.pem');
  const url = `${current}?sslmode=verify-full&sslrootcert=${encodeURIComponent(ca)}`;
  const engine = openPostgresEngine({ address: parseAddress(url) });
  onTestFinished(() => engine.close());
  await expect(engine.open()).rejects.toMatchObject({ message: expect.stringContaining(ca) });
  writeFileSync(ca, '');
  await expect(engine.open()).rejects.toMatchObject({ message: expect.not.stringContaining(ca) });
});
