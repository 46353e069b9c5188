import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { type Disk, realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore as openOnEngine } from '../../src/store/open.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { entryOf, setEntry } from './damage.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
const opened: Store[] = [];
let faults: StoreError[];

async function open(disk: Disk = realDisk): Promise<Store> {
  const observer = { fault: (error: StoreError) => faults.push(error) };
  const store = await openStore({ paths, disk: new Durable(disk), observer });
  opened.push(store);
  return store;
}
const text = async (store: Store, name: string) => Buffer.from((await store.reader.read(name)).bytes).toString();

beforeEach(async () => {
  faults = [];
  ({ paths, dispose } = await makeVar());
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await dispose();
});

describe.skipIf(onMemory)("another process's commit", () => {
  it('that cannot be made durable is not answered from; older ones are, with the reason', async () => {
    let fails = false;
    const store = await open();
    await store.writer.commit(puts({ a: 'one' }));
    const reader = await open({
      ...realDisk,
      fsync: async (fd) => {
        if (fails) throw Object.assign(new Error('injected'), { code: 'EIO' });
        await realDisk.fsync(fd);
      },
    });
    expect(await text(reader, 'a')).toBe('one');
    await store.writer.commit(puts({ a: 'two' }));
    fails = true;
    for (let time = 0; time < 3; time++) {
      const read = await reader.reader.read('a');
      expect(Buffer.from(read.bytes).toString()).toBe('one');
      expect(read.notices).toMatchObject([{ code: 'STATE_UNKNOWN' }]);
    }
    fails = false;
    expect(await refusal(reader.writer.commit(puts({ b: 'x' })))).toMatchObject({ code: 'STATE_UNKNOWN' });
    expect(faults.map(({ code }) => code)).toEqual(['STATE_UNKNOWN']); // told once, not with every read
    expect(await text(store, 'a')).toBe('two');
  });

  it('is fsynced with its folder before anything is answered from it', async () => {
    const store = await open();
    await store.writer.commit(puts({ a: 'one' }));
    const synced: string[] = [];
    const reader = await open({
      ...realDisk,
      open: (path, flags, mode) => {
        synced.push(path.slice(paths.storage.length + 1));
        return realDisk.open(path, flags, mode);
      },
    });
    expect(await text(reader, 'a')).toBe('one');
    synced.length = 0;
    await store.writer.commit(puts({ a: 'two' }));
    expect(await text(reader, 'a')).toBe('two');
    expect(synced).toEqual(['log/000/000']);
  });

  it('is what makes a process append in turn: one that is alone makes no locks', async () => {
    const [one, two] = [await open(), await open()];
    const locks = () => readdirSync(paths.state).filter((name) => name.startsWith('gate-'));
    for (const text of ['1', '2', '3']) await one.writer.commit(puts({ a: text }));
    expect(locks()).toEqual([]);
    await two.writer.commit(puts({ b: '1' }));
    await one.writer.commit(puts({ a: '4' })); // sees the other here
    expect(locks()).toEqual([]);
    await one.writer.commit(puts({ a: '5' }));
    expect(locks()).toEqual(['gate-queue', 'gate-turn']);
  });
});

it.skipIf(onMemory)('a log that is busy is no shorter log: there is no answer, and the next one is whole', async () => {
  const engine = openFilesEngine({ storage: paths.storage, gates: paths.state });
  const busy = new StoreError('STORE_BUSY', 'injected', { hint: 'Try again.' });
  let fails = false;
  const { log } = engine;
  const readRange = log.readRange.bind(log);
  log.readRange = (...range) => (fails ? Promise.reject(busy) : readRange(...range));
  const store = await open();
  await store.writer.commit(puts({ a: 'one' }));
  const observer = { fault: (error: StoreError) => faults.push(error) };
  const reader = await openOnEngine({ engine, keys: paths.keys, state: paths.state, observer });
  opened.push(reader);
  expect(await text(reader, 'a')).toBe('one');
  await store.writer.commit(puts({ a: 'two' }));
  fails = true;
  expect(await refusal(reader.reader.read('a'))).toMatchObject({ code: 'STORE_BUSY' });
  expect(await refusal(reader.reader.heads({ limit: 1 }))).toMatchObject({ code: 'STORE_BUSY' });
  fails = false;
  expect(await text(reader, 'a')).toBe('two');
  expect(faults).toEqual([]);
});

describe('garbage at the next index', () => {
  it('is told once, and forgotten when somebody took it away', async () => {
    const store = await open();
    await store.writer.commit(puts({ a: 'one' }));
    setEntry(paths, 2, Buffer.from('garbage'));
    for (let time = 0; time < 3; time++) expect(await text(store, 'a')).toBe('one');
    expect(faults.map(({ code }) => code)).toEqual(['CORRUPT']);
    expect(await refusal(store.writer.commit(puts({ a: 'two' })))).toMatchObject({ code: 'CORRUPT' });
    setEntry(paths, 2, undefined);
    expect((await store.writer.commit(puts({ a: 'two' }))).receipt.index).toBe(2);
    expect((await store.reader.read('a')).notices).toEqual([]);
  });

  it('a gap is none while the missing commit is there when asked for again', async () => {
    const store = await open();
    for (const content of ['one', 'two', 'three']) await store.writer.commit(puts({ a: content }));
    await Promise.all(opened.splice(0).map((one) => one.close()));
    const mislaid = entryOf(paths, 2);
    setEntry(paths, 2, undefined);
    for (const name of readdirSync(paths.state).filter((one) => one.startsWith('cache')))
      rmSync(join(paths.state, name));
    const broken = await open();
    expect(await refusal(broken.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'CORRUPT' });
    setEntry(paths, 2, mislaid);
    expect((await broken.writer.commit(puts({ a: 'four' }))).versions[0]?.version).toBe(4);
    expect((await broken.maintenance.verify({})).findings).toEqual([]);
  });
});
