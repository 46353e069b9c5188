import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { Durable } from '../../src/disk/durable.ts';
import type { Store } from '../../src/store/api/store.ts';
import type { CommitRequest } from '../../src/store/api/writer.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { hasArtifact, setArtifact } from './damage.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

const ROUNDS = 40;
let paths: StorePaths;
let dispose: () => Promise<void>;
let store: Store;

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
  store = await openStore({ paths });
});
afterEach(async () => {
  await store.close();
  await dispose();
});

const purge = (text: string): CommitRequest => ({
  ...puts({}),
  changes: [{ action: 'purge', digest: sha256Hex(text), reason: 'a secret' }],
});

describe('a purge', () => {
  it('removes the bytes and says why; the same bytes put again are an ordinary new version', async () => {
    await store.writer.commit(puts({ a: 'secret' }));
    await store.writer.commit(purge('secret'));
    expect(hasArtifact(paths, 'secret')).toBe(false);
    expect(await refusal(store.reader.read('a'))).toMatchObject({
      code: 'PURGED',
      message: expect.stringContaining('a secret'),
    });
    const { versions } = await store.writer.commit(puts({ a: 'secret' }));
    expect(versions).toMatchObject([{ version: 2, created: true }]);
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('secret');
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('cut between commit and removal is finished by the first write of the next process', async () => {
    await store.writer.commit(puts({ a: 'secret', b: 'other' }));
    await store.writer.commit(purge('secret'));
    await store.close();
    setArtifact(paths, 'secret', 'secret'); // as it was, had the process died before the removal
    store = await openStore({ paths });
    await store.writer.commit(puts({ b: 'another' }));
    expect(hasArtifact(paths, 'secret')).toBe(false);
    expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'PURGED' });
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('of what was put again since is not carried out a second time', async () => {
    await store.writer.commit(puts({ a: 'secret' }));
    await store.writer.commit(purge('secret'));
    await store.writer.commit(puts({ b: 'secret' }));
    await store.close();
    store = await openStore({ paths });
    await store.writer.commit(puts({ c: 'x' }));
    expect(Buffer.from((await store.reader.read('b')).bytes).toString()).toBe('secret');
  });

  it('takes a damaged artifact away too', async () => {
    await store.writer.commit(puts({ a: 'secret' }));
    setArtifact(paths, 'secret', 'damaged');
    await store.writer.commit(purge('secret'));
    expect(hasArtifact(paths, 'secret')).toBe(false);
  });

  it('of bytes that no version names, or of those purged already, changes nothing that is read', async () => {
    expect(await refusal(store.writer.commit(purge('never there')))).toMatchObject({ code: 'NOT_FOUND' });
    await store.writer.commit(puts({ a: 'secret' }));
    await store.writer.commit(purge('secret'));
    await store.writer.commit(purge('secret'));
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });
});

/** Does something once, right after the next commit of its store is linked and before that commit is settled. */
class DiskWithInterruption extends Durable {
  interruption: (() => Promise<unknown>) | undefined;

  override async link(...args: Parameters<Durable['link']>): ReturnType<Durable['link']> {
    const linked = await super.link(...args);
    const work = args[1].includes('/log/') ? this.interruption : undefined;
    if (work !== undefined) {
      this.interruption = undefined;
      await work();
    }
    return linked;
  }
}

describe.skipIf(onMemory)('a purge of another process between the link of a put and its end', () => {
  it('wins: it is the later one, and the put does not bring the bytes back', async () => {
    const disk = new DiskWithInterruption();
    await store.writer.commit(puts({ seed: 'secret' }));
    const writer = await openStore({ paths, disk });
    try {
      disk.interruption = () => store.writer.commit(purge('secret'));
      await writer.writer.commit(puts({ a: 'secret' }));
      expect(hasArtifact(paths, 'secret')).toBe(false);
      expect(await refusal(writer.reader.read('a'))).toMatchObject({ code: 'PURGED' });
    } finally {
      await writer.close();
    }
  });
});

it.skipIf(onMemory)(
  'racing a put of the same bytes in another process: what is named after the purge is there, what is not is gone',
  async () => {
    await store.writer.commit(
      puts(Object.fromEntries(Array.from({ length: ROUNDS }, (_, n) => [`seed/${n}`, `bytes ${n}`]))),
    );
    const worker = fileURLToPath(new URL('purge-process.ts', import.meta.url));
    const child = spawn(process.execPath, [worker, paths.root, String(ROUNDS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    const purgedAt: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { receipt } = await store.writer.commit(purge(`bytes ${round}`));
      purgedAt.push(receipt.index);
    }
    expect(await ended).toEqual([0, null]);
    for (let round = 0; round < ROUNDS; round++) {
      const row = await store.reader.head(`put/${round}`);
      const isAfter = (row?.index ?? -1) > (purgedAt[round] ?? 0);
      if (isAfter)
        expect(Buffer.from((await store.reader.read(`put/${round}`)).bytes).toString()).toBe(`bytes ${round}`);
      else expect(await refusal(store.reader.read(`put/${round}`))).toMatchObject({ code: 'PURGED' });
      expect(hasArtifact(paths, `bytes ${round}`)).toBe(isAfter);
    }
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  },
);
