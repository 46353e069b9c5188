import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realDisk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import type { FilesEngine } from '../../../src/engine/files/files-engine.ts';
import { commitPath } from '../../../src/engine/files/layout.ts';
import { ALL, append, logOf, stage, texts } from '../append.ts';
import { makeStorageFolder, type StorageFolder } from './storage-folder.ts';
import { tracedDisk } from './traced-disk.ts';

let storage: StorageFolder;
let engine: FilesEngine;
const calls: string[] = [];
const place = (index: number) => join(storage.layout.log, commitPath(index));
const put = (index: number, text = 'x') => {
  mkdirSync(dirname(place(index)), { recursive: true });
  writeFileSync(place(index), text);
};

beforeEach(async () => {
  storage = await makeStorageFolder();
  calls.length = 0;
  engine = storage.open(tracedDisk(storage.layout.root, calls));
});
afterEach(() => storage.dispose());

describe('the log as files', () => {
  it('keeps commit 42 in log/000/000/000000042.json, read-only, with nothing left in tmp', async () => {
    for (let index = 0; index <= 42; index++) await append(engine, index, `${index}`);
    const path = join(storage.layout.log, '000/000/000000042.json');
    expect(readFileSync(path, 'utf8')).toBe('42');
    expect(statSync(path)).toMatchObject({ nlink: 1 });
    expect(statSync(path).mode & 0o777).toBe(0o444);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('flushes the folder after the link', async () => {
    await append(engine, 0, '0');
    calls.length = 0;
    await append(engine, 1, '1');
    expect(calls).toEqual(['write tmp', 'link log/000/000/000000001.json', 'fsync log/000/000']);
  });

  it('makes the folder before durable, then the new one and its parents, also when they are there', async () => {
    put(999);
    mkdirSync(dirname(place(1_000)));
    await append(engine, 1_000, 'x');
    expect(calls).toEqual([
      'write tmp',
      'fsync log/000/000',
      'mkdir log/000',
      'fsync log',
      'mkdir log/000/001',
      'fsync log/000',
      'link log/000/001/000001000.json',
      'fsync log/000/001',
    ]);
  });

  it('puts the millionth commit into log/001/000', async () => {
    put(999_999);
    expect(await append(engine, 1_000_000, 'x')).toBe(true);
    expect(readFileSync(join(storage.layout.log, '001/000/001000000.json'), 'utf8')).toBe('x');
    expect(await engine.log.beyond(999_999, 10)).toEqual([1_000_000]);
  });

  it('publishes a batch in order with one flush of the folder, and leaves nothing in tmp', async () => {
    await append(engine, 0, '0');
    calls.length = 0;
    const staged = [1, 2, 3, 4].map((index) => stage(engine, index, `${index}`));
    put(4, 'theirs');
    expect(await engine.log.publish(staged)).toBe(3);
    expect(calls.filter((call) => call.startsWith('fsync'))).toEqual(['fsync log/000/000']);
    expect(await logOf(engine)).toEqual(['0', '1', '2', '3', 'theirs']);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('flushes each folder once when a batch crosses into the next', async () => {
    for (let index = 0; index < 999; index++) put(index);
    calls.length = 0;
    expect(await engine.log.publish([999, 1_000, 1_001].map((index) => stage(engine, index, 'x')))).toBe(3);
    expect(calls.filter((call) => /^(link|fsync log\/000\/)/.test(call))).toEqual([
      'link log/000/000/000000999.json',
      'fsync log/000/000',
      'link log/000/001/000001000.json',
      'link log/000/001/000001001.json',
      'fsync log/000/000',
      'fsync log/000/001',
    ]);
  });

  it('writes again what was swept while the process was suspended', async () => {
    const staged = stage(engine, 0, 'survivor');
    await staged.ready;
    for (const name of readdirSync(storage.layout.tmp)) rmSync(join(storage.layout.tmp, name));
    expect(await engine.log.publish([staged])).toBe(1);
    expect(readFileSync(place(0), 'utf8')).toBe('survivor');
  });

  it('gives up on a process that sweeps it each time', async () => {
    const swept = storage.open(
      new Durable({
        ...realDisk,
        link: (from) => {
          realDisk.unlink(from);
          throw Object.assign(new Error('swept'), { code: 'ENOENT' });
        },
      }),
    );
    await expect(append(swept, 0, 'x')).rejects.toMatchObject({ code: 'STORE_BUSY' });
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it('answers for those that are linked when the next link fails', async () => {
    let links = 0;
    const full = storage.open(
      new Durable({
        ...realDisk,
        link: (from, to) => {
          if (++links === 2) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          realDisk.link(from, to);
        },
      }),
    );
    expect(await full.log.publish([0, 1].map((index) => stage(full, index, `${index}`)))).toBe(1);
    expect(await logOf(engine)).toEqual(['0']);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });

  it.each(['EACCES', 'ENOSPC', 'EIO'])(
    'is in an unknown state, and halted, when the folder cannot be opened after the link (%s)',
    async (code) => {
      await append(engine, 0, '0');
      const failing = storage.open(
        new Durable({
          ...realDisk,
          open: (path, flags, mode) => {
            if (flags === 'r') throw Object.assign(new Error('injected'), { code });
            return realDisk.open(path, flags, mode);
          },
        }),
      );
      await expect(append(failing, 1, '1')).rejects.toMatchObject({ code: 'STATE_UNKNOWN' });
      expect(failing.halted?.code).toBe('STATE_UNKNOWN');
      await expect(failing.objects.put(Buffer.from('x'))).rejects.toBe(failing.halted);
    },
  );

  it('links nothing when an entry or an artifact of it is not durable', async () => {
    await append(engine, 0, '0');
    const artifact = { digest: '00', bytes: Buffer.from('x'), durable: Promise.reject(new Error('not durable')) };
    const staged = [stage(engine, 1, '1'), stage(engine, 2, '2', [artifact])];
    await expect(staged[1]?.ready).rejects.toThrow('not durable');
    await expect(engine.log.publish(staged)).rejects.toThrow('not durable');
    expect(await logOf(engine)).toEqual(['0']);
    expect(readdirSync(storage.layout.tmp)).toEqual([]);
  });
});

describe('what is read from the log is made durable', () => {
  const flushed = async (first: number, commits = 10_000) => {
    calls.length = 0;
    await engine.log.readRange(first, { ...ALL, commits });
    return calls.map((call) => call.replace('fsync ', ''));
  };

  it('once for each folder, and again for what other processes add', async () => {
    for (let index = 0; index < 1_500; index++) put(index);
    expect(await flushed(0, 10)).toEqual(['log/000/000']);
    expect(await flushed(3, 4)).toEqual([]);
    expect(await flushed(0)).toEqual(['log/000/000', 'log/000/001']);
    expect(await flushed(0)).toEqual([]);
    expect(await flushed(1_500)).toEqual([]);
    put(1_500);
    expect(await flushed(1_499)).toEqual(['log/000/001']);
    expect(await flushed(1_500)).toEqual([]);
  });

  it('and not again after its own publish', async () => {
    for (let index = 0; index < 3; index++) await append(engine, index, `${index}`);
    expect(await flushed(0)).toEqual([]);
  });

  it('from the middle too', async () => {
    for (let index = 0; index < 20; index++) put(index);
    expect(await flushed(10)).toEqual(['log/000/000']);
    expect(await flushed(12)).toEqual([]);
    expect(await flushed(2, 3)).toEqual(['log/000/000']);
  });

  it('again when another process has repaired the log, or put another in its place', async () => {
    for (let index = 0; index < 5; index++) await append(engine, index, `${index}`);
    const other = storage.open();
    await other.admin.quarantine(4);
    await append(other, 4, 'another');
    expect(await flushed(4)).toEqual(['log/000/000']);
    await other.admin.quarantine(3);
    expect(await flushed(3)).toEqual([]);
    await append(other, 3, 'another');
    expect(await flushed(3)).toEqual(['log/000/000']);
    expect(await flushed(3)).toEqual([]);
    renameSync(storage.layout.root, `${storage.layout.root}-old`);
    await storage.open().prepare();
    for (let index = 0; index < 5; index++) put(index, 'restored');
    expect(await flushed(4)).toEqual(['log/000/000']);
    expect(texts(await engine.log.readRange(4, ALL))).toEqual(['restored']);
    expect(await append(engine, 5, 'goes on')).toBe(true);
    expect(readFileSync(place(5), 'utf8')).toBe('goes on');
  });
});

describe('the listing of the log', () => {
  it('passes over an empty folder that a process left when it died before its first link', async () => {
    put(0);
    mkdirSync(dirname(place(1_000)));
    expect(await engine.log.beyond(-1, 10)).toEqual([0]);
  });

  it('takes no file for a commit that is none', async () => {
    put(0);
    for (const name of ['.nfs0001', '000000001.json~', '0000000002.json', '-00000003.json'])
      writeFileSync(join(storage.layout.log, '000/000', name), '');
    writeFileSync(join(storage.layout.log, '000/000/000005001.json'), 'in the wrong folder');
    for (const name of ['lost+found', '1', '0000', 'abc']) mkdirSync(join(storage.layout.log, name));
    expect(await engine.log.beyond(-1, 10)).toEqual([0]);
    expect(await engine.admin.quarantine(1)).toBe(0);
  });

  it('moves what it finds to quarantine under the time and its name', async () => {
    put(0);
    put(7, 'seven');
    put(1_234, 'far');
    expect(await engine.admin.quarantine(1)).toBe(2);
    const names = readdirSync(storage.layout.quarantine);
    const byName = new Map(names.map((name) => [name.replace(/^\d{13}-/, ''), name]));
    expect([...byName.keys()].sort()).toEqual(['000000007.json', '000001234.json']);
    const seven = byName.get('000000007.json') as string;
    expect(readFileSync(join(storage.layout.quarantine, seven), 'utf8')).toBe('seven');
    expect(calls.filter((call) => call.startsWith('rename'))).toEqual([
      'rename log/000/001/000001234.json',
      'rename log/000/000/000000007.json',
    ]);
  });
});

// Each step of an append to index 1: what a process that dies there leaves behind, and that the next one goes on from it.
it.each([
  ['open', 'absent'],
  ['write', 'absent'],
  ['fsync', 'absent'],
  ['close', 'absent'],
  ['link', 'absent'],
  ['link:after', 'whole'],
  ['unlink', 'whole'],
  ['unlink:after', 'whole'],
])('killed with SIGKILL at %s: the commit is %s', async (step, expected) => {
  await append(engine, 0, '0');
  const script = fileURLToPath(new URL('dying-append.ts', import.meta.url));
  const child = spawn(process.execPath, [script, storage.layout.root, '1', step], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answered = '';
  child.stdout.on('data', (chunk: Buffer) => {
    answered += chunk.toString();
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
  expect(answered).toBe('');
  const expectedLog = expected === 'whole' ? ['0', 'from the dying'] : ['0'];
  expect(await logOf(engine)).toEqual(expectedLog);
  expect(await append(engine, expectedLog.length, 'afterwards')).toBe(true);
});
