import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { parseAddress } from '../../../src/engine/postgres/address.ts';
import { openPostgresEngine, type PostgresEngine } from '../../../src/engine/postgres/postgres-engine.ts';
import { DatabasePlace } from '../../postgres/subject.ts';
import { append, logOf, texts } from '../append.ts';

const { current } = inject('postgres');

describe.skipIf(current === undefined)('turns in a database', () => {
  let place: DatabasePlace;

  beforeEach(async () => {
    place = new DatabasePlace(current ?? '');
    await place.prepare();
  });
  afterEach(() => place.drop());

  function open(url = place.url): PostgresEngine {
    const engine = openPostgresEngine({ address: parseAddress(url) });
    onTestFinished(() => engine.close());
    return engine;
  }

  it('are handed on by the server with the commit that they were for', async () => {
    const [one, two] = [open(), open()];
    const turn = await one.turns.take(0);
    const next = two.turns.take(0);
    expect(await append(one, 0, 'zero')).toBe(true);
    const theirs = await next; // the first has not left yet
    expect(theirs.waited).toBe(true);
    expect(texts(theirs.seen ?? { first: 0, envelopes: [], more: false })).toEqual(['zero']);
    turn.leave();
    expect(await append(two, 1, 'one')).toBe(true);
    theirs.leave();
    expect(await logOf(one)).toEqual(['zero', 'one']);
  });

  it('are over after an index was lost, and the next one can be had', async () => {
    const [one, two] = [open(), open()];
    const turn = await one.turns.take(0);
    expect(await append(two, 0, 'theirs')).toBe(true); // without a turn: turns are advice
    expect(await append(one, 0, 'ours')).toBe(false);
    turn.leave();
    const again = await one.turns.take(0);
    expect(texts(again.seen ?? { first: 0, envelopes: [], more: false })).toEqual(['theirs']);
    expect(await append(one, 1, 'ours')).toBe(true);
    again.leave();
  });

  it('let a process that waits among others take in meanwhile what they commit', async () => {
    const [one, two] = [open(), open()];
    expect(await append(one, 0, 'zero')).toBe(true);
    (await two.turns.take(0)).leave(); // others had turns, so the next wait is among others
    const turn = await one.turns.take(1);
    let looks = 0;
    const waiting = two.turns.take(1, { meanwhile: async () => void looks++ });
    await expect.poll(() => looks).toBeGreaterThan(1);
    turn.leave();
    (await waiting).leave();
  });

  it('show what was committed during the wait, whatever isolation is the default of the role', async () => {
    const role = `careful_${randomBytes(4).toString('hex')}`;
    await place.query(
      `CREATE ROLE ${role} LOGIN; ALTER ROLE ${role} SET default_transaction_isolation = 'serializable'`,
    );
    await place.prepare({ writer: role });
    onTestFinished(async () => {
      await new DatabasePlace(current ?? '').query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    });
    const [one, two] = [open(), open(place.url.replace('postgres@', `${role}@`))];
    const turn = await one.turns.take(0);
    const next = two.turns.take(0);
    for (;;) {
      const { rows } = await place.query(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
      if (rows.length > 0) break;
    }
    expect(await append(one, 0, 'zero')).toBe(true);
    turn.leave();
    const theirs = await next;
    expect(texts(theirs.seen ?? { first: 0, envelopes: [], more: false })).toEqual(['zero']);
    theirs.leave();
  });
});
