import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../src/core/commit/statement.ts';
import { keyIdOf, spkiOf } from '../../src/keys/ed25519.ts';
import { openPrivateKey } from '../../src/keys/formats/private-key-pem.ts';
import { type SigningKey, signingKeyOf } from '../../src/keys/signing-key.ts';
import type { Store } from '../../src/store/api/store.ts';
import { entryOf, setEntry } from '../store/damage.ts';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { author, copyOfStorage, installation, open, sealed, stolenKeys, textOf, writeVersions } from './stores.ts';

/** The owner's own key, as somebody has it who stole its file. */
async function ownerKey({ keys }: StorePaths): Promise<SigningKey> {
  const name = readdirSync(keys).find((one) => one.endsWith('.key.pem')) ?? '';
  const opened = await openPrivateKey(readFileSync(join(keys, name)), undefined);
  if ('fault' in opened) throw new Error('the key does not open');
  return signingKeyOf(opened.seed);
}

/** Writes a commit after the newest one that says what a sound one would say, but for `changed`; the signature is good. */
async function forge(paths: StorePaths, changed: Partial<Statement>): Promise<number> {
  const store = await open(paths);
  const { store: id = '', head, keys } = await store.state.status();
  await store.close();
  const index = (head?.index ?? -1) + 1;
  const statement: Statement = {
    index,
    store: id,
    previous: head?.commit ?? null,
    keyring: keys.at(-1)?.addedAt ?? 0,
    time: new Date(0).toISOString(),
    author,
    message: 'forged',
    changes: [{ action: 'put', name: 'a', version: 9, digest: 'a'.repeat(64), size: 1, mediaType: 'text/plain' }],
    keys: [],
    ...changed,
  };
  setEntry(paths, index, sealed(statement, await ownerKey(paths)).bytes);
  return index;
}

/** What holds after each: reads go on from the last good commit, nothing is written, verify names the place. */
async function refuses(paths: StorePaths, index: number, code: string, why: RegExp): Promise<Store> {
  const store = await open(paths);
  expect(textOf(await store.reader.read('a'))).toBe('genuine');
  const refused = await refusal(store.writer.commit(puts({ a: 'on top' })));
  expect([refused.code, refused.message]).toEqual([code, expect.stringMatching(why)]);
  expect((await store.maintenance.verify({})).findings.map(({ where }) => where)).toContain(`log/${index}`);
  return store;
}

describe('a commit with a good signature of the owner key is refused when', () => {
  it('it names another store', async () => {
    const paths = await installation('genuine');
    await refuses(paths, await forge(paths, { store: 'b'.repeat(64) }), 'CORRUPT', /belongs to store bbbb/);
  });

  it('it says another index', async () => {
    const paths = await installation('genuine');
    await refuses(paths, await forge(paths, { index: 7 }), 'CORRUPT', /it says it is commit 7/);
  });

  it('it does not name the commit before it', async () => {
    const paths = await installation('genuine');
    const index = await forge(paths, { previous: 'b'.repeat(64) });
    await refuses(paths, index, 'CORRUPT', /does not name the commit before it/);
  });

  it('it does not name the newest key commit', async () => {
    const paths = await installation('genuine');
    const index = await forge(paths, { keyring: 1 });
    await refuses(paths, index, 'CORRUPT', /does not name the newest key commit/);
  });

  it('it adds a key of small order, for which anybody can sign', async () => {
    const paths = await installation('genuine');
    const spki = spkiOf(Buffer.from(`01${'00'.repeat(31)}`, 'hex'));
    const keyId = keyIdOf(spki);
    const add = {
      action: 'add',
      keyId,
      label: 'x',
      role: 'owner',
      spki: Buffer.from(spki).toString('base64'),
    } as const;
    const forged = { changes: [], keys: [add] };
    await refuses(paths, await forge(paths, forged), 'KEY_UNTRUSTED', /small order/);
  });

  it('it adds a key under an id that is not its hash', async () => {
    const paths = await installation('genuine');
    const { spki } = await ownerKey(paths);
    const keyId = 'c'.repeat(64);
    const add = { action: 'add', keyId, label: 'x', role: 'owner', spki } as const;
    const forged = { changes: [], keys: [add] };
    await refuses(paths, await forge(paths, forged), 'CORRUPT', /not its hash/);
  });

  it('it takes the last owner away', async () => {
    const paths = await installation('genuine');
    const { keyId } = await ownerKey(paths);
    const forged = {
      changes: [],
      keys: [{ action: 'retire', keyId }] as const,
    };
    await refuses(paths, await forge(paths, forged), 'CORRUPT', /last owner key/);
  });

  it('the key was retired before it', async () => {
    const paths = await installation('genuine');
    const old = stolenKeys(paths);
    const store = await open(paths);
    await store.keys.rotate({ author, label: 'second' });
    await store.close();
    const index = await forge(old, {});
    await refuses(paths, index, 'KEY_UNTRUSTED', /was retired at commit 2/);
  });
});

describe('genuine commits in another order', () => {
  it('an older commit once more at the end is refused', async () => {
    const paths = await installation('one', 'genuine');
    setEntry(paths, 3, entryOf(paths, 1));
    await refuses(paths, 3, 'CORRUPT', /it says it is commit 1/);
  });

  it('a commit of another branch of the same store is refused', async () => {
    const paths = await installation('genuine');
    const branch = { ...stolenKeys(paths), storage: copyOfStorage(paths) };
    await writeVersions(branch, 'theirs', 'theirs again');
    const store = await open(paths);
    await store.writer.commit(puts({ b: 'ours' }));
    await store.close();
    setEntry(paths, 3, entryOf(branch, 3));
    await refuses(paths, 3, 'CORRUPT', /does not name the commit before it/);
  });

  it('a commit inside the log that was exchanged is found by the walk, and nothing is written on it', async () => {
    const paths = await installation('genuine');
    const branch = { ...stolenKeys(paths), storage: copyOfStorage(paths) };
    await writeVersions(branch, 'theirs');
    const store = await open(paths);
    for (const text of ['two', 'three']) await store.writer.commit(puts({ b: text }));
    await store.close();
    setEntry(paths, 2, entryOf(branch, 2));
    const again = await open(paths);
    expect((await again.maintenance.verify({})).findings.map(({ where }) => where)).toContain('log/3');
    rmSync(paths.state, { recursive: true });
    expect(await refusal((await open(paths)).writer.commit(puts({ a: 'x' })))).toMatchObject({ code: 'CORRUPT' });
  });
});
