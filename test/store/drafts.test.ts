import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import type { StoreError } from '../../src/core/errors.ts';
import { realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { memoryEngine } from '../../src/engine/memory/memory-engine.ts';
import { MemoryStore } from '../../src/engine/memory/memory-store.ts';
import type { Draft, DraftRequest, DraftSummary } from '../../src/store/api/drafts.ts';
import { DRAFT_LIMITS, DraftRules } from '../../src/store/drafts/drafts.ts';
import { makeStorageFolder, type StorageFolder } from '../engine/files/storage-folder.ts';
import { InDatabase } from './in-database.ts';
import { onMemory, onPostgres } from './open-store.ts';

describe('drafts', () => {
  const name = 'claude-desktop/default';
  const now = new Date('2026-11-20T10:00:00.000Z');
  const key = sha256Hex(name);
  let storage: StorageFolder;
  let memory: MemoryStore;
  let database: InDatabase;
  let faults: StoreError[];
  let prepared: number;
  let drafts: DraftRules;

  beforeEach(async () => {
    if (!onMemory) storage = await makeStorageFolder();
    memory = new MemoryStore();
    memory.prepared = true;
    if (onPostgres) database = new InDatabase();
    faults = [];
    prepared = 0;
    drafts = open();
  });
  afterEach(() => (onMemory ? undefined : storage.dispose()));

  const store = (disk?: Durable) =>
    (onPostgres ? database.open() : onMemory ? memoryEngine(memory) : storage.open(disk)).drafts;
  const open = ({ disk, secret }: { disk?: Durable; secret?: Uint8Array } = {}) =>
    new DraftRules(store(disk), {
      now: () => now,
      prepare: async () => {
        prepared++;
      },
      secret: async () => secret,
      onFault: (error) => faults.push(error),
      saved: () => undefined,
      discarded: () => undefined,
    });
  const request = (text: string, more: Partial<DraftRequest> = {}): DraftRequest => ({
    name,
    bytes: Buffer.from(text),
    mediaType: 'text/plain',
    message: 'm',
    author: { name: 'a', version: '1', via: 'mcp' },
    baseVersion: 7,
    ...more,
  });
  const folder = () => join(storage.layout.drafts, key);
  const file = (revision: number) => join(folder(), `${revision}.json`);
  const files = () => readdirSync(folder()).sort();
  const summaryOf = ({ bytes: _, ...summary }: Draft): DraftSummary => summary;
  const saved = async () => Buffer.from((await store().newest(key))?.body ?? '').toString();
  /** What another program saves as a revision. */
  const plant = (revision: number, content: string | Uint8Array) => {
    if (onPostgres) database.plantDraft(key, revision, Buffer.from(content));
    else if (onMemory) memory.insertDraft({ key, revision, body: Buffer.from(content), live: true });
    else writeFileSync(file(revision), content);
  };

  it('has none at first', async () => {
    expect(await drafts.get(name)).toBeUndefined();
    expect(await drafts.list()).toEqual([]);
    expect(await drafts.has(name)).toBe(false);
    expect(await drafts.discard(name)).toBe(false);
  });

  it('keeps the newest revision, for every process, and removes the older', async () => {
    const first = await drafts.save(request('one'));
    expect(first).toMatchObject({ revision: 1, baseVersion: 7, time: now.toISOString(), digest: sha256Hex('one') });
    const second = await open().save(request('two', { baseVersion: 9, message: 'again' }));
    expect(second).toMatchObject({ revision: 2, baseVersion: 7, message: 'again' });
    expect(await drafts.get(name)).toEqual(second);
    expect(await drafts.list()).toEqual([summaryOf(second)]);
    expect(await drafts.has(name)).toBe(true);
    if (!onMemory) {
      expect(files()).toEqual(['2.json']);
      expect(readdirSync(storage.layout.tmp)).toEqual([]);
    }
    expect(prepared).toBe(2);
  });

  it('writes the members the format names', async () => {
    await drafts.save(request('text'));
    expect(JSON.parse(await saved())).toEqual({
      name,
      revision: 1,
      base_version: 7,
      media_type: 'text/plain',
      content: 'text',
      message: 'm',
      author: { name: 'a', version: '1', via: 'mcp' },
      time: now.toISOString(),
    });
  });

  it.each([
    ['empty', Buffer.alloc(0)],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x00])],
    ['with a byte order mark', Buffer.from('\ufeff{"a":1}\r\n')],
    ['that looks like a mark', Buffer.from('{"discarded":true}')],
    ['large', Buffer.alloc(100_000, 'ä')],
  ])('gives back content byte for byte: %s', async (_, bytes) => {
    await drafts.save(request('', { bytes }));
    const draft = await open().get(name);
    expect(draft !== undefined && Buffer.compare(draft.bytes, bytes) === 0).toBe(true);
    expect(await drafts.has(name)).toBe(true);
  });

  it('discards for everyone, never uses a number twice, and begins anew with a new base', async () => {
    await drafts.save(request('one'));
    expect(await drafts.discard(name)).toBe(true);
    expect(await open().get(name)).toBeUndefined();
    expect(await drafts.list()).toEqual([]);
    expect(await drafts.has(name)).toBe(false);
    expect(await drafts.discard(name)).toBe(false);
    expect(await drafts.save(request('anew', { baseVersion: 9 }))).toMatchObject({ revision: 3, baseVersion: 9 });
    expect(await drafts.has(name)).toBe(true);
  });

  it('discards a revision only while it is the newest', async () => {
    await drafts.save(request('one'));
    await drafts.save(request('two'));
    expect(await drafts.discard(name, 1)).toBe(false);
    expect(await drafts.get(name)).toMatchObject({ revision: 2 });
    expect(await drafts.discard(name, 2)).toBe(true);
    await drafts.save(request('three'));
    expect(await drafts.discard(name, 2)).toBe(false);
    expect(await drafts.get(name)).toMatchObject({ revision: 4 });
  });

  it('saves on top of a known revision only, and says which one there is now', async () => {
    await drafts.save(request('one', { afterRevision: 0 }));
    await drafts.save(request('two', { afterRevision: 1 }));
    await expect(open().save(request('late', { afterRevision: 1 }))).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { revision: 2 },
    });
    await drafts.discard(name);
    await expect(drafts.save(request('late', { afterRevision: 2 }))).rejects.toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { revision: 0 },
    });
    expect(await drafts.save(request('anew', { afterRevision: 0 }))).toMatchObject({ revision: 4 });
  });

  it('moves a draft on to a newer base only when told to', async () => {
    await drafts.save(request('one'));
    expect(await drafts.save(request('two', { baseVersion: 9 }))).toMatchObject({ baseVersion: 7 });
    expect(await drafts.save(request('three', { baseVersion: 9, rebase: true }))).toMatchObject({ baseVersion: 9 });
  });

  it.skipIf(onMemory).each(['save', 'discard'] as const)(
    'does not take a number that was used and removed since it looked: %s',
    async (verb) => {
      await drafts.save(request('one'));
      let others = 2;
      const disk = new Durable({
        ...realDisk,
        link: (from, to) => {
          for (; others > 0; others--) {
            // What a neighbour does in the meantime, in one go: two more revisions, the older removed.
            writeFileSync(
              file(4 - others),
              readFileSync(file(3 - others), 'utf8').replace(/"revision":\d+/, `"revision":${4 - others}`),
            );
            rmSync(file(3 - others));
          }
          realDisk.link(from, to);
        },
      });
      const slow = open({ disk });
      if (verb === 'save')
        await expect(slow.save(request('stale', { afterRevision: 1 }))).rejects.toMatchObject({
          code: 'VERSION_CONFLICT',
          details: { revision: 3 },
        });
      else expect(await slow.discard(name, 1)).toBe(false);
      expect(await drafts.get(name)).toMatchObject({ revision: 3 });
      expect(files()).toEqual(['3.json']);
    },
  );

  it('lists by name', async () => {
    for (const other of ['b', 'a/z', 'a']) await drafts.save(request(other, { name: other }));
    expect((await drafts.list()).map((draft) => draft.name)).toEqual(['a', 'a/z', 'b']);
  });

  describe.each([
    ['torn', '{"name":"claude-desk'],
    ['not an object', '[]'],
    ['with a duplicate key', '{"name":"a","name":"b"}'],
    ['with another member', `{"name":"${name}","revision":2,"discarded":true,"x":1}`],
    ['of another revision', `{"name":"${name}","revision":3,"discarded":true}`],
    ['of another name', '{"name":"other","revision":2,"discarded":true}'],
    [
      'with lenient base64',
      `{"name":"${name}","revision":2,"base_version":0,"media_type":"t","content":{"base64":"YR=="},"message":"","author":{"name":"a","version":"1","via":"cli"},"time":"2026-11-20T10:00:00.000Z"}`,
    ],
    ['not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
  ])('a draft file that is %s', (_, content) => {
    beforeEach(async () => {
      await drafts.save(request('sound', { name: 'sound' }));
      await drafts.save(request('secret-looking content'));
      plant(2, content);
    });

    it('is CORRUPT, names the file, quotes nothing, and does not hide the other drafts', async () => {
      await expect(drafts.get(name)).rejects.toMatchObject({
        code: 'CORRUPT',
        message: expect.stringContaining(`${key}/2`),
      });
      expect((await drafts.list()).map((draft) => draft.name)).toEqual(['sound']);
      expect(faults).toHaveLength(1);
      expect(await drafts.damaged()).toEqual(faults);
      expect(JSON.stringify(faults[0])).not.toContain('secret-looking');
    });

    it('can be saved over', async () => {
      expect(await drafts.save(request('mended'))).toMatchObject({ revision: 3, baseVersion: 7 });
      expect(await drafts.get(name)).toMatchObject({ revision: 3 });
    });

    it('can be discarded', async () => {
      expect(await drafts.discard(name)).toBe(true);
      expect(await drafts.get(name)).toBeUndefined();
    });
  });

  describe('whose they are', () => {
    const secret = Buffer.alloc(32, 1);
    const mine = () => open({ secret });

    it('is known by the secret of this installation alone', async () => {
      const draft = await mine().save(request('one'));
      expect(draft.fromHere).toBe(true);
      expect(await mine().get(name)).toEqual(draft);
      for (const other of [open(), open({ secret: Buffer.alloc(32, 2) })])
        expect(await other.get(name)).toEqual({ ...draft, fromHere: false });
      expect(await mine().list()).toMatchObject([{ name, fromHere: true }]);
    });

    it.each<[string, (file: string) => string]>([
      ['content', (file) => file.replace('"content":"one"', '"content":"two"')],
      ['base version', (file) => file.replace('"base_version":7', '"base_version":8')],
      ['message', (file) => file.replace('"message":"m"', '"message":"n"')],
      ['media type', (file) => file.replace('text/plain', 'text/html')],
      ['author', (file) => file.replace('{"name":"a"', '{"name":"b"')],
      ['time', (file) => file.replace('T10:00', 'T11:00')],
      ['proof', (file) => file.replace(/"mac":"./, '"mac":"x')],
      ['proof, left out', (file) => file.replace(/,"mac":"[0-9a-f]{64}"/, '')],
      ['revision', (file) => file],
    ])('is not known of one with another %s', async (_, change) => {
      await mine().save(request('one'));
      const before = await saved();
      const after = change(before).replace('"revision":1', '"revision":2');
      expect(after).not.toBe(before);
      plant(2, after);
      expect(await mine().get(name)).toMatchObject({ revision: 2, fromHere: false });
    });
  });

  describe('limits', () => {
    const body = Buffer.from('{}');
    const fill = (live: boolean) => {
      memory = new MemoryStore();
      memory.prepared = true;
      for (let n = 0; n < DRAFT_LIMITS.count; n++)
        memory.insertDraft({ key: sha256Hex(`n/${n}`), revision: 1, body, live });
      return new DraftRules(memoryEngine(memory).drafts, {
        now: () => now,
        prepare: async () => undefined,
        secret: async () => undefined,
        onFault: () => undefined,
        saved: () => undefined,
        discarded: () => undefined,
      });
    };

    it('a store full of drafts takes none more', async () => {
      await expect(fill(true).save(request('one'))).rejects.toMatchObject({ code: 'STORE_FULL' });
    });

    it('the marks of discarded ones are no drafts', async () => {
      expect(await fill(false).save(request('one'))).toMatchObject({ revision: 1 });
    });
  });

  it.skipIf(onMemory)('ignores files that are not drafts', async () => {
    await drafts.save(request('one'));
    mkdirSync(join(storage.layout.drafts, 'lost+found'));
    writeFileSync(join(storage.layout.drafts, 'README'), '');
    for (const other of ['0.json', '02.json', '9.json~', '1e3.json']) writeFileSync(join(folder(), other), 'x');
    expect(await drafts.get(name)).toMatchObject({ revision: 1 });
    expect(await drafts.list()).toHaveLength(1);
  });

  it.skipIf(onMemory)(
    'gives every save of racing processes a number of its own, and the last one is the draft',
    async () => {
      const script = fileURLToPath(new URL('draft-process.ts', import.meta.url));
      const saved = await Promise.all(
        ['a', 'b', 'c', 'd'].map(async (writer) => {
          const child = spawn(process.execPath, [script, storage.layout.root, storage.gates, name, writer, '25'], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let out = '';
          child.stdout.on('data', (chunk: Buffer) => {
            out += chunk.toString();
          });
          expect(await once(child, 'close')).toEqual([0, null]);
          return out.trimEnd().split('\n').map(Number);
        }),
      );
      const newest = await drafts.get(name);
      expect(saved.flat()).toHaveLength(100);
      expect(newest?.revision).toBe(Math.max(...saved.flat()));
      expect(new Set(saved.flat()).size).toBe(100);
      expect(files()).toEqual([`${newest?.revision}.json`]);
    },
  );
});
