import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { isStoreError } from '../../src/core/errors.ts';
import { newSeed } from '../../src/keys/ed25519.ts';
import { signingKeyOf } from '../../src/keys/signing-key.ts';
import { IN_PLACE_OF_A_FILE, snapshot } from '../engine/files/attacks.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { puts } from '../store/temporary-var.ts';
import { author, installation, logFile, makePaths, open, replaceStorage, textOf } from './stores.ts';

const SLOW = process.env['SLOW'] === '1';

function cacheFile({ state }: StorePaths): string {
  return join(state, 'cache.sqlite');
}

/** Runs SQL on the cache of an installation, with every guard of SQLite off, while no process has it open. */
function tamper(paths: StorePaths, sql: string): void {
  const cache = new Database(cacheFile(paths));
  try {
    cache.unsafeMode(true);
    cache.pragma('writable_schema = ON');
    expect(cache.exec(sql).open).toBe(true);
  } finally {
    cache.close();
  }
}

/** Changes the words of the schema, not the rows. */
const schema = (table: string, from: string, to: string) =>
  `UPDATE sqlite_schema SET sql = replace(sql, '${from}', '${to}') WHERE name = '${table}'`;

/** What this program does not write: it is seen as such when it is read, and made again from the log. */
const FORMS: Readonly<Record<string, string>> = {
  // the schema
  'a column with another type': schema('heads', 'version       INTEGER NOT NULL', 'version       TEXT NOT NULL'),
  'a column that may be empty': schema('versions', 'digest        TEXT NOT NULL', 'digest        TEXT'),
  'a table that is not strict': schema('commits', ' STRICT', ''),
  'a column that is computed': schema(
    'heads',
    'size          INTEGER NOT NULL',
    'size INTEGER AS (version * 9) STORED',
  ),
  'an index that is gone': 'DROP INDEX versions_by_digest',
  'an index of another column': 'DROP INDEX versions_by_digest; CREATE INDEX versions_by_digest ON versions (time)',
  'an index more': 'CREATE UNIQUE INDEX one ON heads (action, digest)',
  'a table that is gone': 'DROP TABLE purges',
  'a table without its rules': 'DROP TABLE heads; CREATE TABLE heads AS SELECT * FROM versions',
  // triggers and views
  'a trigger that forgets':
    'CREATE TRIGGER t AFTER INSERT ON versions BEGIN DELETE FROM versions WHERE version = 1; END',
  'a trigger that changes': "CREATE TRIGGER t AFTER INSERT ON heads BEGIN UPDATE heads SET digest = 'x'; END",
  'a trigger that refuses': "CREATE TRIGGER t BEFORE INSERT ON commits BEGIN SELECT RAISE(ABORT, 'no'); END",
  'a view in the place of the versions': 'ALTER TABLE versions RENAME TO v; CREATE VIEW versions AS SELECT * FROM v',
  'a view without an end':
    'DROP TABLE heads; CREATE VIEW heads AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS name, v.version, idx, action, digest, size, media_type, restored_from, id, key_id, time, message, author, flaw FROM r, versions v',
  'a virtual table': 'DROP TABLE purges; CREATE VIRTUAL TABLE purges USING fts5(digest, idx, key_id, size, reason)',
  // types and values
  'a version below zero': 'UPDATE heads SET version = -1',
  'a version beyond what a number can say': 'UPDATE heads SET version = 9007199254740993',
  'a place beyond every log': 'UPDATE heads SET idx = 999999999',
  'a size beyond what a number can say': 'UPDATE versions SET size = 9223372036854775807',
  'a digest in capitals': 'UPDATE heads SET digest = upper(digest)',
  'a digest with a path in it': "UPDATE heads SET digest = '../../../' || substr(digest, 10)",
  'a commit that is no hash': "UPDATE commits SET id = 'x' || idx",
  'a name that is a path': "UPDATE heads SET name = '../a'",
  'an author with more in it': 'UPDATE heads SET author = \'{"name":1}\'',
  'an author that is no JSON': 'UPDATE heads SET author = char(0)',
  'a signer of key changes that is none': "UPDATE key_commits SET signer = ''",
  'key changes of another form': 'UPDATE key_commits SET keys = \'{"action":"add"}\'',
  // rows
  'heads that are gone': 'DELETE FROM heads',
  'versions that are gone': 'DELETE FROM versions',
  'commits that are gone': 'DELETE FROM commits WHERE idx > 0',
  'a commit in the middle that is gone': 'DELETE FROM commits WHERE idx = 1',
  'key changes that are gone': 'DELETE FROM key_commits',
  'a commit more': `INSERT INTO commits VALUES (3, '${'a'.repeat(64)}')`,
};

describe('a cache in state/ that is right in form', () => {
  it('and lacks the newest change of keys gives no key its rights back', async () => {
    const paths = await installation('one');
    const store = await open(paths);
    const { keyId, spki } = await signingKeyOf(newSeed());
    await store.keys.trust({ author, spki: Buffer.from(spki, 'base64'), label: 'b', role: 'writer' });
    await store.keys.revoke({ author, keyId, reason: 'stolen' });
    await store.close();
    tamper(paths, 'DELETE FROM key_commits WHERE idx = (SELECT max(idx) FROM key_commits)');
    const { keys } = await (await open(paths)).state.status();
    expect(keys.map((key) => [key.keyId === keyId, key.state])).toContainEqual([true, 'revoked']);
  });

  it('and stands at a commit that the log does not have is about another log', async () => {
    const paths = await installation('one', 'two');
    const before = await open(paths);
    const { head } = await before.state.status();
    await before.close();
    tamper(paths, `UPDATE commits SET id = '${'a'.repeat(64)}' WHERE idx = (SELECT max(idx) FROM commits)`);
    expect((await (await open(paths)).state.status()).head).toEqual(head);
  });
});

describe('a cache in state/ of another form', () => {
  it.each(Object.entries(FORMS))('(%s) is made again from the log', async (_, sql) => {
    const paths = await installation('one', 'two');
    tamper(paths, sql);
    const store = await open(paths);
    expect(textOf(await store.reader.read('a'))).toBe('two');
    expect(textOf(await store.reader.read('a', 1))).toBe('one');
    const versions = await store.reader.versions('a', { limit: 9 });
    expect(versions.items.map(({ version, verdict }) => [version, verdict])).toEqual([
      [2, 'ok'],
      [1, 'ok'],
    ]);
    expect(await store.reader.heads({ limit: 9 })).toMatchObject({ items: [{ name: 'a', version: 2 }], total: 1 });
    expect((await store.state.status()).keys).toMatchObject([{ state: 'active', role: 'owner' }]);
    expect((await store.writer.commit(puts({ a: 'three' }))).versions).toMatchObject([{ version: 3 }]);
    expect((await store.maintenance.verify({})).findings).toEqual([]);
    await store.close();
    expect(textOf(await (await open(paths)).reader.read('a'))).toBe('three');
  });
});

/** Values that could be true, and are not: what is signed on them is compared with the log before. */
const VALUES: Readonly<Record<string, string>> = {
  version: 'version = version + 5',
  'version 0': 'version = 0',
  digest: `digest = '${sha256Hex('one')}', size = 3`,
  'digest of nothing': `digest = '${'b'.repeat(64)}'`,
  size: 'size = size + 1',
  action: "action = 'delete'",
  'media type': "media_type = 'application/json'",
  index: 'idx = 1',
  commit: `id = '${'c'.repeat(64)}'`,
};

describe('a cache in state/ that tells believable lies', () => {
  it.each(Object.entries(VALUES))('(%s) has nothing false signed', async (_, change) => {
    for (const table of [['heads'], ['heads', 'versions']]) {
      const paths = await installation('one', 'two');
      for (const name of table)
        tamper(paths, `UPDATE OR IGNORE ${name} SET ${change} WHERE name = 'a' AND version = 2`);
      const store = await open(paths);
      for (const changes of [
        puts({ a: 'three' }).changes,
        [{ action: 'restore', name: 'a', version: 1 } as const],
        [{ action: 'restore', name: 'a', version: 2 } as const],
        [{ action: 'delete', name: 'a' } as const],
      ])
        await store.writer.commit({ changes, message: '', author }).catch((error: unknown) => {
          if (!isStoreError(error) || error.code === 'INTERNAL') throw error;
        });
      await store.close();
      rmSync(paths.state, { recursive: true });
      const again = await open(paths);
      expect((await again.maintenance.verify({})).findings).toEqual([]);
      expect((await again.reader.versions('a', { limit: 9 })).items.every(({ verdict }) => verdict === 'ok')).toBe(
        true,
      );
    }
  });
});

describe('a file in the place of the cache', () => {
  it.each(Object.entries(IN_PLACE_OF_A_FILE))('%s is neither followed nor waited for', async (_, plant) => {
    for (const suffix of ['', '-wal', '-shm', '-journal']) {
      const paths = await installation('one', 'two');
      const outside = join(paths.root, 'outside');
      mkdirSync(outside);
      plant(`${cacheFile(paths)}${suffix}`, outside);
      const before = snapshot(outside);
      const store = await open(paths);
      expect(textOf(await store.reader.read('a'))).toBe('two');
      await store.writer.commit(puts({ a: 'three' }));
      expect(textOf(await store.reader.read('a'))).toBe('three');
      expect((await store.maintenance.verify({})).ok).toBe(true);
      await store.close();
      expect(snapshot(outside)).toEqual(before);
    }
  });

  it('the cache of another store, and of an older state of this one, are not believed', async () => {
    const other = await installation('forged', 'forged again', 'and again');
    const paths = await installation('one');
    const older = readFileSync(cacheFile(paths));
    const store = await open(paths);
    await store.writer.commit(puts({ a: 'two', b: 'other' }));
    await store.close();
    for (const cache of [readFileSync(cacheFile(other)), older]) {
      writeFileSync(cacheFile(paths), cache);
      const again = await open(paths);
      expect(textOf(await again.reader.read('a'))).toBe('two');
      expect((await again.reader.heads({ limit: 9 })).total).toBe(2);
      await again.close();
    }
  });

  it('a journal of another database is not played into it', async () => {
    const other = await makePaths();
    const open2 = await openStore({ paths: other });
    await open2.writer.commit(puts({ a: 'forged', b: 'forged' }));
    await open2.reader.heads({ limit: 9 });
    const wal = readFileSync(`${cacheFile(other)}-wal`);
    await open2.close();
    expect(wal.length).toBeGreaterThan(0);
    for (const name of ['-wal', '-journal']) {
      const paths = await installation('one', 'two');
      writeFileSync(`${cacheFile(paths)}${name}`, wal);
      const store = await open(paths);
      expect(textOf(await store.reader.read('a'))).toBe('two');
      expect((await store.reader.heads({ limit: 9 })).total).toBe(1);
      expect((await store.maintenance.verify({})).ok).toBe(true);
    }
  });

  it('says nothing of a log that is another: what was seen decides', async () => {
    const paths = await installation('one', 'two');
    const other = await installation('forged');
    replaceStorage(other.storage, paths);
    copyFileSync(cacheFile(other), cacheFile(paths));
    const store = await open(paths);
    expect((await store.reader.read('a')).verified).toBe(false);
    expect(existsSync(logFile(paths, 2))).toBe(false);
  });
});

it('a cache with any bytes changed, or cut anywhere: bytes are those of their address, and what is signed is sound', async () => {
  const original = await installation('one', 'two', 'three');
  const size = statSync(cacheFile(original)).size;
  const pristine = new Map(
    ['cache.sqlite', 'pin.json'].map((name) => [name, readFileSync(join(original.state, name))]),
  );
  const log = readdirSync(join(original.storage, 'log/000/000')).length;
  const changes = fc.array(fc.record({ at: fc.nat(size - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(changes, fc.option(fc.nat(size)), async (bytes, cut) => {
      for (const [name, content] of pristine) writeFileSync(join(original.state, name), content);
      for (const suffix of ['-wal', '-shm', '-journal']) rmSync(`${cacheFile(original)}${suffix}`, { force: true });
      for (let index = log; existsSync(logFile(original, index)); index++) rmSync(logFile(original, index));
      const damaged = Buffer.from(pristine.get('cache.sqlite') ?? '');
      for (const { at, byte } of bytes) damaged[at] = byte;
      writeFileSync(cacheFile(original), damaged);
      if (cut !== null) truncateSync(cacheFile(original), cut);
      const store = await openStore({ paths: original });
      try {
        for (const ask of [
          () => store.reader.heads({ limit: 9 }),
          () => store.reader.versions('a', { limit: 9 }),
          () => store.state.status(),
          () => store.writer.commit(puts({ a: 'four' })),
        ])
          await ask().catch((error: unknown) => {
            if (!isStoreError(error) || error.code === 'INTERNAL') throw error;
          });
        for (const version of [undefined, 1, 2, 3])
          await store.reader.read('a', version).then(
            ({ bytes: read, row }) => expect(sha256Hex(read)).toBe(row.digest),
            (error: unknown) => expect(isStoreError(error) && error.code).toMatch(/^(?!INTERNAL)/),
          );
        expect((await store.maintenance.verify({})).findings.filter(({ severity }) => severity === 'error')).toEqual(
          [],
        );
      } finally {
        await store.close();
      }
    }),
    { numRuns: SLOW ? 2_000 : 40 },
  );
});
