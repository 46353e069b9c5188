import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/api/store.ts';
import { openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

let paths: StorePaths;
let dispose: () => Promise<void>;
let store: Store;
let file: string;

beforeEach(async () => {
  ({ paths, dispose } = await makeVar());
  store = await openStore({ paths });
  const { versions } = await store.writer.commit(puts({ a: 'whole' }));
  const digest = versions[0]?.digest ?? '';
  file = join(paths.storage, 'objects', digest.slice(0, 2), digest);
});
afterEach(async () => {
  await store.close();
  await dispose();
});

describe('the same bytes put again', () => {
  it('mend an artifact that was damaged, without a new version', async () => {
    await chmod(file, 0o644);
    await writeFile(file, 'w0ole');
    await expect(store.reader.read('a')).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(await store.writer.commit(puts({ a: 'whole' }))).toMatchObject({
      committed: false,
      versions: [{ version: 1 }],
    });
    expect(await readFile(file, 'utf8')).toBe('whole');
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('bring back an artifact that was lost, also beside a change', async () => {
    await rm(file, { force: true });
    expect(await store.writer.commit(puts({ a: 'whole', b: 'new' }))).toMatchObject({ committed: true });
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('whole');
  });
});
