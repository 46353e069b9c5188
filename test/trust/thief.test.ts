import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/core/commit/statement.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { openPrivateKey, privateKeyPem } from '../../src/keys/formats/private-key-pem.ts';
import { type SigningKey, signingKeyOf } from '../../src/keys/signing-key.ts';
import { entryOf, setEntry, setObject } from '../store/damage.ts';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import {
  author,
  copyOfStorage,
  forget,
  installation,
  losePin,
  open,
  replaceStorage,
  sealed,
  stolenKeys,
  textOf,
  writeVersions,
} from './stores.ts';

/** The file name of a private key. */
const isPrivate = (name: string) => name.endsWith('.key.pem');

/** A store whose first key was stolen, and what the thief has of it. */
interface Theft {
  readonly paths: StorePaths;
  /** The stolen key. */
  readonly key: SigningKey;
  /** The owner's other key, which is in force. */
  readonly owner: string;
  /** The storage as it was before the revocation, with a copy of the key. */
  readonly before: StorePaths;
}

/** Commits: 0 the store, 1 `a` version 1, 2 another owner key, 3 the revocation of the first key, 4 `a` version 2. */
async function theft(): Promise<Theft> {
  const paths = await installation('genuine');
  const store = await open(paths);
  const first = (await store.state.status()).signingKey ?? '';
  const seed = newSeed();
  const { keyId: owner } = await signingKeyOf(seed);
  await store.keys.importKey({ author, file: privateKeyPem(seed), label: 'second', role: 'owner' });
  await store.close();
  const before = { ...stolenKeys(paths), storage: copyOfStorage(paths) };
  rmSync(join(before.keys, `${owner}.key.pem`));
  const opened = await openPrivateKey(readFileSync(join(paths.keys, `${first}.key.pem`)), undefined);
  if ('fault' in opened) throw new Error('the key does not open');
  rmSync(join(paths.keys, `${first}.key.pem`));
  const again = await open(paths);
  const head = (await again.state.status()).head?.index ?? 0;
  await again.keys.revoke({ author, keyId: first, fromIndex: head + 1, reason: 'stolen' });
  await again.writer.commit(puts({ a: 'after the theft' }));
  await again.close();
  return { paths, key: await signingKeyOf(opened.seed), owner, before };
}

const planted = Buffer.from('by the thief');
const put = {
  action: 'put',
  name: 'a',
  version: 3,
  digest: sha256Hex(planted),
  size: planted.length,
  mediaType: 'text/plain',
} as const;
const digestOf = (text: string) => sha256Hex(Buffer.from(text));

/** Writes a commit after the newest that is right in all but who signed it. */
async function commitAs(key: SigningKey, paths: StorePaths, changed: Partial<Statement>): Promise<number> {
  const store = await open({ ...paths, state: `${paths.state}-of-the-thief` });
  const { keys = [], store: id = '', head } = await store.state.status();
  const index = (head?.index ?? -1) + 1;
  const entries = await store.feed.recent(100);
  await store.close();
  const keyring = entries.find(({ statement }) => (statement?.keys.length ?? 0) > 0)?.index ?? 0;
  expect(keys.length).toBeGreaterThan(0);
  const statement: Statement = {
    index,
    store: id,
    previous: head?.commit ?? null,
    keyring,
    time: new Date().toISOString(),
    author,
    message: 'routine',
    changes: [],
    keys: [],
    ...changed,
  };
  setEntry(paths, index, sealed(statement, key).bytes);
  setObject(paths, put.digest, planted);
  return index;
}

async function added(): Promise<Statement['keys'][number]> {
  const { keyId, spki } = await signingKeyOf(newSeed());
  return { action: 'add', keyId, label: 'nobody looks here', role: 'owner', spki };
}

const LATER: Readonly<Record<string, (theft: Theft) => Promise<Partial<Statement>> | Partial<Statement>>> = {
  'puts a version': () => ({ changes: [put] }),
  'puts a version with a time from before': () => ({ changes: [put], time: new Date(0).toISOString() }),
  'restores a version': () => ({
    changes: [{ ...put, action: 'restore', restoredFrom: 1, digest: digestOf('genuine'), size: 7 }],
  }),
  'deletes a config': () => ({
    changes: [{ ...put, action: 'delete', digest: digestOf('after the theft'), size: 15 }],
  }),
  'purges an artifact': () => ({
    changes: [{ action: 'purge', digest: digestOf('after the theft'), size: 15, reason: 'x' }],
  }),
  'adds a key': async () => ({ keys: [await added()] }),
  'adds itself again': ({ key }) => ({
    keys: [{ action: 'add', keyId: key.keyId, label: 'first', role: 'owner', spki: key.spki }],
  }),
  'revokes the owner': ({ owner }) => ({ keys: [{ action: 'revoke', keyId: owner, fromIndex: 3, reason: 'x' }] }),
  'retires the owner for another': async ({ owner }) => ({
    keys: [{ action: 'retire', keyId: owner }, await added()],
  }),
  'accepts a rollback': ({ paths }) => ({
    keys: [{ action: 'accept', index: 4, commit: sha256Hex(entryOf(paths, 4)), reason: 'x' }],
  }),
};

describe('a revoked key that signs later', () => {
  it.each(Object.entries(LATER))('and %s is refused, by who knows the store and by who does not', async (_, change) => {
    const stolen = await theft();
    const { paths, key, owner } = stolen;
    const index = await commitAs(key, paths, await change(stolen));
    for (const fresh of [false, true]) {
      if (fresh) forget(paths);
      const store = await open(paths);
      const read = await store.reader.read('a');
      expect([textOf(read), read.verified, read.row.version]).toEqual(['after the theft', true, 2]);
      expect(textOf(await store.reader.read('a', 1))).toBe('genuine');
      expect((await store.reader.heads({ limit: 9 })).items).toMatchObject([{ name: 'a', version: 2 }]);
      const { keys, head } = await store.state.status();
      expect(head?.index).toBe(index - 1);
      expect(keys.map(({ keyId, state }) => [keyId, state])).toEqual([
        [key.keyId, 'revoked'],
        [owner, 'active'],
      ]);
      expect((await refusal(store.writer.commit(puts({ a: 'on top' })))).code).toMatch(/^(KEY_UNTRUSTED|CORRUPT)$/);
      expect(await refusal(store.maintenance.collect({ apply: true }))).toBeDefined();
      expect((await store.maintenance.verify({})).findings.map(({ where }) => where)).toContain(`log/${index}`);
      await store.close();
    }
  });
});

it('what a revoked key put is put again by the owner, though the bytes are the same', async () => {
  const { paths, before } = await theft();
  const thief = await open(before);
  await thief.writer.commit(puts({ b: 'of use' }));
  await thief.close();
  replaceStorage(before.storage, paths);
  forget(paths); // the owner learns of it only now
  const owner = await open(paths);
  const [first] = (await owner.state.status()).keys;
  await owner.keys.revoke({ author, keyId: first?.keyId ?? '', fromIndex: 3, reason: 'stolen' });
  expect(await refusal(owner.reader.read('b'))).toMatchObject({ code: 'KEY_UNTRUSTED' });
  const { versions } = await owner.writer.commit(puts({ b: 'of use' }));
  expect(versions).toMatchObject([{ version: 2, created: true }]);
  expect(await owner.reader.read('b')).toMatchObject({ verified: true, row: { version: 2 } });
});

describe('a thief who writes the log again from before the revocation of his key', () => {
  const branches: Readonly<Record<string, readonly string[]>> = {
    'shorter than what was seen': ['by the thief'],
    'just as long': ['by the thief', 'by the thief, again'],
    longer: ['by', 'the', 'thief', 'again'],
    'without a change': [],
  };

  it.each(Object.entries(branches))('%s: nothing of it is verified, nothing is written', async (_, texts) => {
    const { paths, before } = await theft();
    await writeVersions(before, ...texts);
    replaceStorage(before.storage, paths);
    for (const lose of [() => undefined, () => rmSync(paths.state, { recursive: true })]) {
      lose(); // the copy of the pin in keys/ says it too
      const store = await open(paths);
      const read = await store.reader.read('a');
      expect([read.verified, read.notices.map(({ code }) => code)]).toEqual([false, ['ROLLED_BACK']]);
      const tried = [
        store.writer.commit(puts({ a: 'on top' })),
        store.keys.rotate({ author, label: 'x' }),
        store.reader.exportVersion('a'),
        store.maintenance.collect({ apply: true }),
        (async () => {
          for await (const item of store.maintenance.contents()) expect(item).toBeUndefined();
        })(),
      ];
      // All at once: one that is refused while another is waited for has its handler then.
      for (const refused of await Promise.all(tried.map(refusal)))
        expect(refused).toMatchObject({ code: 'ROLLED_BACK' });
      expect((await store.maintenance.verify({})).ok).toBe(false);
      expect(await store.maintenance.rollback()).toMatchObject({ seen: { index: 4 } });
      await store.close();
    }
  });

  it('is not seen without a pin, but by a receipt of the revocation', async () => {
    const { paths, before } = await theft();
    const revocation = sha256Hex(entryOf(paths, 3));
    await writeVersions(before, 'by the thief');
    replaceStorage(before.storage, paths);
    losePin(paths);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('by the thief');
    const { findings } = await store.maintenance.verify({ expectCommit: revocation });
    expect(findings.map(({ code }) => code)).toEqual(['ROLLED_BACK']);
  });

  it('under a process that has it open: the next write and the next verification say so', async () => {
    const { paths, before } = await theft();
    const store = await open(paths);
    await store.reader.read('a');
    await writeVersions(before, 'by the thief', 'by the thief, again', 'and again');
    replaceStorage(before.storage, paths);
    const read = await store.reader.read('a').catch(() => undefined);
    if (read?.verified === true) expect(textOf(read)).toBe('after the theft');
    expect((await store.maintenance.verify({})).ok).toBe(false);
    expect(await refusal(store.writer.commit(puts({ a: 'on top' })))).toMatchObject({ code: 'ROLLED_BACK' });
    expect((await store.reader.read('a').catch(() => undefined))?.verified).not.toBe(true);
  });
});

describe('keys that a stolen key added, and those these added', () => {
  /** The owner revokes from the commit of the first addition on; each added key then tries its luck. */
  async function chain(): Promise<{ theft: Theft; more: SigningKey[] }> {
    const stolen = await theft();
    const { paths, before } = stolen;
    const more: SigningKey[] = [];
    // Before the revocation: three keys, each added by the one before.
    let thief = await open(before);
    for (const label of ['one', 'two', 'three']) {
      const seed = newSeed();
      more.push(await signingKeyOf(seed));
      await thief.keys.importKey({ author, file: privateKeyPem(seed), label, role: 'owner' });
      await thief.close();
      for (const name of readdirSync(before.keys).filter(isPrivate))
        if (!name.startsWith(more.at(-1)?.keyId ?? ''))
          renameSync(join(before.keys, name), join(before.keys, `${name}.old`));
      thief = await open(before);
    }
    await thief.writer.commit(puts({ a: 'by the last of them' }));
    await thief.close();
    replaceStorage(before.storage, paths);
    forget(paths); // the owner learns of it only now
    const owner = await open(paths);
    await owner.keys.revoke({ author, keyId: stolen.key.keyId, fromIndex: 3, reason: 'stolen' });
    await owner.close();
    return { theft: stolen, more };
  }

  it('are void with it, in every place, and none of them signs again', async () => {
    const { theft: stolen, more } = await chain();
    const { paths, owner } = stolen;
    const states = async () => {
      const store = await open(paths);
      const { keys } = await store.state.status();
      const read = await store.reader.read('a').catch(({ code }: { code: string }) => code);
      await store.close();
      return { active: keys.filter(({ state }) => state === 'active').map(({ keyId }) => keyId), read };
    };
    const sound = { active: [owner], read: 'KEY_UNTRUSTED' };
    expect(await states()).toEqual(sound);
    for (const key of more) {
      for (const change of [
        { changes: [{ ...put, version: 3 }] },
        { keys: [await added()] },
        { keys: [{ action: 'add', keyId: key.keyId, label: 'again', role: 'owner', spki: key.spki } as const] },
      ]) {
        const index = await commitAs(key, paths, change);
        expect(await states()).toEqual(sound);
        forget(paths);
        expect(await states()).toEqual(sound);
        setEntry(paths, index, undefined);
      }
    }
  });
});
