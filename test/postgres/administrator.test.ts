import { describe, expect, inject, it } from 'vitest';
import { isStoreError } from '../../src/core/errors.ts';
import type { StorePaths } from '../../src/store/api/paths.ts';
import type { Store } from '../../src/store/api/store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { machine, openAt, preparedPlace } from './installations.ts';
import type { DatabasePlace } from './subject.ts';

const { current } = inject('postgres');

/** A store with three versions of `a`, and the same on another machine without a pin of its own. */
async function store(): Promise<{ place: DatabasePlace; paths: StorePaths; running: Store }> {
  const place = await preparedPlace(current ?? '');
  const paths = await machine();
  const running = await openAt(place.url, paths);
  for (const text of ['one', 'two', 'three']) await running.writer.commit(puts({ a: text }));
  return { place, paths, running };
}

/** Lifts what keeps even the owner from changing the log and the artifacts. */
async function unguard(place: DatabasePlace): Promise<void> {
  await place.query('ALTER TABLE ?.objects DROP CONSTRAINT objects_check');
  await place.query('ALTER TABLE ?.log DROP CONSTRAINT log_prev_fkey');
  await place.query('ALTER TABLE ?.log DISABLE TRIGGER log_append_only');
}

/** The texts that are answered as verified, and the codes of what is refused or warned of. */
async function answers(opened: Store): Promise<{ verified: string[]; codes: Set<string> }> {
  const verified: string[] = [];
  const codes = new Set<string>();
  for (const version of [undefined, 1, 2, 3]) {
    try {
      const read = await opened.reader.read('a', version);
      if (read.verified) verified.push(Buffer.from(read.bytes).toString());
      for (const { code } of read.notices) codes.add(code);
    } catch (error) {
      if (!isStoreError(error)) throw error;
      codes.add(error.code);
    }
  }
  return { verified, codes };
}

describe.skipIf(current === undefined)('the administrator of the database', () => {
  it.each([
    ['another artifact', `UPDATE ?.objects SET bytes = 'evil'`, ['CORRUPT']],
    ['no artifact', 'DELETE FROM ?.objects', ['CORRUPT']],
    ['a longer artifact', `UPDATE ?.objects SET bytes = bytes || 'x'`, ['CORRUPT']],
    [
      'another commit',
      `UPDATE ?.log SET envelope = (SELECT envelope FROM ?.log WHERE idx = 2) WHERE idx = 3`,
      ['ROLLED_BACK', 'CORRUPT'],
    ],
    [
      'commits in another order',
      'UPDATE ?.log SET envelope = (SELECT envelope FROM ?.log o WHERE o.idx = 3 - ?.log.idx) WHERE idx IN (1, 2)',
      ['ROLLED_BACK', 'CORRUPT'],
    ],
    ['a commit less', 'DELETE FROM ?.log WHERE idx = 3', ['ROLLED_BACK']],
    ['a gap', 'DELETE FROM ?.log WHERE idx = 2', ['ROLLED_BACK', 'CORRUPT']],
    [
      'a bit',
      `UPDATE ?.log SET envelope = set_byte(envelope, 100, get_byte(envelope, 100) # 1) WHERE idx = 3`,
      ['ROLLED_BACK', 'CORRUPT'],
    ],
  ])('who puts %s there gets no byte verified that was not signed, and is noticed', async (_, statement, expected) => {
    const { place, paths, running } = await store();
    await unguard(place);
    await place.query(statement);
    await running.close();
    const fresh = await openAt(place.url, paths);
    const forgetful = await openAt(place.url, { ...paths, state: `${paths.state}-2` });
    const seen = [await answers(fresh), await answers(forgetful)];
    for (const { verified } of seen) expect(['one', 'two', 'three']).toEqual(expect.arrayContaining(verified));
    const codes = seen.flatMap((one) => [...one.codes]);
    expect(
      codes.some((code) => expected.includes(code)),
      codes.join(),
    ).toBe(true);
    const findings = (await fresh.maintenance.verify({})).findings.map(({ code }) => code);
    expect(
      findings.some((code) => expected.includes(code)),
      findings.join(),
    ).toBe(true);
  });

  it('who takes commits away is noticed by a process that runs', async () => {
    const { place, running } = await store();
    await unguard(place);
    await place.query('DELETE FROM ?.log WHERE idx > 1');
    expect([...(await answers(running)).codes]).toContain('ROLLED_BACK');
    expect(await refusal(running.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'ROLLED_BACK' });
  });

  it('who puts another store there has it neither trusted nor written to', async () => {
    const { place, paths, running } = await store();
    const other = await store();
    await unguard(place);
    await place.query('DELETE FROM ?.log');
    await place.query(`INSERT INTO ?.log (idx, envelope) SELECT idx, envelope FROM "${other.place.schema}".log`);
    await place.query(`INSERT INTO ?.objects SELECT * FROM "${other.place.schema}".objects ON CONFLICT DO NOTHING`);
    expect(await refusal(running.writer.commit(puts({ a: 'four' })))).toMatchObject({
      code: expect.stringMatching(/STORE_FOREIGN|ROLLED_BACK/),
    });
    expect((await answers(running)).verified).toEqual([]);
    const fresh = await openAt(place.url, paths);
    expect((await answers(fresh)).verified).toEqual([]);
    expect(await refusal(fresh.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'STORE_FOREIGN' });
  });

  it('who takes the tables away makes no second store', async () => {
    const { place, running } = await store();
    await place.query('TRUNCATE ?.objects');
    await place.query(`DROP SCHEMA "${place.schema}" CASCADE`);
    expect(await refusal(running.writer.commit(puts({ a: 'four' })))).toMatchObject({
      code: expect.stringMatching(/STORE_MISSING|STORE_UNSUPPORTED/),
    });
    await place.prepare();
    expect(await refusal(running.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'STORE_MISSING' });
  });
});
