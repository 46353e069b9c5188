import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/core/errors.ts';
import { commitPath } from '../../src/engine/files/layout.ts';
import { Keyring } from '../../src/keys/keyring.ts';
import type { Cache } from '../../src/store/cache/cache.ts';
import { CacheDisagrees } from '../../src/store/cache/cache-rows.ts';
import { type CommitRecord, keyCommitOf } from '../../src/store/commits/commit-record.ts';
import type { VersionsBefore } from '../../src/store/commits/version-rules.ts';
import { verifyRun } from '../../src/store/view/verify-run.ts';
import { Versions } from '../../src/store/view/versions.ts';

const LOG = join(import.meta.dirname, '../fixtures/first-release-store/storage/log');
const entry = (index: number) => readFileSync(join(LOG, commitPath(index)));
const none = async () => undefined;
const nothing: VersionsBefore = { head: none, version: none, sizeOf: none };

/** The first commit of the store, which adds its key, and the keyring it makes. */
async function genesis(): Promise<{ first: CommitRecord; keyring: Keyring }> {
  const { records } = await verifyRun([entry(0)], undefined, Keyring.empty, nothing);
  const [first] = records as [CommitRecord];
  return { first, keyring: Keyring.empty.with(keyCommitOf(first)) };
}

describe('commits that are verified together', () => {
  it.each([
    ['is busy', new StoreError('STORE_BUSY', 'others have it', { hint: 'Try again.' })],
    ['was closed', new StoreError('CANCELLED', 'closed', { hint: 'Open it.' })],
    ['is wrong', new CacheDisagrees('the file was taken away')],
    ['fails', new Error('SQLITE_IOERR')],
  ])('are not called damaged because the cache %s', async (_, error) => {
    const { first, keyring } = await genesis();
    const fails = () => Promise.reject(error);
    const before = { head: fails, version: fails, sizeOf: fails };
    await expect(verifyRun([entry(1), entry(2)], first, keyring, before)).rejects.toBe(error);
  });

  it('are, when a version does not follow the one before', async () => {
    const { first, keyring } = await genesis();
    const { records } = await verifyRun([entry(1)], first, keyring, nothing);
    const head = async () => records[0]?.versions[0];
    const run = await verifyRun([entry(1)], first, keyring, { ...nothing, head });
    expect(run).toMatchObject({ records: [], fault: { code: 'CORRUPT', details: { index: 1 } } });
  });
});

it('a first version that another process writes while it is asked for is no fault of the cache', async () => {
  const { first, keyring } = await genesis();
  const { records } = await verifyRun([entry(1)], first, keyring, nothing);
  const versions = await Versions.open(undefined);
  const asked = versions.cache.ask.bind(versions.cache);
  versions.cache.ask = (question) =>
    asked((cache) => {
      const written = Object.create(cache) as Cache;
      written.head = (name) => cache.head(name);
      written.version = (name, version) => {
        cache.apply([first, ...records]);
        return cache.version(name, version);
      };
      return question(written);
    });
  const { name = '' } = records[0]?.versions[0] ?? {};
  expect(await versions.head(name)).toMatchObject({ name, version: 1 });
  versions.cache.close();
});
