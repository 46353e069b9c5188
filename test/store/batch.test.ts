import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { type Disk, realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { commitPath } from '../../src/engine/files/layout.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { CommitRequest } from '../../src/store/api/writer.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { hasArtifact } from './damage.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
const opened: Store[] = [];

async function open(disk?: Disk): Promise<Store> {
  const store = await openStore({ paths, ...(disk === undefined ? {} : { disk: new Durable(disk) }) });
  opened.push(store);
  return store;
}

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()));
  await dispose();
});

const expecting = (name: string, text: string, expectedVersion: number): CommitRequest => ({
  ...puts({}),
  changes: [{ action: 'put', name, bytes: Buffer.from(text), mediaType: 'text/plain', expectedVersion }],
});
const objectFile = (text: string) => {
  const digest = sha256Hex(text);
  return join(paths.storage, 'objects', digest.slice(0, 2), digest);
};
/** The real disk, on which the link of a log file fails as often as told, and tells first. */
function failingLinks(failures: { code: string; effect?: (target: string) => void }[]): Disk {
  return {
    ...realDisk,
    link: (from, to) => {
      const failure = to.includes('/log/') ? failures.shift() : undefined;
      if (failure === undefined) return realDisk.link(from, to);
      failure.effect?.(to);
      throw Object.assign(new Error('injected'), { code: failure.code, syscall: 'link' });
    },
  };
}

describe('requests that are committed together', () => {
  it.skipIf(onMemory)(
    'an answer rests on nothing that is not in the log: the same content twice, and the first cannot be linked',
    async () => {
      await (await open()).writer.commit(puts({ other: 'x' }));
      const store = await open(failingLinks([{ code: 'ENOSPC' }]));
      const [first, second] = await Promise.allSettled([
        store.writer.commit(puts({ a: 'x' })),
        store.writer.commit(puts({ a: 'x' })),
      ]);
      expect(first).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FULL' } });
      // Whatever the second was told is true: there is no commit that made version 1.
      expect(second).toMatchObject({ status: 'rejected', reason: { code: 'STORE_FULL' } });
      expect(await store.reader.head('a')).toBeUndefined();
    },
  );

  it.skipIf(onMemory)(
    'the receipt of unchanged content names a commit that is in the log, also when the first lost its index',
    async () => {
      const neighbour = await open();
      await neighbour.writer.commit(puts({ other: 'x' }));
      const taken: Promise<unknown>[] = [];
      const theirs = join(paths.storage, 'log', commitPath(2));
      const store = await open(
        failingLinks([
          { code: 'EEXIST', effect: () => void taken.push(neighbour.writer.commit(puts({ theirs: 'y' }))) },
        ]),
      );
      const [first, second] = await Promise.all([
        store.writer.commit(puts({ a: 'x' })),
        store.writer.commit(puts({ a: 'x' })),
      ]);
      await Promise.all(taken);
      expect(existsSync(theirs)).toBe(true);
      expect([first.committed, second.committed]).toEqual([true, false]);
      expect(second.receipt).toEqual(first.receipt);
      expect((await store.reader.read('a')).receipt.commit).toBe(second.receipt.commit);
    },
  );

  it.skipIf(onMemory)(
    'a version conflict with a commit of the same batch is told only once that is in the log',
    async () => {
      await (await open()).writer.commit(puts({ other: 'x' }));
      const store = await open(failingLinks([{ code: 'ENOSPC' }]));
      const results = await Promise.allSettled([
        store.writer.commit(expecting('a', 'one', 0)),
        store.writer.commit(expecting('a', 'two', 0)),
      ]);
      expect(results.map((one) => one.status === 'rejected' && one.reason.code)).toEqual(['STORE_FULL', 'STORE_FULL']);
      const again = await Promise.allSettled([
        store.writer.commit(expecting('a', 'one', 0)),
        store.writer.commit(expecting('a', 'two', 0)),
      ]);
      expect(again.map((one) => (one.status === 'rejected' ? one.reason.code : 'done'))).toEqual([
        'done',
        'VERSION_CONFLICT',
      ]);
    },
  );

  it.skipIf(onMemory)(
    'one that cannot be written is refused alone, the others are committed in their order',
    async () => {
      const store = await open();
      await store.writer.commit(puts({ first: 'x' }));
      const folder = join(objectFile('unlucky'), '..');
      rmSync(folder, { recursive: true });
      writeFileSync(folder, 'in the way');
      const lucky = ['a', 'b', 'c'].filter((text) => sha256Hex(text).slice(0, 2) !== sha256Hex('unlucky').slice(0, 2));
      const results = await Promise.allSettled(
        ['a', 'unlucky', 'b', 'c'].map((text) => store.writer.commit(puts({ [`n/${text}`]: text }))),
      );
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect(lucky).toEqual(['a', 'b', 'c']);
      expect(results[1]).toMatchObject({ reason: { code: 'STORE_UNREADABLE' } });
      expect((await store.reader.heads({ prefix: 'n/', limit: 9 })).items.map(({ index }) => index)).toEqual([2, 3, 4]);
      rmSync(folder);
      mkdirSync(folder);
      expect((await store.maintenance.verify({})).findings).toEqual([]);
      expect(readdirSync(join(paths.storage, 'tmp')).filter((name) => !name.startsWith('gate'))).toEqual([]);
    },
  );

  it('a request that is refused leaves no bytes behind', async () => {
    const store = await open();
    await store.writer.commit(puts({ first: 'x' }));
    expect(await refusal(store.writer.commit(puts({ a: 'refused' }, 'm'.repeat(2_001))))).toMatchObject({
      code: 'ARGUMENT_INVALID',
    });
    for (const file of readdirSync(paths.keys).filter((name) => name.endsWith('.key.pem')))
      rmSync(join(paths.keys, file));
    const keyless = await open();
    expect(await refusal(keyless.writer.commit(puts({ a: 'refused' })))).toMatchObject({ code: 'KEY_MISSING' });
    expect(hasArtifact(paths, 'refused')).toBe(false);
  });

  it('sixty puts of one name, each told its own version', async () => {
    const store = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => store.writer.commit(puts({ a: `text ${n}` }))),
    );
    expect(outcomes.map(({ versions }) => versions[0]?.version)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
    const mixed = await Promise.all(
      ['x', 'x', 'y', 'x', 'x'].map(async (text) => (await store.writer.commit(puts({ b: text }))).versions[0]),
    );
    expect(mixed.map((one) => [one?.version, one?.created])).toEqual([
      [1, true],
      [1, false],
      [2, true],
      [3, true],
      [3, false],
    ]);
  });

  it('nothing is committed once the store was closed', async () => {
    const store = await open();
    const last = store.writer.commit(puts({ a: 'x' }));
    const closing = store.close();
    expect(await refusal(store.writer.commit(puts({ b: 'y' })))).toMatchObject({ code: 'CANCELLED' });
    expect((await last).committed).toBe(true);
    await closing;
    expect((await (await open()).reader.heads({ limit: 9 })).items.map(({ name }) => name)).toEqual(['a']);
  });
});

describe.skipIf(onMemory)('after the disk failed to confirm a write', () => {
  it.each(['draft', 'discard', 'collect'])('nothing more is written, whoever asks: %s', async (what) => {
    let fails = false;
    const store = await open({
      ...realDisk,
      fsync: async (fd) => {
        if (fails) throw Object.assign(new Error('injected'), { code: 'EIO' });
        await realDisk.fsync(fd);
      },
    });
    await store.writer.commit(puts({ a: 'x' }));
    const draft = {
      name: 'd',
      bytes: Buffer.from('text'),
      mediaType: 'text/plain',
      message: '',
      author: puts({}).author,
      baseVersion: 0,
    };
    await store.drafts.save(draft);
    fails = true;
    expect(await refusal(store.drafts.save({ ...draft, bytes: Buffer.from('other') }))).toMatchObject({
      code: 'STATE_UNKNOWN',
    });
    fails = false;
    const attempt = {
      draft: () => store.drafts.save(draft),
      discard: () => store.drafts.discard('d'),
      collect: () => store.writer.commit(puts({ a: 'y' })),
    }[what] as () => Promise<unknown>;
    expect(await refusal(attempt())).toMatchObject({ code: 'STATE_UNKNOWN' });
    expect((await store.state.status()).writable).toMatchObject({ code: 'STATE_UNKNOWN' });
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('x');
  });
});
