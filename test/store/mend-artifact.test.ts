import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/api/store.ts';
import { setArtifact } from './damage.ts';
import { openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
let store: Store;

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
  store = await openStore({ paths });
  await store.writer.commit(puts({ a: 'whole' }));
});
afterEach(async () => {
  await store.close();
  await dispose();
});

describe('the same bytes put again', () => {
  it('bring back an artifact that was lost, without a new version', async () => {
    setArtifact(paths, 'whole', undefined);
    expect(await store.writer.commit(puts({ a: 'whole' }))).toMatchObject({ committed: false });
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('whole');
  });

  it('mend an artifact that was damaged, without a new version', async () => {
    setArtifact(paths, 'whole', 'w0ole');
    await expect(store.reader.read('a')).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await store.writer.commit(puts({ a: 'whole' }))).toMatchObject({
      committed: false,
      versions: [{ version: 1 }],
    });
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('whole');
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('bring back an artifact that was lost, also beside a change', async () => {
    setArtifact(paths, 'whole', undefined);
    expect(await store.writer.commit(puts({ a: 'whole', b: 'new' }))).toMatchObject({ committed: true });
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('whole');
  });
});
