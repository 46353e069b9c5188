import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checkHealth } from '../../src/verbs/store/check-health.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { contextAt, installationAt } from '../verbs/context-at.ts';
import {
  author,
  copyOfStorage,
  forget,
  installation,
  losePin,
  open,
  pinFile,
  replaceStorage,
  stolenKeys,
  textOf,
  writeVersions,
} from './stores.ts';

const pinOf = (paths: StorePaths) => JSON.parse(readFileSync(pinFile(paths), 'utf8')) as { index: number };

describe('a receipt that somebody kept elsewhere', () => {
  it('shows what no pin is left to show: both volumes rolled back', async () => {
    const paths = await installation('one');
    const storage = copyOfStorage(paths);
    const keys = readFileSync(pinFile(paths));
    const store = await open(paths);
    const { receipt } = await store.writer.commit(puts({ a: 'two' }));
    expect((await store.maintenance.verify({ expectCommit: receipt.commit })).findings).toEqual([]);
    await store.close();
    replaceStorage(storage, paths);
    forget(paths);
    mkdirSync(paths.state, { mode: 0o700 });
    writeFileSync(pinFile(paths), keys, { mode: 0o600 });

    const rolledBack = await open(paths);
    expect(await rolledBack.reader.read('a')).toMatchObject({ verified: true, notices: [] }); // nothing here can know
    expect((await rolledBack.maintenance.verify({})).ok).toBe(true);
    expect((await rolledBack.maintenance.verify({ expectCommit: receipt.commit })).findings).toMatchObject([
      { code: 'ROLLED_BACK', message: expect.stringContaining(receipt.commit) },
    ]);
  });

  it('names the store it must be', async () => {
    const paths = await installation('one');
    const store = await open(paths);
    const id = (await store.state.status()).store ?? '';
    expect((await store.maintenance.verify({ expectStore: id })).ok).toBe(true);
    expect((await store.maintenance.verify({ expectStore: 'f'.repeat(64) })).findings).toMatchObject([
      { code: 'STORE_FOREIGN' },
    ]);
  });

  it('is in the answer of every read and write', async () => {
    const paths = await installation('one');
    const store = await open(paths);
    const { receipt } = await store.writer.commit(puts({ a: 'two' }));
    const head = (await store.state.status()).head;
    expect({ index: receipt.index, commit: receipt.commit }).toEqual(head);
    expect((await store.reader.read('a')).receipt).toMatchObject({ index: receipt.index, commit: receipt.commit });
  });
});

describe('the pin of an installation that only reads', () => {
  it('follows what others committed, so that a rollback below it is seen', async () => {
    const paths = await installation('one');
    const reader = stolenKeys(paths);
    rmSync(join(reader.keys, `${readdirSync(reader.keys).find((name) => name.endsWith('.key.pem'))}`));
    const older = copyOfStorage(paths);
    await writeVersions(paths, 'two');
    const store = await open(reader);
    expect(textOf(await store.reader.read('a'))).toBe('two');
    await store.close();
    expect(pinOf(reader).index).toBe(2);
    replaceStorage(older, paths);
    const again = await open(reader);
    expect((await again.reader.read('a')).notices).toMatchObject([{ code: 'ROLLED_BACK' }]);
  });

  it('is not written where nothing says whose store it is', async () => {
    const paths = await installation('one');
    rmSync(paths.keys, { recursive: true });
    forget(paths);
    const store = await open(paths);
    await store.reader.read('a');
    await store.close();
    expect([existsSync(paths.keys), existsSync(paths.state)]).toEqual([false, false]);
  });
});

/** Runs as a user who may not write what root may: the tests may run as root, whom no mode stops. */
async function asOrdinaryUser<T>(paths: StorePaths, work: () => Promise<T>): Promise<T> {
  const uid = 65_534;
  if (process.geteuid?.() !== 0) return work();
  for (const name of readdirSync(paths.root, { recursive: true })) chownSync(join(paths.root, String(name)), uid, uid);
  chownSync(paths.root, uid, uid);
  process.seteuid?.(uid);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

it.skipIf(process.platform === 'win32')(
  'state/ that cannot be written: no pin, the store works, and health says so',
  async () => {
    const paths = await installation('one');
    losePin(paths);
    chmodSync(paths.state, 0o500);
    onTestFinished(() => chmodSync(paths.state, 0o700));
    await asOrdinaryUser(paths, async () => {
      const store = await openStore({ paths });
      try {
        const { receipt } = await store.writer.commit(puts({ a: 'two' }));
        expect(await store.reader.read('a')).toMatchObject({ verified: true, receipt: { index: receipt.index } });
        const report = await checkHealth(contextAt({ store: async () => store, installation: installationAt(paths) }));
        expect(report.checks.find(({ name }) => name === 'pin')).toMatchObject({
          message: 'no pin here; the store is known by its key',
        });
        const warned = expect.arrayContaining([
          expect.objectContaining({
            code: 'PIN_NOT_WRITTEN',
            message: expect.stringContaining('the pin cannot be written'),
          }),
        ]);
        await vi.waitFor(async () => expect((await store.state.status()).notices).toEqual(warned), {
          timeout: 30_000,
        });
      } finally {
        await store.close();
      }
      expect(existsSync(pinFile(paths))).toBe(false);
    });
  },
);

it.skipIf(process.platform === 'win32')('keys mounted read-only: the pin works', async () => {
  const paths = await installation('one');
  chmodSync(paths.keys, 0o500);
  onTestFinished(() => chmodSync(paths.keys, 0o700));
  await asOrdinaryUser(paths, async () => {
    const store = await openStore({ paths });
    const { receipt } = await store.writer.commit(puts({ a: 'two' }));
    await store.close();
    expect(pinOf(paths).index).toBe(receipt.index);
  });
});

it('an author is a claim: whoever says he is the owner is still only the key that signed', async () => {
  const paths = await installation('one');
  const store = await open(paths);
  const id = (await store.state.status()).signingKey;
  const { receipt } = await store.writer.commit({
    ...puts({ a: 'two' }),
    author: { ...author, name: 'the owner himself' },
  });
  expect(receipt.keyId).toBe(id);
});
