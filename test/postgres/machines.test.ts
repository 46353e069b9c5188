import { describe, expect, inject, it } from 'vitest';
import { puts } from '../store/temporary-var.ts';
import { author, textOf } from '../trust/stores.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { machine, openAt, preparedPlace, twoMachines } from './installations.ts';

const { current } = inject('postgres');

describe.skipIf(current === undefined)('two machines on one store', () => {
  it('each writes with its own key, and each verifies the commits of the other', async () => {
    const { ada, ben, keys } = await twoMachines(current ?? '');
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
    const { ada, ben } = await twoMachines(current ?? '');
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
    const { ada, ben, keys } = await twoMachines(current ?? '');
    await ben.writer.commit(puts({ a: 'from ben' }));
    await ada.keys.revoke({ author, keyId: keys[1], reason: 'stolen' });
    expect((await refusal(ben.writer.commit(puts({ a: 'again' })))).code).toMatch(/^KEY_/);
    for (const store of [ada, ben])
      expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'KEY_UNTRUSTED' });
  });

  it('where there is no store are told of the database, not of a folder', async () => {
    const store = await openAt((await preparedPlace(current ?? '')).url, await machine());
    const none = await refusal(store.maintenance.verify({}));
    expect(none).toMatchObject({
      code: 'STORE_MISSING',
      hint: expect.stringContaining('the address of that database'),
    });
    expect(none.advice).toEqual([{ do: 'set', setting: 'CONFIG_STORE_STORAGE' }, { do: 'make-store' }]);
  });

  it('a third that knows nothing of the store reads it unverified, and writes nothing', async () => {
    const { place } = await twoMachines(current ?? '');
    const stranger = await openAt(place.url, await machine());
    const read = await stranger.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['from ada', false]);
    expect(read.notices.map(({ code }) => code)).toEqual(['NOT_ANCHORED']);
    expect((await refusal(stranger.writer.commit(puts({ a: 'x' })))).code).toMatch(/^KEY_/);
  });
});
