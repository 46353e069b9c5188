import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '../../src/core/commit/envelope.ts';
import { parseStatement } from '../../src/core/commit/parse-statement.ts';
import { type Hex, sha256Hex } from '../../src/core/digest.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import type { Store } from '../../src/store/api/store.ts';
import { entryOf, setEntry, setObject } from '../store/damage.ts';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { author, copyOfStorage, forget, installation, makePaths, open, sealed, stolenKeys, textOf } from './stores.ts';

/** A key file of somebody's own, outside every store. */
async function keyFile(): Promise<{ file: Uint8Array; keyId: string; spki: Uint8Array }> {
  const seed = newSeed();
  const { keyId, spki } = await signingKeyOf(seed);
  return { file: privateKeyPem(seed), keyId, spki: Buffer.from(spki, 'base64') };
}

/** A store with two owners: the key in use, and one whose private file the owner keeps elsewhere. */
async function twoOwners(): Promise<{ paths: StorePaths; store: Store; first: string; spare: Store }> {
  const paths = await installation('genuine');
  const store = await open(paths);
  const first = (await store.state.status()).signingKey as Hex;
  const spareKey = await keyFile();
  await store.keys.trust({ author, spki: spareKey.spki, label: 'spare', role: 'owner' });
  const spare = await open({ ...paths, keys: join(paths.root, 'spare-keys') }, { storeId: first });
  await spare.keys.importKey({ author, file: spareKey.file, label: 'spare', role: 'owner' });
  return { paths, store, first, spare };
}

describe('a thief with the owner key', () => {
  it('adds a key of his own; the revocation of the stolen one voids that, and all that followed', async () => {
    const { paths, store, first, spare: owner } = await twoOwners();
    const theft = (await store.state.status()).head?.index ?? 0;
    const thief = await open(stolenKeys(paths));
    const { keyId: thiefs } = await thief.keys.rotate({ author, label: 'nobody looks here' });
    await thief.writer.commit(puts({ a: 'by the thief', b: 'by the thief' }));
    expect(textOf(await store.reader.read('a'))).toBe('by the thief');

    await owner.keys.revoke({ author, keyId: first, fromIndex: theft + 1, reason: 'stolen' });
    expect((await owner.state.status()).keys).toMatchObject([
      { keyId: first, state: 'revoked', revokedFrom: theft + 1 },
      { label: 'spare', state: 'active' },
      { keyId: thiefs, state: 'revoked' },
    ]);
    const refused = await refusal(owner.reader.read('a'));
    expect(refused).toMatchObject({
      code: 'KEY_UNTRUSTED',
      message: expect.stringContaining('added by a key that was revoked'),
      hint: expect.stringContaining('newest trusted version of a is 1'),
      details: { trusted_version: 1 },
    });
    expect(await refusal(owner.reader.read('b'))).toMatchObject({ code: 'KEY_UNTRUSTED' });
    expect(await refusal(thief.writer.commit(puts({ a: 'once more' })))).toMatchObject({ code: 'KEY_MISSING' });
    const report = await owner.maintenance.verify({});
    expect(report.findings.map(({ code, where }) => [code, where])).toEqual([
      ['KEY_UNTRUSTED', `log/${theft + 1}`],
      ['KEY_UNTRUSTED', `log/${theft + 2}`],
    ]);
    // What was signed before the theft is still good, and restoring it mends the head.
    expect(textOf(await owner.reader.read('a', 1))).toBe('genuine');
    await owner.writer.commit({ changes: [{ action: 'restore', name: 'a', version: 1 }], message: '', author });
    expect(textOf(await owner.reader.read('a'))).toBe('genuine');
    const { items } = await owner.reader.versions('a', { limit: 9 });
    expect(items.map(({ version, verdict }) => [version, verdict])).toEqual([
      [3, 'ok'],
      [2, 'untrusted'],
      [1, 'ok'],
    ]);
  });

  it("can revoke every other owner and then nobody undoes it: the store is the thief's, and what it holds still verifies", async () => {
    const { paths, store, first, spare: owner } = await twoOwners();
    const theft = (await store.state.status()).head?.index ?? 0;
    const spareId = (await store.state.status()).keys[1]?.keyId ?? '';
    const thief = await open(stolenKeys(paths));
    await thief.keys.revoke({ author, keyId: spareId, fromIndex: theft + 1, reason: 'mine now' });
    expect(await refusal(owner.keys.revoke({ author, keyId: first, reason: '' }))).toMatchObject({
      code: 'KEY_MISSING',
    });
    expect((await owner.reader.read('a')).verified).toBe(true);
  });
});

describe('a writer key', () => {
  async function withWriter(): Promise<{ paths: StorePaths; owner: Store; writer: Store; keyId: string }> {
    const paths = await installation('genuine');
    const owner = await open(paths);
    const { file, spki, keyId } = await keyFile();
    await owner.keys.trust({ author, spki, label: 'writer', role: 'writer' });
    const storeId = (await owner.state.status()).store;
    const writer = await open({ ...paths, keys: join(paths.root, 'writer-keys') }, { storeId });
    await writer.keys.importKey({ author, file, label: 'writer', role: 'writer' });
    return { paths, owner, writer, keyId };
  }

  it('changes configs, and neither keys nor what is purged', async () => {
    const { owner, writer } = await withWriter();
    await writer.writer.commit(puts({ a: 'by the writer' }));
    const read = await owner.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['by the writer', true]);
    expect(await refusal(writer.keys.rotate({ author, label: 'x' }))).toMatchObject({ code: 'KEY_MISSING' });
    const purge = { action: 'purge', digest: read.row.digest, reason: 'x' } as const;
    expect(await refusal(writer.writer.commit({ changes: [purge], message: '', author }))).toMatchObject({
      code: 'KEY_MISSING',
    });
  });

  it('cannot sign itself into ownership: readers refuse the commit', async () => {
    const paths = await installation('genuine');
    const owner = await open(paths);
    const seed = newSeed();
    const key = await signingKeyOf(seed);
    await owner.keys.trust({ author, spki: Buffer.from(key.spki, 'base64'), label: 'w', role: 'writer' });
    const more = await signingKeyOf(newSeed());
    const add = { action: 'add', keyId: more.keyId, label: 'me', role: 'owner', spki: more.spki } as const;
    const { index, commit } = (await owner.state.status()).head ?? { index: 0, commit: '' };
    const { bytes } = sealed(
      {
        index: index + 1,
        store: (await owner.state.status()).store ?? '',
        previous: commit,
        keyring: index,
        time: new Date(0).toISOString(),
        author,
        message: '',
        changes: [],
        keys: [add],
      },
      key,
    );
    setEntry(paths, index + 1, bytes);
    expect(await refusal(owner.writer.commit(puts({ a: 'x' })))).toMatchObject({
      code: 'KEY_UNTRUSTED',
      message: expect.stringContaining('not signed by an owner'),
    });
    expect((await owner.state.status()).keys).toHaveLength(2);
    expect(textOf(await owner.reader.read('a'))).toBe('genuine');
  });

  it('that was revoked cannot leave its revocation out of the pointers, in a process that knows it and in a fresh one', async () => {
    const paths = await installation('genuine');
    const owner = await open(paths);
    const seed = newSeed();
    const key = await signingKeyOf(seed);
    const trusted = await owner.keys.trust({
      author,
      spki: Buffer.from(key.spki, 'base64'),
      label: 'w',
      role: 'writer',
    });
    const revoked = await owner.keys.revoke({ author, keyId: key.keyId, reason: 'stolen' });
    await owner.close();
    const file = Buffer.from('by the thief');
    const digest = sha256Hex(file);
    const { bytes, record } = sealed(
      {
        index: revoked.index + 1,
        store: revoked.store,
        previous: revoked.commit,
        keyring: trusted.receipt.index, // hides the revocation
        time: new Date(0).toISOString(),
        author,
        message: '',
        changes: [{ action: 'put', name: 'a', version: 2, digest, size: file.length, mediaType: 'text/plain' }],
        keys: [],
      },
      key,
    );
    setEntry(paths, record.index, bytes);
    setObject(paths, digest, file);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a', 1))).toBe('genuine');
    const read = await store.reader.read('a').catch((error: unknown) => error);
    expect(read).not.toMatchObject({ row: { version: 2 } });
    expect((await store.maintenance.verify({})).findings.map(({ where }) => where)).toContain(`log/${record.index}`);
    await store.close();
    forget(paths);
    const fresh = await open(paths);
    expect(await fresh.reader.read('a').catch((error: unknown) => error)).not.toMatchObject({ row: { version: 2 } });
    expect((await fresh.state.status()).keys.find((one) => one.keyId === key.keyId)).toMatchObject({
      state: 'revoked',
    });
  });
});

describe('a key of another store', () => {
  it('signs nothing that is read here, though its envelope is sound', async () => {
    const paths = await installation('genuine');
    const stranger = await installation('one', 'two', 'three');
    const bytes = entryOf(stranger, 2);
    expect(parseStatement(Buffer.from(parseEnvelope(bytes).payload).toString()).index).toBe(2);
    setEntry(paths, 2, bytes);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('genuine');
    expect(await refusal(store.writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'KEY_UNTRUSTED' });
  });
});

it('a copy of the storage with a stolen key is another installation: its commits count here only if the log has them', async () => {
  const paths = await installation('genuine');
  const copy = { ...(await makePaths()), storage: copyOfStorage(paths), keys: stolenKeys(paths).keys };
  const thief = await open(copy);
  await thief.writer.commit(puts({ a: 'elsewhere' }));
  expect(textOf(await (await open(paths)).reader.read('a'))).toBe('genuine');
});
