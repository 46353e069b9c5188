import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Advice } from '../../src/core/advice.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { isStoreError, type StoreError } from '../../src/core/errors.ts';
import { realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import type { Store } from '../../src/store/api/store.ts';
import { entryOf, logFile, replaceStorage, setArtifact, setEntry } from './damage.ts';
import {
  loseStorage,
  type OpenOptions,
  onMemory,
  onPostgres,
  openStore,
  otherNotices,
  type StorePaths,
} from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

const isRoot = process.getuid?.() === 0;
const NOBODY = '65534';

/** Every file with its mode and content, but the cache and the locks of the write gate: what must not change. */
function snapshot(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(cache|mirror)\.sqlite|\/gate-/.test(path));
  return Object.fromEntries(
    files.map((path) => [
      relative(root, path),
      `${(statSync(path).mode & 0o777).toString(8)} ${sha256Hex(readFileSync(path))}`,
    ]),
  );
}

async function errorOf(run: () => Promise<unknown>): Promise<StoreError> {
  try {
    await run();
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what bad state gets', () => {
  let paths: StorePaths;
  let dispose: () => Promise<void>;
  let keyFile: string;
  const opened: Store[] = [];

  beforeEach(async () => {
    ({ paths, dispose } = await makeVar());
    const store = await openStore({ paths });
    for (const text of ['one', 'two', 'three']) await store.writer.commit(puts({ a: text }));
    await store.close();
    keyFile = join(paths.keys, readdirSync(paths.keys).find((name) => name.endsWith('.key.pem')) ?? '');
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    await dispose();
  });

  const open = async (options: Partial<OpenOptions> = {}): Promise<Store> => {
    const store = await openStore({ paths, ...options });
    opened.push(store);
    return store;
  };
  const write = async (store: Store, name = 'b') =>
    store.writer.commit(puts({ [name]: 'content-that-no-error-quotes' }));
  const rewrite = (path: string, change: (bytes: Buffer) => Buffer) => {
    const bytes = readFileSync(path);
    chmodSync(path, 0o644);
    writeFileSync(path, change(bytes));
  };

  /** The error has its code, says what is wrong and what to do, quotes no content, and left everything as it was. */
  const refused = async (
    run: () => Promise<unknown>,
    code: string,
    message: RegExp,
    hint: RegExp,
    advice?: Advice['do'],
  ): Promise<void> => {
    const before = snapshot(paths.root);
    const error = await errorOf(run);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
    if (advice !== undefined) expect(error.advice.map((one) => one.do)).toContain(advice);
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.details)}`).not.toContain('content-that');
    expect(snapshot(paths.root)).toEqual(before);
  };
  const loseCache = () => {
    for (const file of readdirSync(paths.state).filter((name) => name.startsWith('cache')))
      rmSync(join(paths.state, file));
  };

  const restoreOf = (store: Store, version: number) =>
    store.writer.commit({ ...puts({}), changes: [{ action: 'restore', name: 'a', version }] });
  const copied = async (store: Store) => {
    for await (const _ of store.maintenance.contents());
  };

  const asUser = (uid: string): Record<'open' | 'read' | 'write', { code: string; message: string; hint: string }> => {
    const script = fileURLToPath(new URL('as-user.ts', import.meta.url));
    const { stdout, stderr } = spawnSync(process.execPath, [script, paths.root, uid], { encoding: 'utf8' });
    expect(stderr).toBe('');
    return JSON.parse(stdout) as ReturnType<typeof asUser>;
  };

  it.skipIf(onMemory)('a storage folder that cannot be read: STORE_UNREADABLE', () => {
    const before = snapshot(paths.root);
    chmodSync(paths.root, 0o755);
    chmodSync(paths.storage, 0o000);
    const said = asUser(isRoot ? NOBODY : '');
    chmodSync(paths.storage, 0o700);
    for (const one of [said.open, said.read, said.write])
      expect(one).toMatchObject({ code: 'STORE_UNREADABLE', message: expect.stringContaining(paths.storage) });
    expect(snapshot(paths.root)).toEqual(before);
  });

  it.skipIf(onMemory)(
    'a var folder of another user: STORE_UNREADABLE, with both users and the chown that mends it',
    (context) => {
      if (!isRoot) return context.skip('only root can become another user');
      const before = snapshot(paths.root);
      const said = asUser(NOBODY);
      expect(said.open).toMatchObject({
        code: 'STORE_UNREADABLE',
        message: expect.stringMatching(/uid 65534.*uid 0/),
        hint: expect.stringContaining(`chown -R ${NOBODY}:${NOBODY} ${paths.root}`),
      });
      expect(said.write.code).toBe('STORE_UNREADABLE');
      expect(snapshot(paths.root)).toEqual(before);
    },
  );

  it('a key file that others can read: KEY_PERMISSIONS, with the chmod; reading goes on', async () => {
    chmodSync(keyFile, 0o644);
    const store = await open();
    await refused(() => write(store), 'KEY_PERMISSIONS', /others/, /chmod 600 /);
    expect((await store.reader.read('a')).verified).toBe(true);
    chmodSync(keyFile, 0o600);
    await write(store);
  });

  it('no key while a log exists: KEY_MISSING; reading goes on', async () => {
    renameSync(keyFile, `${keyFile}.elsewhere`);
    const store = await open();
    await refused(() => write(store), 'KEY_MISSING', /no private key/, /backup/);
    expect((await store.reader.read('a')).verified).toBe(true);
  });

  it('a corrupt artifact: CORRUPT for that version only; putting the bytes again mends it', async () => {
    setArtifact(paths, 'three', 'thr33');
    const store = await open();
    await refused(() => store.reader.read('a'), 'CORRUPT', /bytes/, /again|backup/);
    expect(Buffer.from((await store.reader.read('a', 2)).bytes).toString()).toBe('two');
    await write(store);
    expect(await store.maintenance.verify({})).toMatchObject({ ok: false, findings: [{ code: 'CORRUPT' }] });
    await store.writer.commit(puts({ a: 'three' }));
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('three');
    expect((await store.maintenance.verify({})).findings).toEqual([]);
  });

  it('a missing artifact: CORRUPT', async () => {
    setArtifact(paths, 'three', undefined);
    const store = await open();
    await refused(() => store.reader.read('a'), 'CORRUPT', /missing/, /backup/);
  });

  it('a corrupt envelope below the newest: no proof of it is given, no backup made, and verify names it', async () => {
    setEntry(paths, 2, entryOf(paths, 2).subarray(0, -10));
    const store = await open();
    await refused(() => store.reader.exportVersion('a', 2), 'CORRUPT', /commit 2/, /backup/, 'verify');
    await refused(() => restoreOf(store, 2), 'CORRUPT', /commit 2/, /backup/, 'verify');
    await refused(() => copied(store), 'CORRUPT', /commit 2/, /backup/, 'verify');
    const { items } = await store.reader.versions('a', { limit: 9 });
    expect(items.map(({ verdict }) => verdict)).toEqual(['ok', 'corrupt', 'ok']);
    expect(await store.maintenance.verify({})).toMatchObject({
      ok: false,
      findings: [{ where: 'log/2', code: 'CORRUPT' }],
    });
    // This installation verified all three when they were made: what it answers is what was signed.
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('three');
    expect(Buffer.from((await store.reader.read('a', 2)).bytes).toString()).toBe('two');
  });

  it('a corrupt envelope below the newest, and no cache: CORRUPT, never an older version as the newest', async () => {
    setEntry(paths, 2, entryOf(paths, 2).subarray(0, -10));
    loseCache();
    const store = await open();
    await refused(() => write(store), 'CORRUPT', /index 2/, /before it/, 'repair');
    await refused(() => store.reader.read('a'), 'CORRUPT', /index 2/, /before it/, 'verify');
    expect(Buffer.from((await store.reader.read('a', 1)).bytes).toString()).toBe('one');
    expect((await store.maintenance.verify({})).findings).toContainEqual(
      expect.objectContaining({ where: 'log/2', code: 'CORRUPT' }),
    );
  });

  it('a corrupt first envelope, and no cache: CORRUPT, and nobody is told to begin another store', async () => {
    setEntry(paths, 0, entryOf(paths, 0).subarray(0, -10));
    loseCache();
    const store = await open();
    await refused(() => store.reader.read('a'), 'CORRUPT', /index 0/, /./, 'verify');
    await refused(() => store.reader.heads({ limit: 1 }), 'CORRUPT', /index 0/, /./, 'verify');
    await refused(() => write(store), 'CORRUPT', /index 0/, /./);
  });

  it('a rolled-back volume: ROLLED_BACK for writes, reads say so and are not verified', async () => {
    const store = await openStore({ paths });
    await store.writer.commit(puts({ a: 'four' }));
    await store.close();
    setEntry(paths, 4, undefined);
    const after = await open();
    const message = /commit 4 .* was seen here before/;
    await refused(() => write(after), 'ROLLED_BACK', message, /a person decides/, 'accept-rollback');
    const read = await after.reader.read('a');
    expect(read).toMatchObject({ row: { version: 3 }, verified: false, notices: [{ code: 'ROLLED_BACK' }] });
    expect((await after.maintenance.verify({})).findings).toMatchObject([{ code: 'ROLLED_BACK' }]);
  });

  it('a rewritten log of our own key and length: ROLLED_BACK all the same', async () => {
    setEntry(paths, 3, undefined);
    const keys = join(paths.root, 'stolen-keys');
    cpSync(paths.keys, keys, { recursive: true });
    chmodSync(keys, 0o700);
    rmSync(join(keys, 'pin.json'));
    const thief = await openStore({ paths: { ...paths, keys, state: join(paths.root, 'thief') } });
    await thief.writer.commit(puts({ a: 'another three' }));
    await thief.close();
    const write3 = async () => write(await open());
    await refused(write3, 'ROLLED_BACK', /was seen here before/, /a person decides/, 'accept-rollback');
  });

  it('a foreign store: STORE_FOREIGN for writes, reads are not verified', async () => {
    const other = await makeVar();
    const theirs = await openStore({ paths: other.paths });
    await theirs.writer.commit(puts({ a: 'theirs' }));
    await theirs.close();
    replaceStorage(other.paths.storage, paths);
    await other.dispose();
    const store = await open();
    await refused(() => write(store), 'STORE_FOREIGN', /not this installation's/, /Mount/, 'set');
    expect(await store.reader.read('a')).toMatchObject({
      verified: false,
      notices: [{ code: 'STORE_FOREIGN' }],
    });
  });

  const bringBack = onPostgres ? /Give the address of the storage/ : /Mount the storage/;

  it('storage missing beside a key: STORE_MISSING, never a silent new store', async () => {
    loseStorage(paths.storage);
    const store = await open();
    await refused(() => write(store), 'STORE_MISSING', /no store/, bringBack, 'make-new-store');
    await refused(
      () =>
        store.drafts.save({
          name: 'd',
          bytes: Buffer.from('x'),
          mediaType: 'text/plain',
          message: '',
          author: { name: 't', version: '1', via: 'cli' },
          baseVersion: 0,
        }),
      'STORE_MISSING',
      /no store/,
      bringBack,
      'make-new-store',
    );
    expect(existsSync(paths.storage)).toBe(false);
  });

  it('storage missing beside a pin: STORE_MISSING', async () => {
    loseStorage(paths.storage);
    for (const file of readdirSync(paths.keys).filter((name) => name.endsWith('.pem'))) rmSync(join(paths.keys, file));
    await refused(async () => write(await open()), 'STORE_MISSING', /no store/, bringBack, 'make-new-store');
  });

  it.skipIf(onMemory)(
    'a volume without hard links: STORE_UNSUPPORTED with the way out, before anything is signed',
    async () => {
      const made = await makeVar();
      try {
        const disk = new Durable({
          ...realDisk,
          link: () => {
            throw Object.assign(new Error('EPERM: no hard links here'), { code: 'EPERM', syscall: 'link' });
          },
        });
        const store = await openStore({ paths: made.paths, disk });
        const error = await errorOf(() => write(store));
        expect(error).toMatchObject({
          code: 'STORE_UNSUPPORTED',
          message: expect.stringContaining('hard links'),
          hint: expect.stringContaining('named volume'),
        });
        await store.close();
        expect(existsSync(made.paths.keys)).toBe(false);
        expect(existsSync(logFile(made.paths.storage, 0))).toBe(false);
      } finally {
        await made.dispose();
      }
    },
  );

  it.each([
    ['no commit at all', Buffer.from('garbage')],
    ['empty', Buffer.alloc(0)],
    ['over 1 MiB', Buffer.alloc(1_048_577, 0x7b)],
  ])(
    'garbage after the newest commit (%s): reads go on with a warning, writes are CORRUPT and name the repair',
    async (_, garbage) => {
      setEntry(paths, 4, garbage);
      const store = await open();
      const read = await store.reader.read('a');
      expect(Buffer.from(read.bytes).toString()).toBe('three');
      expect(read.notices).toMatchObject([{ code: 'CORRUPT' }]);
      await refused(() => write(store), 'CORRUPT', /index 4/, /before it/, 'repair');
    },
  );

  it('a gap in the log: CORRUPT, never an older version as the newest', async () => {
    setEntry(paths, 2, undefined);
    const store = await open(); // its cache knows what was verified
    await refused(() => write(store), 'CORRUPT', /commit 2 is missing/, /backup/, 'verify');
    expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('three');
    await refused(() => store.reader.exportVersion('a', 2), 'CORRUPT', /commit 2 is missing/, /backup/, 'verify');
    await refused(() => restoreOf(store, 2), 'CORRUPT', /commit 2 is missing/, /backup/, 'verify');
    await refused(() => copied(store), 'CORRUPT', /commit 2 is missing/, /backup/, 'verify');
    await refused(() => store.maintenance.rebuild().then(() => write(store)), 'CORRUPT', /2/, /backup/);
    loseCache();
    const other = await open();
    for (const run of [() => write(other), () => other.reader.read('a')])
      await refused(run, 'CORRUPT', /commit 2 is missing/, /backup/, 'verify');
    for (const each of [store, other])
      expect((await each.maintenance.verify({})).findings).toContainEqual(
        expect.objectContaining({ code: 'CORRUPT', where: 'log/2' }),
      );
  });

  it('a cache of a newer version: left alone, and everything works without it', async () => {
    const path = join(paths.state, 'cache.sqlite');
    const cache = new Database(path);
    cache.pragma('user_version = 999');
    cache.close();
    const before = readFileSync(path);
    const store = await open();
    expect((await store.reader.read('a')).verified).toBe(true);
    await write(store);
    expect(otherNotices((await store.state.status()).notices)).toMatchObject([
      { code: 'CACHE_IN_MEMORY', message: expect.stringContaining('newer release') },
    ]);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ['garbage', Buffer.from('this is not SQLite')],
    ['empty', Buffer.alloc(0)],
  ])('a cache file that is %s: built anew', async (_, bytes) => {
    loseCache();
    writeFileSync(join(paths.state, 'cache.sqlite'), bytes);
    const store = await open();
    expect((await store.reader.read('a')).verified).toBe(true);
    expect((await store.reader.heads({ limit: 10 })).total).toBe(1);
  });

  it.skipIf(onMemory)('a cache in storage/ that lies: what this installation verified answers', async () => {
    const planted = join(paths.storage, 'cache.sqlite');
    cpSync(join(paths.state, 'cache.sqlite'), planted);
    const cache = new Database(planted);
    cache.exec(
      "UPDATE heads SET version = 2, digest = (SELECT digest FROM versions WHERE name = 'a' AND version = 2), idx = 2",
    );
    cache.close();
    for (const withCache of [true, false]) {
      if (!withCache) loseCache();
      const store = await open();
      expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('three');
    }
  });

  it.skipIf(onMemory)('a store of a newer release: STORE_NEWER at open', async () => {
    rewrite(join(paths.storage, 'format'), () => Buffer.from('mcp-config-store 2\n'));
    await refused(open, 'STORE_NEWER', /format 2/, /newer release/, 'upgrade');
  });

  it.skipIf(onMemory)('a folder of something else: CORRUPT at open', async () => {
    rewrite(join(paths.storage, 'format'), () => Buffer.from('something else\n'));
    await refused(open, 'CORRUPT', /format/, /another folder/, 'set');
  });

  describe('on a file system of its own', () => {
    let mounted: string | undefined;

    beforeEach(() => {
      const point = join(paths.root, 'mounted');
      mkdirSync(point);
      mounted =
        isRoot &&
        process.platform === 'linux' &&
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', point]).status === 0
          ? point
          : undefined;
      if (mounted !== undefined) {
        cpSync(paths.storage, join(mounted, 'storage'), { recursive: true });
        paths = { ...paths, storage: join(mounted, 'storage') };
      }
    });
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      if (mounted !== undefined) expect(spawnSync('umount', [mounted]).status).toBe(0);
    });

    it.skipIf(onMemory)('read-only: STORE_READONLY for writes, reading goes on', async (context) => {
      if (mounted === undefined) return context.skip('mounting needs root on Linux');
      expect(spawnSync('mount', ['-o', 'remount,ro', mounted]).status).toBe(0);
      const store = await open();
      expect((await store.reader.read('a')).verified).toBe(true);
      await refused(() => write(store), 'STORE_READONLY', /read-only/, /writable/);
    });

    it.skipIf(onMemory)(
      'full: STORE_FULL for writes, nothing half-written, and it goes on when there is space again',
      async (context) => {
        if (mounted === undefined) return context.skip('mounting needs root on Linux');
        const store = await open();
        const filler = join(mounted, 'filler');
        spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4k']);
        const before = snapshot(paths.storage);
        expect(await errorOf(() => write(store))).toMatchObject({
          code: 'STORE_FULL',
          message: expect.stringContaining('no space'),
          hint: expect.stringContaining('Free space'),
        });
        expect(snapshot(paths.storage)).toEqual(before);
        expect(Buffer.from((await store.reader.read('a')).bytes).toString()).toBe('three');
        rmSync(filler);
        await write(store);
        expect((await store.maintenance.verify({})).findings).toEqual([]);
      },
    );
  });
});
