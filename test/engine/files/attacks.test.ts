import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import { isStoreError, type StoreError } from '../../../src/core/errors.ts';
import type { FilesEngine } from '../../../src/engine/files/files-engine.ts';
import { commitPath, objectPath } from '../../../src/engine/files/layout.ts';
import type { Stray, StrayReach } from '../../../src/engine/port.ts';
import { ALL, append, keyOf } from '../append.ts';
import { IN_PLACE_OF_A_FILE, IN_PLACE_OF_A_FOLDER, snapshot } from './attacks.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';

const bytes = Buffer.from('an artifact');
const digest = sha256Hex(bytes);
const large = Buffer.alloc(200_000, 'large');
const key = keyOf('c/d');
const fan = digest.slice(0, 2);

let storage: StorageFolder;
let outside: string;
let engine: FilesEngine;

/** All that an engine can be asked for, by name. Each is called on a store that was attacked. */
const CALLS: Readonly<Record<string, (engine: FilesEngine) => Promise<unknown>>> = {
  open: (one) => one.open(),
  peek: async (one) => one.log.peek(2),
  readRange: (one) => one.log.readRange(0, ALL),
  beyond: (one) => one.log.beyond(-1, 10),
  get: (one) => one.objects.get(digest, bytes.length),
  'get large': (one) => one.objects.get(digest, large.length),
  has: (one) => one.objects.has(digest),
  objects: async (one) => {
    for await (const { size } of one.admin.objects(new Date(Date.now() + 60_000))) if (size < 0) return;
  },
  newest: (one) => one.drafts.newest(key),
  live: (one) => one.drafts.live([key]),
  list: (one) => one.drafts.list(10),
  check: (one) => one.check({ probe: true }),
  tidy: (one) => one.tidy(new Date(Date.now() + 10 * 3_600_000)),
  prepare: (one) => one.prepare(),
  'insert again': (one) => one.drafts.insert({ key, revision: 2, body: Buffer.from('again'), live: true }),
  insert: (one) => one.drafts.insert({ key, revision: 3, body: Buffer.from('mine'), live: true }),
  put: (one) => one.objects.put(bytes),
  'put more': (one) => one.objects.put(Buffer.from('more')),
  append: async (one) => {
    const pending = one.objects.begin(bytes);
    return append(one, 2, 'mine', [pending]);
  },
  remove: (one) => one.admin.remove(digest),
  strays: (one) => straysOf(one, 'all'),
  'strays newest': (one) => straysOf(one, 'newest'),
  'strays quarantine': (one) => straysOf(one, 'quarantine'),
  'set aside': async (one) => one.admin.setAside(await straysOf(one, 'all')),
  quarantine: (one) => one.admin.quarantine(2),
  'quarantine all': (one) => one.admin.quarantine(0),
};

async function straysOf(one: FilesEngine, reach: StrayReach): Promise<Stray[]> {
  const found: Stray[] = [];
  for await (const stray of one.admin.strays(reach)) found.push(stray);
  return found;
}

/** Makes every call once, on a fresh process or one that has used the folders before; returns what each came to. */
async function callAll(one: FilesEngine): Promise<Record<string, unknown>> {
  const outcomes: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(CALLS)) {
    try {
      outcomes[name] = await call(one);
    } catch (error) {
      outcomes[name] = error;
      expect({ name, error: isStoreError(error) ? 'StoreError' : error }).toEqual({ name, error: 'StoreError' });
      expect((error as StoreError).hint).not.toBe('');
      expect((error as StoreError).message).not.toContain('/proc/');
    }
  }
  return outcomes;
}

beforeEach(async () => {
  storage = await makeStorageFolder();
  outside = join(storage.home, 'outside');
  mkdirSync(outside);
  engine = storage.open();
  await append(engine, 0, '0', [engine.objects.begin(bytes)]);
  await append(engine, 1, '1');
  for (const revision of [1, 2])
    await engine.drafts.insert({ key, revision, body: Buffer.from('a draft'), live: true });
  for (const name of ['123-0123456789abcdef', 'gate-turn']) writeFileSync(join(outside, name), 'precious');
  const long = new Date(0);
  utimesSync(join(outside, '123-0123456789abcdef'), long, long);
});
afterEach(() => storage.dispose());

const FILES: readonly (readonly [string, string])[] = [
  ['an artifact', `objects/${objectPath(digest)}`],
  ['a commit', `log/${commitPath(1)}`],
  ['the next commit', `log/${commitPath(2)}`],
  ['a draft', `drafts/${key}/2.json`],
  ['format', 'format'],
];

describe.each(FILES)('in the place of %s', (what, place) => {
  it.each(Object.entries(IN_PLACE_OF_A_FILE))('%s is neither followed nor waited for', async (kind, plant) => {
    plant(join(storage.layout.root, place), outside);
    const before = snapshot(outside);
    const fresh = storage.open();
    // What is read first tells what is there; later calls may have put a sound file in its place, or moved it away.
    if (what === 'an artifact') {
      await expect(fresh.objects.get(digest, bytes.length)).rejects.toMatchObject({ code: 'CORRUPT' });
      expect(await fresh.objects.has(digest)).toBe(true);
    } else if (what === 'a commit') {
      const { envelopes } = await fresh.log.readRange(0, ALL);
      expect(envelopes).toHaveLength(2);
      expect(Buffer.from(envelopes[1] as Uint8Array).toString()).not.toBe('1');
      expect(envelopes[1]?.length).toBe(kind === 'a huge sparse file' ? 1_048_577 : 0);
    } else if (what === 'the next commit') {
      expect(fresh.log.peek(2)).toBe(true);
      expect(await append(fresh, 2, 'mine')).toBe(false);
    } else if (what === 'a draft') {
      await expect(fresh.drafts.newest(key)).rejects.toMatchObject({ code: 'CORRUPT', details: { revision: 2 } });
    } else await expect(fresh.open()).rejects.toMatchObject({ code: 'CORRUPT' });
    await callAll(fresh);
    await callAll(engine);
    expect(snapshot(outside)).toEqual(before);
  });

  it.each(Object.entries(IN_PLACE_OF_A_FILE))('%s is repaired by what is meant to repair it', async (kind, plant) => {
    plant(join(storage.layout.root, place), outside);
    const before = snapshot(outside);
    if (what === 'an artifact') {
      const put = engine.objects.put(bytes);
      if (kind === 'a folder') await expect(put).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
      else {
        await put;
        expect(await engine.objects.get(digest, bytes.length)).toEqual(bytes);
      }
    } else if (what === 'a draft') {
      await engine.drafts.insert({ key, revision: 3, body: Buffer.from('mine'), live: true });
      expect(Buffer.from((await engine.drafts.newest(key))?.body ?? []).toString()).toBe('mine');
    } else if (what === 'a commit' || what === 'the next commit') {
      const index = what === 'a commit' ? 1 : 2;
      expect(await engine.admin.quarantine(index)).toBe(1);
      expect(await append(engine, index, 'mine')).toBe(true);
    }
    expect(snapshot(outside)).toEqual(before);
  });
});

/** Folders, and the calls that cannot do without them: each must say which path it is, and what is in its place. */
const FOLDERS: readonly (readonly [string, readonly string[]])[] = [
  ['tmp', ['put more', 'append', 'insert', 'check', 'prepare']],
  ['objects', ['get', 'get large', 'has', 'objects', 'put', 'put more', 'remove', 'prepare', 'check']],
  [`objects/${fan}`, ['get', 'get large', 'has', 'objects', 'put', 'remove', 'check']],
  ['log', ['open', 'readRange', 'beyond', 'append', 'quarantine', 'quarantine all', 'prepare', 'check']],
  ['log/000', ['open', 'readRange', 'append', 'quarantine', 'check']],
  ['log/000/000', ['open', 'readRange', 'append', 'quarantine', 'check']],
  ['drafts', ['newest', 'live', 'list', 'insert', 'prepare', 'check']],
  [`drafts/${key}`, ['newest', 'live', 'insert']],
  ['quarantine', ['quarantine all']],
];

describe.each(FOLDERS)('in the place of the folder %s', (place, needed) => {
  it.each(Object.entries(IN_PLACE_OF_A_FOLDER))('%s is not followed', async (_, plant) => {
    const path = join(storage.layout.root, place);
    plant(path, outside);
    const before = snapshot(outside);
    for (const one of [storage.open(), engine]) {
      for (const name of needed) {
        const outcome = await Promise.resolve(CALLS[name]?.(one)).catch((error: unknown) => error);
        expect({ name, outcome }).toMatchObject({ name, outcome: { code: 'STORE_UNREADABLE' } });
        expect((outcome as StoreError).message).toMatch(/ is (a link|a FIFO|a file), where a folder has to be/);
        expect((outcome as StoreError).message).toContain(`${path} is`);
      }
    }
    await callAll(storage.open());
    await callAll(engine);
    expect(snapshot(outside)).toEqual(before);
  });
});

describe('a listing', () => {
  it('counts what is in the place of a whole folder of the log as one entry, which repair moves aside', async () => {
    for (const [name, plant] of Object.entries(IN_PLACE_OF_A_FOLDER)) {
      for (const place of ['000/001', '007']) {
        const out = join(outside, `${name} ${place.replace('/', '-')}`);
        mkdirSync(out);
        plant(join(storage.layout.log, place), out);
      }
      const before = snapshot(outside);
      expect(await engine.log.beyond(1, 10)).toEqual([1_000, 7_000_000]);
      expect(await engine.admin.quarantine(2)).toBe(2);
      expect(await engine.log.beyond(1, 10)).toEqual([]);
      expect(snapshot(outside)).toEqual(before);
    }
    expect(readdirSync(storage.layout.quarantine).map((name) => name.replace(/^\d+-/, ''))).toContain('log-000-001');
  });

  it('of drafts names one whose folder is none, so that reading it says so', async () => {
    for (const [i, plant] of Object.values(IN_PLACE_OF_A_FOLDER).entries()) {
      const out = join(outside, `${i}`);
      mkdirSync(out);
      plant(join(storage.layout.drafts, keyOf(`${i}`)), out);
    }
    expect((await engine.drafts.list(100)).map(({ key }) => key).sort()).toEqual(
      [key, ...[0, 1, 2, 3, 4, 5].map((i) => keyOf(`${i}`))].sort(),
    );
    await expect(engine.drafts.newest(keyOf('0'))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
  });
});

it.each([999_999_999_999_999, 999_999_999_999_998])(
  'a planted draft under revision %i is no reason to lose what is saved',
  async (revision) => {
    writeFileSync(join(storage.layout.drafts, key, `${revision}.json`), 'planted');
    const saved = await engine.drafts
      .insert({ key, revision: revision + 1, body: Buffer.from('mine'), live: true })
      .catch((error: StoreError) => error.code);
    expect(saved).toBe(revision === 999_999_999_999_999 ? 'STORE_FULL' : 'saved');
    const newest = await engine.drafts.newest(key);
    expect(Buffer.from(newest?.body ?? []).toString()).toBe(saved === 'saved' ? 'mine' : 'planted');
  },
);

it('a folder of another kind is named, and never adopted', async () => {
  for (const [i, name] of ['README.md', 'src', 'keys'].entries()) {
    const home = join(outside, `${i}`);
    mkdirSync(home);
    writeFileSync(join(home, name), 'precious');
    const before = snapshot(outside);
    const other = storage.openAt(home);
    await expect(other.prepare()).rejects.toMatchObject({ code: 'STORE_UNSUPPORTED', details: { found: name } });
    expect(snapshot(outside)).toEqual(before);
  }
  const home = join(outside, 'volume');
  mkdirSync(join(home, 'lost+found'), { recursive: true });
  writeFileSync(join(home, '.hidden'), '');
  await storage.openAt(home).prepare();
  expect(readFileSync(join(home, 'format'), 'utf8')).toBe('mcp-config-store 1\n');
});

it('what an older release left in storage goes when it is plain files, and nothing else', async () => {
  const { root, tmp } = storage.layout;
  const plain = ['cache.sqlite', 'cache.sqlite-wal', 'cache.sqlite-shm', 'tmp/gate-queue', 'tmp/gate-turn'];
  const others = ['cache.sqlite-old', 'my-cache.sqlite', 'tmp/gate-other', 'tmp/notes'];
  for (const name of [...plain, ...others]) writeFileSync(join(root, name), 'x');
  IN_PLACE_OF_A_FILE['a link to a file outside']?.(join(root, 'cache.sqlite-journal'), outside);
  const before = snapshot(outside);
  await engine.tidy(new Date());
  expect(
    readdirSync(root)
      .filter((name) => name.includes('cache'))
      .sort(),
  ).toEqual(['cache.sqlite-journal', 'cache.sqlite-old', 'my-cache.sqlite']);
  expect(readdirSync(tmp).sort()).toEqual(['gate-other', 'notes']);
  expect(snapshot(outside)).toEqual(before);
});

it('the sweep removes a link and a FIFO with the name of an unfinished file, not what they lead to', async () => {
  for (const [i, plant] of Object.values(IN_PLACE_OF_A_FILE).entries()) {
    const out = join(outside, `${i}`);
    mkdirSync(out);
    plant(join(storage.layout.tmp, `${i}-0123456789abcdef`), out);
  }
  const before = snapshot(outside);
  await engine.tidy(new Date(Date.now() + 10 * 3_600_000));
  expect(readdirSync(storage.layout.tmp)).toEqual(['5-0123456789abcdef']); // the folder
  expect(snapshot(outside)).toEqual(before);
});

it('follows storage that is replaced by other real folders', async () => {
  const { root } = storage.layout;
  renameSync(root, `${root}-before`);
  const restored = storage.open();
  await restored.prepare();
  await append(restored, 0, 'restored');
  expect(await append(engine, 1, 'mine')).toBe(true);
  await engine.objects.put(bytes);
  await engine.drafts.insert({ key, revision: 1, body: Buffer.from('mine'), live: true });
  for (const place of [`log/${commitPath(1)}`, `objects/${objectPath(digest)}`, `drafts/${key}/1.json`])
    expect(existsSync(join(root, place))).toBe(true);
  expect(existsSync(join(`${root}-before`, 'drafts', key, '1.json'))).toBe(false);
  expect(dirname(root)).toBe(storage.home);
});
