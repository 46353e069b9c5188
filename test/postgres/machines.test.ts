import { describe, expect, inject, it } from 'vitest';
import { newSeed } from '../../src/keys/ed25519.ts';
import { privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import type { Store } from '../../src/store/api/store.ts';
import { puts } from '../store/temporary-var.ts';
import { author, textOf } from '../trust/stores.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { machine, openAt, preparedPlace } from './installations.ts';
import type { DatabasePlace } from './subject.ts';

const { current } = inject('postgres');

/** Two machines: each its own folders and its own key, and nothing in common but the database. */
async function twoMachines(): Promise<{ place: DatabasePlace; ada: Store; ben: Store; keys: [string, string] }> {
  const place = await preparedPlace(current ?? '');
  const ada = await openAt(place.url, await machine());
  await ada.writer.commit(puts({ a: 'from ada' }));
  const { store = '', signingKey = '' } = await ada.state.status();
  const seed = newSeed();
  const { keyId, spki } = await signingKeyOf(seed);
  await ada.keys.trust({ author, spki: Buffer.from(spki, 'base64'), label: 'ben', role: 'writer' });
  const ben = await openAt(place.url, await machine(), { storeId: store });
  expect(textOf(await ben.reader.read('a'))).toBe('from ada');
  await ben.keys.importKey({ author, file: privateKeyPem(seed), label: 'ben', role: 'writer' });
  return { place, ada, ben, keys: [signingKey, keyId] };
}

describe.skipIf(current === undefined)('two machines on one store', () => {
  it('each writes with its own key, and each verifies the commits of the other', async () => {
    const { ada, ben, keys } = await twoMachines();
    await ben.writer.commit(puts({ b: 'from ben' }));
    await ada.writer.commit(puts({ a: 'ada again' }));
    await ben.writer.commit(puts({ a: 'ben on top' }));
    for (const store of [ada, ben]) {
      const [a, b] = [await store.reader.read('a'), await store.reader.read('b')];
      expect([textOf(a), a.verified, a.notices, textOf(b), b.verified]).toEqual([
        'ben on top',
        true,
        [],
        'from ben',
        true,
      ]);
      const { items } = await store.reader.versions('a', { limit: 9 });
      expect(items.map(({ keyId, verdict }) => [keyId, verdict])).toEqual([
        [keys[1], 'ok'],
        [keys[0], 'ok'],
        [keys[0], 'ok'],
      ]);
      expect(await store.maintenance.verify({})).toMatchObject({ ok: true, findings: [], checked: { commits: 6 } });
    }
    expect((await ada.state.status()).head).toEqual((await ben.state.status()).head);
    expect((await refusal(ben.keys.rotate({ author, label: 'x' }))).code).toMatch(/^KEY_/);
  });

  it('writing at once lose nothing and order everything', async () => {
    const { ada, ben } = await twoMachines();
    await Promise.all(
      [ada, ben].map(async (store, i) => {
        for (let n = 0; n < 20; n++)
          await store.writer.commit(puts({ [`m${i}/${n}`]: `${i} ${n}`, shared: `${i} ${n}` }));
      }),
    );
    for (const store of [ada, ben]) {
      expect((await store.reader.heads({ limit: 100 })).items).toHaveLength(42);
      expect((await store.reader.versions('shared', { limit: 100 })).items.map(({ version }) => version)).toEqual(
        Array.from({ length: 40 }, (_, i) => 40 - i),
      );
      expect((await store.maintenance.verify({})).findings).toEqual([]);
    }
  });

  it('one whose key was revoked by the other signs nothing that is read', async () => {
    const { ada, ben, keys } = await twoMachines();
    await ben.writer.commit(puts({ a: 'from ben' }));
    await ada.keys.revoke({ author, keyId: keys[1], reason: 'stolen' });
    expect((await refusal(ben.writer.commit(puts({ a: 'again' })))).code).toMatch(/^KEY_/);
    for (const store of [ada, ben])
      expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'KEY_UNTRUSTED' });
  });

  it('a third that knows nothing of the store reads it unverified, and writes nothing', async () => {
    const { place } = await twoMachines();
    const stranger = await openAt(place.url, await machine());
    const read = await stranger.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['from ada', false]);
    expect(read.notices.map(({ code }) => code)).toEqual(['NOT_ANCHORED']);
    expect((await refusal(stranger.writer.commit(puts({ a: 'x' })))).code).toMatch(/^KEY_/);
  });
});
