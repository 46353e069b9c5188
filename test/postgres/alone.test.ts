import pg from 'pg';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { loadSigner } from '../../src/keys/ed25519.ts';
import type { Store } from '../../src/store/api/store.ts';
import { puts } from '../store/temporary-var.ts';
import { textOf } from '../trust/stores.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { machine, openAt, preparedPlace } from './installations.ts';
import { proxyTo } from './proxy.ts';
import type { DatabasePlace } from './subject.ts';

const { current } = inject('postgres');

/** The statements that this process sends from now on. */
function statements(): string[] {
  const sent: string[] = [];
  const { query } = pg.Client.prototype;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...given: unknown[]
  ) {
    sent.push(String(given[0]).split(/[ ;]/, 1)[0] ?? '');
    return (query as (...given: unknown[]) => unknown).apply(this, given) as never;
  });
  onTestFinished(() => spy.mockRestore());
  return sent;
}

/** A store that one process alone has written so far, and a second one that has just committed without the first noticing. */
async function overtaken(theirs: string): Promise<{ alone: Store; place: DatabasePlace }> {
  const place = await preparedPlace(current ?? '');
  const paths = await machine();
  const alone = await openAt(place.url, paths);
  for (const text of ['one', 'two']) await alone.writer.commit(puts({ a: text }));
  const other = await openAt(place.url, { ...paths, state: `${paths.state}-of-another` });
  await other.writer.commit(puts({ a: theirs }));
  return { alone, place };
}

describe.skipIf(current === undefined)('a process that writes alone', () => {
  it('asks the database nothing before a put, and sends it one transaction', async () => {
    const place = await preparedPlace(current ?? '');
    const store = await openAt(place.url, await machine());
    await store.writer.commit(puts({ a: 'one' }));
    const sent = statements();
    await store.writer.commit(puts({ a: 'two' }));
    expect(sent).toEqual(['BEGIN', 'WITH', 'COMMIT']);
  });

  it('and was overtaken by another commits on top of it', async () => {
    const { alone } = await overtaken('theirs');
    const { receipt, versions } = await alone.writer.commit(puts({ a: 'ours', b: 'ours' }));
    expect(receipt.index).toBe(4);
    expect(versions.map(({ name, version }) => [name, version])).toEqual([
      ['a', 4],
      ['b', 1],
    ]);
    expect((await alone.maintenance.verify({})).findings).toEqual([]);
  });

  it('finds what another has put to be there already, and makes no second version', async () => {
    const { alone } = await overtaken('theirs');
    const { committed, versions } = await alone.writer.commit(puts({ a: 'theirs' }));
    expect([committed, versions[0]?.version]).toEqual([false, 3]);
  });

  it('does not take what another has replaced for what is there', async () => {
    const { alone } = await overtaken('theirs');
    const { committed, receipt } = await alone.writer.commit(puts({ a: 'two' }));
    expect([committed, receipt.index]).toEqual([true, 4]);
    expect(textOf(await alone.reader.read('a'))).toBe('two');
  });

  it('is refused, or not, by what there is and not by what it knew', async () => {
    const { alone } = await overtaken('theirs');
    const expecting = (expectedVersion: number, text: string) => ({
      ...puts({}),
      changes: [
        { action: 'put', name: 'a', bytes: Buffer.from(text), mediaType: 'text/plain', expectedVersion } as const,
      ],
    });
    const { committed } = await alone.writer.commit(expecting(3, 'ours')); // it knew of two
    expect(committed).toBe(true);
    const { alone: again } = await overtaken('theirs');
    const refused = await refusal(again.writer.commit(expecting(2, 'ours')));
    expect([refused.code, refused.message]).toEqual(['VERSION_CONFLICT', expect.stringContaining('3')]);
  });

  it('answers each of several that were asked for at once', async () => {
    const { alone } = await overtaken('theirs');
    const outcomes = await Promise.all(
      ['theirs', 'ours', 'ours', 'theirs'].map((text) => alone.writer.commit(puts({ a: text }))),
    );
    expect(outcomes.map(({ committed, versions }) => [committed, versions[0]?.version])).toEqual([
      [false, 3],
      [true, 4],
      [false, 4],
      [true, 5],
    ]);
    expect((await alone.maintenance.verify({})).findings).toEqual([]);
  });

  it.each([
    ['lacks its newest commit', 'DELETE FROM ?.log WHERE idx = 2'],
    ['has another in its place', `UPDATE ?.log SET envelope = envelope || ' ' WHERE idx = 2`],
  ])('writes nothing on a log that %s', async (_, damage) => {
    const place = await preparedPlace(current ?? '');
    const store = await openAt(place.url, await machine());
    for (const text of ['one', 'two']) await store.writer.commit(puts({ a: text }));
    await place.query('ALTER TABLE ?.log DISABLE TRIGGER log_append_only');
    await place.query(damage);
    const before = await place.query('SELECT count(*) FROM ?.log, ?.objects');
    const refused = await refusal(store.writer.commit(puts({ a: 'three' })));
    expect(['ROLLED_BACK', 'CORRUPT', 'SIGNATURE_INVALID']).toContain(refused.code);
    expect((await place.query('SELECT count(*) FROM ?.log, ?.objects')).rows).toEqual(before.rows);
  });

  it('is refused because of the log as it is now, and is not once that is right again', async () => {
    const place = await preparedPlace(current ?? '');
    const paths = await machine();
    const before = await openAt(place.url, paths);
    for (const text of ['one', 'two', 'three']) await before.writer.commit(puts({ a: text }));
    await before.close(); // its pin says three
    const { rows } = await place.query('SELECT envelope FROM ?.log WHERE idx = 3');
    await place.query('ALTER TABLE ?.log DISABLE TRIGGER log_append_only');
    await place.query('DELETE FROM ?.log WHERE idx = 3');
    const store = await openAt(place.url, paths);
    expect(await refusal(store.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'ROLLED_BACK' });
    await place.query('INSERT INTO ?.log (idx, envelope) VALUES (3, $1)', [rows[0]?.envelope]);
    expect((await store.writer.commit(puts({ a: 'four' }))).receipt.index).toBe(4);
  });

  it('commits nothing that was not confirmed, also where the beginning of its transaction was refused', async () => {
    const place = await preparedPlace(current ?? '');
    const store = await openAt(place.url, await machine());
    await store.writer.commit(puts({ a: 'one' }));
    const { query } = pg.Client.prototype;
    let refused = 0;
    const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...given: unknown[]
    ) {
      const begins = refused === 0 && String(given[0]).startsWith('BEGIN');
      if (begins) refused++;
      const sent = begins ? ['SELECT 1 / 0'] : given;
      return (query as (...sent: unknown[]) => unknown).apply(this, sent) as never;
    });
    onTestFinished(() => spy.mockRestore());
    const signer = await loadSigner();
    const faulty = vi.spyOn(signer, 'sign').mockImplementationOnce(() => new Uint8Array(64));
    onTestFinished(() => faulty.mockRestore());
    expect(await refusal(store.writer.commit(puts({ a: 'two' })))).toMatchObject({ code: 'INTERNAL' });
    expect([refused, (await place.query('SELECT max(idx)::int AS max FROM ?.log')).rows]).toEqual([1, [{ max: 1 }]]);
    expect((await store.writer.commit(puts({ a: 'two' }))).receipt.index).toBe(2);
  });

  it('and loses the line between its commit and the end of its transaction keeps nobody waiting for long', async () => {
    const proxy = proxyTo(current ?? '');
    onTestFinished(proxy.close);
    const place = await preparedPlace(current ?? '');
    const paths = await machine();
    const through = new URL(place.url);
    through.port = new URL(proxy.url).port;
    const store = await openAt(through.href, paths);
    await store.writer.commit(puts({ a: 'one' }));
    const other = await openAt(place.url, { ...paths, state: `${paths.state}-of-another` });
    proxy.muteAtCommit();
    const lost = store.writer.commit(puts({ a: 'two' }));
    const { rows } = await place.query('SHOW idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '0' }]); // of the role: the transaction has its own
    await expect
      .poll(async () => (await place.query(`SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction'`)).rows)
      .not.toEqual([]);
    expect((await other.writer.commit(puts({ b: 'other' }))).committed).toBe(true);
    expect((await lost).receipt.index).toBe(3); // once it has found out
  }, 40_000);

  it('on a connection that is dead without a word sends its commit again on another', async () => {
    const proxy = proxyTo(current ?? '');
    onTestFinished(proxy.close);
    const place = await preparedPlace(current ?? '', proxy.url);
    const store = await openAt(place.url, await machine());
    await store.writer.commit(puts({ a: 'one' }));
    proxy.muteTurns();
    expect((await store.writer.commit(puts({ a: 'two' }))).receipt.index).toBe(2);
    expect((await store.writer.commit(puts({ a: 'three' }))).receipt.index).toBe(3);
  }, 40_000);
});
