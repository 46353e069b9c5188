import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { author, installation, open, textOf, walked } from './stores.ts';

/** Somebody who writes cache.sqlite, while no process has it open. */
function tamper({ storage }: StorePaths, sql: string): void {
  const cache = new Database(join(storage, 'cache.sqlite'));
  try {
    expect(cache.exec(sql).open).toBe(true);
  } finally {
    cache.close();
  }
}

/** The head row of `a` says what its version 1 says, and version 1 only. */
const OLDER_HEAD = `
  DELETE FROM heads WHERE name = 'a';
  INSERT INTO heads SELECT * FROM versions WHERE name = 'a' AND version = 1`;

describe('a cache row that points at an older version', () => {
  it('is not the newest once the chain was walked: the read answers from the log, and the cache is rebuilt', async () => {
    const paths = await installation('one', 'two', 'three');
    tamper(paths, `${OLDER_HEAD}; DELETE FROM versions WHERE version > 1`);
    const store = await open(paths);
    const early = await store.reader.read('a');
    // Before the walk the receipt says that only the cache vouches for "newest"; afterwards the log does.
    expect(textOf(early) === 'three' || early.receipt.freshness === 'cache').toBe(true);
    await walked(store);
    const read = await store.reader.read('a');
    expect([textOf(read), read.row.version, read.receipt.freshness]).toEqual(['three', 3, 'log']);
    expect((await store.reader.versions('a', { limit: 9 })).total).toBe(3);
  });

  it.each([
    ['the digest of another version', 'UPDATE heads SET digest = (SELECT digest FROM versions WHERE version = 1)'],
    ['a higher version', 'UPDATE heads SET version = 7'],
    ['that it is a deletion', "UPDATE heads SET action = 'delete'"],
  ])('with %s: nothing is signed on it', async (_what, sql) => {
    const paths = await installation('one', 'two');
    tamper(paths, sql);
    const store = await open(paths);
    const { versions } = await store.writer.commit(puts({ a: 'one' }));
    expect(versions[0]).toMatchObject({ version: 3, created: true });
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('never makes a write take the older version for the newest', async () => {
    const paths = await installation('one', 'two');
    tamper(paths, OLDER_HEAD);
    const store = await open(paths);
    await walked(store);
    const { versions } = await store.writer.commit(puts({ a: 'three' }));
    expect(versions[0]?.version).toBe(3);
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });
});

describe('a cache row that says something else than the log', () => {
  it.each([
    ['the digest of another version', 'UPDATE %t SET digest = (SELECT digest FROM versions WHERE version = 1)'],
    ['another commit', 'UPDATE %t SET idx = 1, id = (SELECT id FROM commits WHERE idx = 1)'],
    ['another key', `UPDATE %t SET keyid = '${'f'.repeat(64)}'`],
    ['another message', "UPDATE %t SET message = 'approved by the owner'"],
    ['another size', 'UPDATE %t SET size = 1'],
    ['that it is a deletion', "UPDATE %t SET action = 'delete'"],
  ])('(%s) is found by the read itself, and mended', async (_what, sql) => {
    const paths = await installation('one', 'two');
    for (const table of ['heads', 'versions']) tamper(paths, `${sql.replace('%t', table)} WHERE version = 2`);
    const faults: string[] = [];
    const store = await open(paths, { observer: { fault: ({ message }) => faults.push(message) } });
    const read = await store.reader.read('a');
    expect([textOf(read), read.row.message, read.verified]).toEqual(['two', 'test', true]);
    expect(faults).toEqual([expect.stringContaining('disagrees with the log')]);
    await store.close();
    const again = await open(paths, { observer: { fault: ({ message }) => faults.push(message) } });
    expect(textOf(await again.reader.read('a', 2))).toBe('two');
    expect(faults).toHaveLength(1);
  });
});

describe('a cache that hides', () => {
  it('a config: the log says that it is there', async () => {
    const paths = await installation('one');
    tamper(paths, 'DELETE FROM heads; DELETE FROM versions');
    const store = await open(paths);
    await walked(store);
    expect(textOf(await store.reader.read('a'))).toBe('one');
    expect((await store.reader.heads({ limit: 9 })).total).toBe(1);
  });

  it('the newest commits: they are absorbed again', async () => {
    const paths = await installation('one', 'two', 'three');
    tamper(paths, `DELETE FROM commits WHERE idx > 1; DELETE FROM versions WHERE idx > 1; ${OLDER_HEAD}`);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('three');
  });

  it('a revocation: the keyring comes from the log alone', async () => {
    const paths = await installation('one');
    const store = await open(paths);
    const first = (await store.state.status()).signingKey ?? '';
    const { keyId } = await store.keys.rotate({ author, label: 'second' });
    await store.writer.commit(puts({ a: 'two' }));
    await store.keys.rotate({ author, label: 'third' });
    await store.keys.revoke({ author, keyId: keyId, fromIndex: 5, reason: 'stolen' });
    const { keys } = await store.state.status();
    expect(keys.map(({ keyId: id, state }) => [id === first, state])).toEqual([
      [true, 'retired'],
      [false, 'revoked'],
      [false, 'active'],
    ]);
    await store.close();
    // Every row of the newest commits goes, and the cache says that the log ends before them.
    tamper(paths, 'DELETE FROM commits WHERE idx > 2; DELETE FROM versions WHERE idx > 2');
    expect((await (await open(paths)).state.status()).keys).toEqual(keys);
  });

  it('a purge: the bytes stay away', async () => {
    const paths = await installation('one', 'two');
    const store = await open(paths);
    const { digest } = (await store.reader.read('a', 1)).row;
    await store.writer.commit({ changes: [{ action: 'purge', digest, reason: 'a token' }], message: '', author });
    await store.close();
    tamper(paths, 'DELETE FROM purges');
    const again = await open(paths);
    expect(await refusal(again.reader.read('a', 1))).toMatchObject({
      code: expect.stringMatching(/^(PURGED|CORRUPT)$/),
    });
  });
});
