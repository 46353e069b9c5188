import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Disk, realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import type { Store } from '../../src/store/api/store.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { loseStorage, onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
const opened: Store[] = [];
const { author } = puts({});

async function open(disk: Disk = realDisk, storeId?: string): Promise<Store> {
  const store = await openStore({ paths, disk: new Durable(disk), storeId });
  opened.push(store);
  return store;
}
async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((store) => store.close()));
}
/** The real disk until a call on a path that fits: from then on every call fails, as if the process were gone. */
function cutAt(verb: 'link' | 'rename', fits: (target: string) => boolean): Disk {
  let gone = false;
  const run = <T>(work: () => T): T => {
    if (gone) throw Object.assign(new Error('injected'), { code: 'EACCES', syscall: 'open' });
    return work();
  };
  const on = (which: string, target: string) => {
    gone ||= which === verb && fits(target);
  };
  return {
    ...realDisk,
    open: (path, flags, mode) => run(() => realDisk.open(path, flags, mode)),
    link: (from, to) => run(() => [realDisk.link(from, to), on('link', to)]),
    rename: (from, to) => run(() => [realDisk.rename(from, to), on('rename', to)]),
    mkdir: (path, mode) => run(() => realDisk.mkdir(path, mode)),
    unlink: (path) => run(() => realDisk.unlink(path)),
  };
}
const pin = () => JSON.parse(readFileSync(join(paths.state, 'pin.json'), 'utf8')) as { store: string; index: number };

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
});
afterEach(async () => {
  await closeAll();
  await dispose();
});

const CUTS = [
  ['its first commit was linked', 'link', /000000000\.json$/],
  ['its public key was in place', 'rename', /\.pub\.pem$/],
  ['its private key was in place', 'rename', /\.key\.pem$/],
] as const;

describe('a new store beside the key and pin of another', () => {
  // In memory a commit is no file, and only the disk of the keys can be cut.
  it.each(CUTS.filter(([, verb]) => !onMemory || verb === 'rename'))(
    'cut when %s is finished by asking for it again',
    async (_, verb, target) => {
      await (await open()).writer.commit(puts({ a: 'x' }));
      await closeAll();
      const old = pin().store;
      loseStorage(paths.storage);
      expect(await refusal((await open()).writer.commit(puts({ a: 'y' })))).toMatchObject({ code: 'STORE_MISSING' });
      const dying = await open(cutAt(verb, (path) => target.test(path) && !path.includes('pending')));
      await expect(dying.writer.init({ author, fresh: true })).rejects.toMatchObject({ name: 'StoreError' });
      await closeAll();
      expect(pin().store).toBe(old);
      // Until the person says so again, the pin stands.
      expect(await refusal((await open()).writer.commit(puts({ a: 'y' })))).toMatchObject({ code: 'STORE_FOREIGN' });
      const store = await open();
      const receipt = await store.writer.init({ author, fresh: true });
      expect(pin()).toMatchObject({ store: receipt.store, index: 0 });
      await store.writer.commit(puts({ a: 'y' }));
      expect((await store.reader.read('a')).verified).toBe(true);
      expect(readdirSync(join(paths.keys, 'pending'))).toEqual([]);
    },
  );

  it('asking again changes nothing where the store is in use', async () => {
    const store = await open();
    await store.writer.commit(puts({ a: 'x' }));
    await store.writer.init({ author, fresh: true });
    await closeAll();
    expect(pin().index).toBe(1);
  });
});

describe('CONFIG_STORE_ID', () => {
  it('decides where the pin is of another store, as the hint says', async () => {
    const first = await open();
    await first.writer.commit(puts({ a: 'x' }));
    await closeAll();
    const old = pin();
    loseStorage(paths.storage);
    for (const folder of [paths.keys, paths.state]) rmSync(folder, { recursive: true });
    const second = await open();
    const { receipt } = await second.writer.commit(puts({ a: 'y' }));
    await closeAll();
    writeFileSync(join(paths.state, 'pin.json'), `${JSON.stringify(old)}\n`);
    expect(await refusal((await open()).writer.commit(puts({ a: 'z' })))).toMatchObject({ code: 'STORE_FOREIGN' });
    const store = await open(realDisk, receipt.store);
    await store.writer.commit(puts({ a: 'z' }));
    expect((await store.reader.read('a')).verified).toBe(true);
    expect((await store.state.status()).anchor).toBe('setting');
  });
});

// Folders are what the engine on files has.
describe.skipIf(onMemory)('a storage folder that lost its empty folders', () => {
  it.each([
    ['a put', (store: Store) => store.writer.commit(puts({ b: 'y' }))],
    [
      'a draft',
      (store: Store) =>
        store.drafts.save({
          name: 'b',
          bytes: Buffer.from('y'),
          mediaType: 'text/plain',
          message: '',
          author,
          baseVersion: 0,
        }),
    ],
  ])('is written all the same: %s', async (_, write) => {
    await (await open()).writer.commit(puts({ a: 'x' }));
    await closeAll();
    for (const name of ['tmp', 'drafts']) rmSync(join(paths.storage, name), { recursive: true });
    await write(await open());
    expect(existsSync(join(paths.storage, 'tmp'))).toBe(true);
  });
});
