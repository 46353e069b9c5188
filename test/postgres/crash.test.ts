import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { isStoreError } from '../../src/core/errors.ts';
import type { Store } from '../../src/store/api/store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import type { Binaries } from './binaries.ts';
import { machine, openAt, preparedPlace } from './installations.ts';
import { proxyTo } from './proxy.ts';
import { PostgresServer } from './server.ts';
import { DatabasePlace, inSchema } from './subject.ts';

const { current, binaries } = inject('postgres');
const { CYCLES } = process.env;

/** What came of every put that was tried. */
interface Ledger {
  readonly tried: Set<string>;
  readonly answered: Map<string, { index: number; commit: string }>;
  /** Those that the store said nothing came of. */
  readonly refused: Set<string>;
  readonly unknown: Set<string>;
}

const contentOf = (name: string) => `content of ${name}`;
const moment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Puts until it is stopped, one after another. */
async function writeOn(store: Store, prefix: string, ledger: Ledger, going: () => boolean): Promise<void> {
  for (let n = 0; going(); n++) {
    const name = `${prefix}/${n}`;
    ledger.tried.add(name);
    try {
      const { receipt } = await store.writer.commit(puts({ [name]: contentOf(name) }));
      ledger.answered.set(name, { index: receipt.index, commit: receipt.commit });
    } catch (error) {
      if (!isStoreError(error)) throw error;
      if (error.code === 'STATE_UNKNOWN') ledger.unknown.add(name);
      else if (['STORE_BUSY', 'STORE_UNREADABLE'].includes(error.code)) ledger.refused.add(name);
      else throw error;
      await moment(20);
    }
  }
}

// One that is alone sends its commits without having looked at the log; of several each waits for its turn.
describe.skipIf(binaries === undefined).each([
  [4, Number(CYCLES ?? 25)],
  [1, Number(CYCLES ?? 10)],
])('a server that is killed and lines that are cut, under %i of its writers', (writerCount, cycles) => {
  it(`${cycles} times: nothing answered is lost, nothing is there twice, every unknown outcome is settled`, async () => {
    const server = await PostgresServer.start(binaries as Binaries);
    onTestFinished(() => server.dispose());
    const place = new DatabasePlace(server.url());
    await place.prepare();
    const proxy = proxyTo(server.url());
    onTestFinished(proxy.close);
    const url = inSchema(proxy.url, place.schema);
    const paths = await machine();
    const stores = [await openAt(url, paths)];
    await stores[0]?.writer.commit(puts({ first: 'of all' }));
    for (let i = 1; i < writerCount; i++) stores.push(await openAt(url, { ...paths, state: `${paths.state}-${i}` }));
    const ledger: Ledger = { tried: new Set(), answered: new Map(), refused: new Set(), unknown: new Set() };

    for (let cycle = 0; cycle < cycles; cycle++) {
      let going = true;
      const writers = stores.map((store, i) => writeOn(store, `w${i}/c${cycle}`, ledger, () => going));
      await moment(20 + Math.random() * 60);
      proxy.cut();
      await moment(Math.random() * 40);
      await server.crash();
      await server.run();
      const { size } = ledger.answered;
      await expect
        .poll(() => ledger.answered.size, { timeout: 30_000, interval: 10 })
        .toBeGreaterThan(size + writerCount);
      going = false;
      await Promise.all(writers);
    }

    const fresh = await openAt(inSchema(server.url(), place.schema), { ...paths, state: `${paths.state}-fresh` });
    const report = await fresh.maintenance.verify({});
    expect(report.findings).toEqual([]);
    const found = new Map<string, { version: number; index: number; commit: string }>();
    for (const { name } of (await fresh.reader.heads({ limit: 1_000_000 })).items) {
      const { row, receipt } = await fresh.reader.read(name);
      found.set(name, { version: row.version, index: receipt.index, commit: receipt.commit });
    }
    for (const [name, { index, commit }] of ledger.answered)
      expect(found.get(name), name).toEqual({ version: 1, index, commit });
    for (const name of ledger.refused) expect(found.has(name), name).toBe(false);
    for (const [name, { version }] of found) {
      expect(version, name).toBe(1);
      if (name !== 'first') expect(ledger.tried.has(name), name).toBe(true);
    }
    for (const name of ledger.unknown) {
      const { committed } = await fresh.writer.commit(puts({ [name]: contentOf(name) }));
      expect(committed, name).toBe(!found.has(name));
      expect((await fresh.reader.read(name)).row.version).toBe(1);
    }
    expect(ledger.answered.size).toBeGreaterThan(cycles * writerCount);
    if (CYCLES !== undefined || process.env['SLOW'] === '1')
      process.stdout.write(
        `${writerCount} writers, ${cycles} cycles: ${ledger.answered.size} answered, 0 lost, 0 twice; ${proxy.unanswered} appends without an answer, ${ledger.unknown.size} of them left open, ${ledger.refused.size} refused\n`,
      );
  }, 1_800_000);
});

describe.skipIf(current === undefined)('an outcome that stays unknown', () => {
  it('is said, stops nothing, and is settled by putting the same again', async () => {
    const proxy = proxyTo(current ?? '');
    onTestFinished(proxy.close);
    const place = await preparedPlace(current ?? '', proxy.url);
    const store = await openAt(place.url, await machine());
    await store.writer.commit(puts({ a: 'one' }));
    proxy.loseAnAnswer({ block: true });
    const unknown = await refusal(store.writer.commit(puts({ a: 'two' })));
    expect(unknown).toMatchObject({ code: 'STATE_UNKNOWN', details: { first: 2, resolvable: true } });
    proxy.block(false);
    const again = await store.writer.commit(puts({ a: 'two' }));
    expect(again).toMatchObject({ committed: false, receipt: { index: 2 } });
    expect((await store.writer.commit(puts({ a: 'three' }))).receipt.index).toBe(3);
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });
});
