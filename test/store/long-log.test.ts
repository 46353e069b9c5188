import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeEnvelope, PAYLOAD_TYPE, preAuthEncoding } from '../../src/core/commit/envelope.ts';
import { encodeStatement, type KeyChange } from '../../src/core/commit/statement.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore as openOnEngine } from '../../src/store/open.ts';
import { entryOf, setEntry } from './damage.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

const author = { name: 'test', version: '1', via: 'cli' } as const;
/** Two runs and a half; from the key commit on, which is in the middle of one, the key that it adds signs too. */
const COMMITS = 640;
const KEY_COMMIT = 300;

// Signatures of one run of commits are verified while the next is read.
describe('a log of several runs', () => {
  let paths: StorePaths;
  let dispose: () => Promise<void>;

  beforeAll(async () => {
    ({ paths, dispose } = await makeVar());
    const store = await openStore({ paths });
    const { receipt } = await store.writer.commit(puts({ 'n/1': 'text' }));
    const { signingKey: keyId = '', store: id = '' } = await store.state.status();
    await store.close();
    const owner = createPrivateKey(readFileSync(join(paths.keys, `${keyId}.key.pem`)));
    const added = generateKeyPairSync('ed25519');
    const spki = added.publicKey.export({ format: 'der', type: 'spki' });
    const add = {
      action: 'add',
      keyId: sha256Hex(spki),
      label: '',
      role: 'writer',
      spki: spki.toString('base64'),
    } as const;
    let previous = receipt.commit;
    const append = (index: number, key: KeyObject, signer: string, keys: readonly KeyChange[]) => {
      const version = { version: Math.floor((index + 2) / 3), size: 4, mediaType: 'text/plain' };
      const change = { action: 'put', name: `n/${index % 3}`, digest: sha256Hex('text'), ...version } as const;
      const changes =
        keys.length > 0
          ? []
          : [{ ...change, version: change.version - Number(index > KEY_COMMIT && index % 3 === KEY_COMMIT % 3) }];
      const rest = { store: id, previous, time: new Date(0).toISOString(), author, message: `${index}` };
      const keyring = index > KEY_COMMIT ? KEY_COMMIT : 0;
      const payload = Buffer.from(encodeStatement({ index, keyring, changes, keys, ...rest }));
      const signature = sign(null, preAuthEncoding(PAYLOAD_TYPE, payload), key);
      const bytes = encodeEnvelope({ payload, keyId: signer, signature });
      setEntry(paths, index, bytes);
      previous = sha256Hex(bytes);
    };
    for (let index = receipt.index + 1; index < COMMITS; index++) {
      const byAdded = index > KEY_COMMIT && index % 2 === 0;
      append(index, byAdded ? added.privateKey : owner, byAdded ? add.keyId : keyId, index === KEY_COMMIT ? [add] : []);
    }
  }, 60_000);
  afterAll(() => dispose());

  /** Opens the store with no cache, gives it to `check`, and closes it. */
  async function fresh(check: (store: Store) => Promise<void>): Promise<void> {
    rmSync(join(paths.state, 'cache.sqlite'), { force: true });
    const store = await openStore({ paths });
    try {
      await check(store);
    } finally {
      await store.close();
    }
  }

  it('is taken in and verified whole', () =>
    fresh(async (store) => {
      expect((await store.state.status()).head?.index).toBe(COMMITS - 1);
      expect((await store.reader.read('n/2')).row.index).toBe(COMMITS - 2);
      const report = { ok: true, findings: [], checked: { commits: COMMITS, artifacts: 1, bytes: 4 } };
      expect(await store.maintenance.verify({})).toMatchObject(report);
      expect(await store.maintenance.verify({ depth: 'structure' })).toMatchObject({ ok: true });
    }));

  // In the run under way, the one before, and where the newest key commit's run ends.
  it.each([255, 257, KEY_COMMIT, KEY_COMMIT + 1, COMMITS - 1])(
    'ends before commit %i, whose signature is not its own',
    async (index) => {
      const sound = entryOf(paths, index);
      const bytes = Buffer.from(sound);
      bytes.write('AAAA', bytes.indexOf('"sig":"') + 7);
      setEntry(paths, index, bytes);
      try {
        await fresh(async (store) => {
          expect((await store.state.status()).head?.index).toBe(index - 1);
          const { findings } = await store.maintenance.verify({ depth: 'signatures' });
          expect(findings[0]).toMatchObject({ code: 'SIGNATURE_INVALID', where: `log/${index}` });
        });
      } finally {
        setEntry(paths, index, sound);
      }
    },
  );

  it.skipIf(onMemory)('is read once for a rebuild that finds no cache, and again for the next', async () => {
    rmSync(join(paths.state, 'cache.sqlite'), { force: true });
    const engine = openFilesEngine({ storage: paths.storage, gates: paths.state });
    const readRange = engine.log.readRange.bind(engine.log);
    let read = 0;
    engine.log.readRange = async (...range) => {
      const found = await readRange(...range);
      read += found.envelopes.length;
      return found;
    };
    const store = await openOnEngine({ engine, keys: paths.keys, state: paths.state });
    try {
      expect(await store.maintenance.rebuild()).toMatchObject({ commits: COMMITS });
      expect(read).toBeLessThan(COMMITS + 10);
      expect(await store.maintenance.rebuild()).toMatchObject({ commits: COMMITS });
      expect(read).toBeGreaterThanOrEqual(2 * COMMITS);
    } finally {
      await store.close();
    }
  });
});
