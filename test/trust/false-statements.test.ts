import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change, ConfigChange } from '../../src/core/commit/statement.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { openPrivateKey } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import { hasArtifact, setEntry, setObject } from '../store/damage.ts';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { author, forget, installation, open, sealed, textOf } from './stores.ts';

const one = { name: 'a', digest: sha256Hex('one'), size: 3, mediaType: 'text/plain' } as const;
const two = { ...one, digest: sha256Hex('two') } as const;
const planted = { ...one, digest: sha256Hex('planted'), size: 7 } as const;

/** Signs changes with the owner's key in force, as a program would that keeps to no rule; `a` has the versions `one`, `two`. */
async function signed(changes: readonly Change[]): Promise<StorePaths> {
  const paths = await installation('one', 'two');
  const store = await open(paths);
  const { store: id = '', head, signingKey = '' } = await store.state.status();
  await store.close();
  const opened = await openPrivateKey(readFileSync(join(paths.keys, `${signingKey}.key.pem`)), undefined);
  if ('fault' in opened) throw new Error('the key does not open');
  const statement = {
    index: 3,
    store: id,
    previous: head?.commit ?? null,
    keyring: 0,
    time: new Date(0).toISOString(),
    author,
    message: '',
    changes,
    keys: [],
  };
  setEntry(paths, 3, sealed(statement, await signingKeyOf(opened.seed)).bytes);
  setObject(paths, planted.digest, 'planted');
  return paths;
}

/** The state the installation kept, and none. */
async function* eachStart(paths: StorePaths) {
  for (const fresh of [false, true]) {
    if (fresh) forget(paths);
    const store = await open(paths);
    yield store;
    await store.close();
  }
}

const BYTES: Readonly<Record<string, ConfigChange>> = {
  'a restore of other bytes': { ...planted, action: 'restore', version: 3, restoredFrom: 1 },
  'a restore of another size': { ...one, size: 4, action: 'restore', version: 3, restoredFrom: 1 },
  'a restore of another media type': { ...one, mediaType: 'text/html', action: 'restore', version: 3, restoredFrom: 1 },
  'a restore of the bytes of another version': { ...two, action: 'restore', version: 3, restoredFrom: 1 },
  'a restore of a version that is not there': { ...one, action: 'restore', version: 3, restoredFrom: 9 },
  'a restore of itself': { ...planted, action: 'restore', version: 3, restoredFrom: 3 },
};

describe('signed by the owner’s key, and false', () => {
  it.each(Object.entries(BYTES))('%s is not believed', async (_, change) => {
    const paths = await signed([change]);
    for await (const store of eachStart(paths)) {
      expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'CORRUPT' });
      expect(await refusal(store.reader.read('a', 3))).toMatchObject({ code: 'CORRUPT' });
      expect(await refusal(store.reader.exportVersion('a'))).toMatchObject({ code: 'CORRUPT' });
      expect((await store.reader.versions('a', { limit: 9 })).items.map(({ verdict }) => verdict)).toEqual([
        'corrupt',
        'ok',
        'ok',
      ]);
      expect(await refusal(restore(store, 3))).toMatchObject({ code: 'CORRUPT' });
      expect((await store.maintenance.verify({})).findings[0]).toMatchObject({ code: 'CORRUPT', where: 'log/3' });
      expect(textOf(await store.reader.read('a', 2))).toBe('two');
    }
    const store = await open(paths);
    await restore(store, 2);
    expect(textOf(await store.reader.read('a'))).toBe('two');
  });

  it.each<[string, ConfigChange]>([
    ['of other bytes', { ...planted, action: 'delete', version: 3 }],
    ['of an older version’s', { ...one, action: 'delete', version: 3 }],
    ['of a config that was never there', { ...one, name: 'b', action: 'delete', version: 1 }],
  ])('a deletion %s is said by the history and by verify', async (_, change) => {
    for await (const store of eachStart(await signed([change]))) {
      expect((await store.maintenance.verify({})).findings).toMatchObject([{ code: 'CORRUPT', where: 'log/3' }]);
      const { items } = await store.reader.versions(change.name, { limit: 9 });
      expect(items[0]).toMatchObject({ action: 'delete', verdict: 'corrupt' });
    }
  });

  it.each<[string, Change]>([
    ['of another size', { action: 'purge', digest: one.digest, size: 9, reason: 'x' }],
    ['of what no version has', { action: 'purge', digest: planted.digest, size: 7, reason: 'x' }],
    ['of nothing', { action: 'purge', digest: one.digest, size: 0, reason: 'x' }],
  ])('a purge %s takes nothing away', async (_, change) => {
    const paths = await signed([change]);
    for await (const store of eachStart(paths)) {
      expect(textOf(await store.reader.read('a', 1))).toBe('one');
      await store.maintenance.collect({ apply: true });
      expect((await store.maintenance.verify({})).findings).toMatchObject([{ code: 'CORRUPT', where: 'log/3' }]);
    }
    setObject(paths, one.digest, undefined);
    const store = await open(paths);
    expect(await refusal(store.reader.read('a', 1))).toMatchObject({ code: 'CORRUPT' });
    await store.writer.commit(puts({ b: 'a first write looks for purges that were cut' }));
    expect(hasArtifact(paths, 'one')).toBe(false);
  });

  it.each([1, 2, 4, 9])('version %i after version 2 is no commit of this store', async (version) => {
    for await (const store of eachStart(await signed([{ ...planted, action: 'put', version }]))) {
      expect(textOf(await store.reader.read('a'))).toBe('two');
      expect(await refusal(store.writer.commit(puts({ a: 'on top' })))).toMatchObject({ code: 'CORRUPT' });
      expect((await store.maintenance.verify({})).findings).toMatchObject([{ code: 'CORRUPT', where: 'log/3' }]);
    }
  });
});

function restore(store: Awaited<ReturnType<typeof open>>, version: number) {
  return store.writer.commit({ changes: [{ action: 'restore', name: 'a', version }], message: '', author });
}
