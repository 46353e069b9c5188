import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePublicKeyPem } from '../../src/keys/formats/pem.ts';
import { hasEntry } from '../store/damage.ts';
import { onPostgres, type StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import {
  author,
  forget,
  installation,
  losePin,
  loseStorage,
  makePaths,
  open,
  replaceStorage,
  textOf,
} from './stores.ts';

/**
 * Somebody who writes the storage volume and has no key of ours: writes a log of his own that is sound in itself, adds our
 * public key to its keyring as an owner, and puts it in the place of ours.
 */
async function attack(paths: StorePaths): Promise<{ ours: string; theirs: string }> {
  const our = await open(paths);
  const ours = (await our.state.status()).store ?? '';
  const spki = parsePublicKeyPem(await our.keys.publicKeyPem(ours));
  await our.close();
  const attacker = await makePaths();
  const store = await open(attacker);
  await store.writer.commit(puts({ a: 'forged' }));
  await store.keys.trust({ author, spki, label: 'the owner', role: 'owner' });
  const theirs = (await store.state.status()).store ?? '';
  await store.close();
  replaceStorage(attacker.storage, paths);
  return { ours, theirs };
}

describe('a log that is sound in itself, of another store, with our key in its keyring', () => {
  it.each([
    ['the pin', false],
    ['the public key file alone', true],
  ])('is known as foreign by %s', async (_by, withoutPin) => {
    const paths = await installation('genuine');
    const { ours, theirs } = await attack(paths);
    if (withoutPin) losePin(paths);
    const store = await open(paths);
    const read = await store.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['forged', false]);
    expect(read.notices).toMatchObject([
      { code: 'STORE_FOREIGN', message: expect.stringContaining("not this installation's") },
    ]);
    const refused = await refusal(store.writer.commit(puts({ a: 'on top' })));
    expect(refused).toMatchObject({
      code: 'STORE_FOREIGN',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_ID', to: theirs }],
    });
    expect(refused.details).toEqual({ store: theirs, expected: withoutPin ? null : ours });
    const status = await store.state.status();
    expect(status).toMatchObject({ anchor: 'foreign', writable: { code: 'STORE_FOREIGN' }, head: { index: 2 } });
    // Our key is in force there: it is the anchor that refuses, nothing else.
    expect(status.keys.find(({ keyId }) => keyId === ours)).toMatchObject({ state: 'active', present: true });
    expect((await store.maintenance.verify({})).findings.map(({ code }) => code)).toContain('STORE_FOREIGN');
  });

  it('is refused by CONFIG_STORE_ID, where keys/ is empty', async () => {
    const paths = await installation('genuine');
    const { ours } = await attack(paths);
    rmSync(paths.keys, { recursive: true });
    forget(paths);
    const store = await open(paths, { storeId: ours });
    expect((await store.reader.read('a')).verified).toBe(false);
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'STORE_FOREIGN' });
  });

  it('leaves the pin as it is, and nothing of the foreign store changes', async () => {
    const paths = await installation('genuine');
    await attack(paths);
    const earlier = await open(paths);
    const { pin } = await earlier.state.status();
    await earlier.close();
    expect(pin).toMatchObject({ index: 1 });
    const store = await open(paths);
    await refusal(store.writer.commit(puts({ b: 'x' })));
    await refusal(store.keys.rotate({ author, label: 'x' }));
    await refusal(store.maintenance.accept({ author, reason: 'x', commit: 'a'.repeat(64) }));
    await store.close();
    const again = await open(paths);
    expect((await again.state.status()).pin).toEqual(pin);
    expect([2, 3].map((index) => hasEntry(paths, index))).toEqual([true, false]);
    expect(again.keys.files.pendingKeyIds().size).toBe(0);
  });
});

describe('the anchor', () => {
  it('is CONFIG_STORE_ID where keys/ is empty', async () => {
    const paths = await installation('genuine');
    const earlier = await open(paths);
    const { store: id = '' } = await earlier.state.status();
    await earlier.close(); // else it writes its pin after that was forgotten
    rmSync(paths.keys, { recursive: true });
    forget(paths);
    const store = await open(paths, { storeId: id });
    // Before the read: a second after that there is a pin, and it comes first.
    expect((await store.state.status()).anchor).toBe('setting');
    const read = await store.reader.read('a');
    expect([read.verified, read.notices]).toEqual([true, []]);
  });

  it('refuses a store that CONFIG_STORE_ID does not name, though pin and keys do', async () => {
    const paths = await installation('genuine');
    const store = await open(paths, { storeId: 'f'.repeat(64) });
    expect((await store.reader.read('a')).verified).toBe(false);
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'STORE_FOREIGN' });
  });

  it('is missing where keys/ is empty and nothing is set: reads say so', async () => {
    const paths = await installation('genuine');
    rmSync(paths.keys, { recursive: true });
    forget(paths);
    const store = await open(paths);
    const read = await store.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['genuine', false]);
    expect(read.notices).toMatchObject([{ code: 'NOT_ANCHORED', message: expect.stringContaining('not anchored') }]);
    expect((await store.state.status()).anchor).toBe('none');
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'KEY_MISSING' });
  });

  it('is not the keyring of the log: another public key in keys/ makes no store ours', async () => {
    const paths = await installation('genuine');
    const stranger = await installation('other');
    const store = await open({ ...paths, keys: stranger.keys, state: `${paths.state}-none` });
    expect((await store.reader.read('a')).verified).toBe(false);
  });
});

describe('keys or a pin without a log', () => {
  it('are STORE_MISSING for reads and writes, never a silent new store', async () => {
    const paths = await installation('genuine');
    loseStorage(paths);
    const store = await open(paths);
    const setStorage = { do: 'set', setting: 'CONFIG_STORE_STORAGE' };
    const advice = [...(onPostgres ? [setStorage] : []), { do: 'make-new-store' }];
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'STORE_MISSING', advice });
    expect(await refusal(store.reader.read('a'))).toMatchObject({ code: 'STORE_MISSING', advice });
    expect(await refusal(store.writer.init({ author }))).toMatchObject({ code: 'STORE_MISSING', advice });
    expect(await refusal(store.state.status())).toMatchObject({ code: 'STORE_MISSING', advice });
    expect(await refusal(store.maintenance.verify({}))).toMatchObject({ code: 'STORE_MISSING', advice });
    expect(await refusal(store.maintenance.rebuild())).toMatchObject({ code: 'STORE_MISSING', advice });
  });

  it('are STORE_MISSING when only CONFIG_STORE_ID is left', async () => {
    const store = await open(await makePaths(), { storeId: 'f'.repeat(64) });
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'STORE_MISSING' });
  });

  it('make a new store, with a new key, only by init --new', async () => {
    const paths = await installation('genuine');
    const old = (await (await open(paths)).state.status()).store;
    loseStorage(paths);
    const store = await open(paths);
    const { store: id } = await store.writer.init({ author, fresh: true });
    expect(id).not.toBe(old);
    await store.writer.commit(puts({ a: 'anew' }));
    expect((await store.reader.read('a')).verified).toBe(true);
    expect((await store.state.status()).anchor).toBe('pin');
  });
});
