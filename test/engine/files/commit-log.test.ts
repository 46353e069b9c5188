import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_ENVELOPE_BYTES } from '../../../src/core/commit/envelope.ts';
import { type Disk, realDisk } from '../../../src/disk/disk.ts';
import { Durable } from '../../../src/disk/durable.ts';
import { FileCommitLog } from '../../../src/engine/files/commit-log.ts';
import { commitPath, type StorageLayout } from '../../../src/engine/files/layout.ts';
import { commitLogContract } from '../commit-log.ts';
import { makeStorageFolder } from './storage-folder.ts';

commitLogContract('files', async () => {
  const { layout, dispose } = await makeStorageFolder();
  return { open: () => new FileCommitLog(layout, new Durable()), remote: ['files', layout.root], dispose };
});

describe('the log as files', () => {
  let layout: StorageLayout;
  let dispose: () => Promise<void>;
  let log: FileCommitLog;
  const calls: string[] = [];
  const traced: Disk = {
    ...realDisk,
    open: (path, flags, mode) => {
      calls.push(`${flags === 'r' ? 'fsync' : 'write'} ${flags === 'r' ? relative(layout.root, path) : 'tmp'}`);
      return realDisk.open(path, flags, mode);
    },
    link: (from, to) => {
      calls.push(`link ${relative(layout.root, to)}`);
      realDisk.link(from, to);
    },
    mkdir: (path, mode) => {
      calls.push(`mkdir ${relative(layout.root, path)}`);
      realDisk.mkdir(path, mode);
    },
  };
  const place = (index: number) => join(layout.log, commitPath(index));
  const put = (index: number, text = 'x') => {
    mkdirSync(dirname(place(index)), { recursive: true });
    writeFileSync(place(index), text);
  };

  beforeEach(async () => {
    ({ layout, dispose } = await makeStorageFolder());
    calls.length = 0;
    log = new FileCommitLog(layout, new Durable(traced));
  });
  afterEach(() => dispose());

  it('keeps commit 42 in log/000/000/000000042.json, read-only, with nothing left in tmp', async () => {
    for (let index = 0; index <= 42; index++) await log.append(index, Buffer.from(String(index)));
    const path = join(layout.log, '000/000/000000042.json');
    expect(readFileSync(path, 'utf8')).toBe('42');
    expect(statSync(path)).toMatchObject({ nlink: 1 });
    expect(statSync(path).mode & 0o777).toBe(0o444);
    expect(readdirSync(layout.tmp)).toEqual([]);
  });

  it('fsyncs the folder after the link, and probes before it writes', async () => {
    await log.append(0, Buffer.from('0'));
    calls.length = 0;
    await log.append(1, Buffer.from('1'));
    expect(calls).toEqual(['write tmp', 'link log/000/000/000000001.json', 'fsync log/000/000']);
    calls.length = 0;
    expect(await log.append(1, Buffer.from('again'))).toBe('conflict');
    expect(calls).toEqual([]);
  });

  it('makes the folder before durable, then the new one and its parents, also when they are there', async () => {
    put(999);
    mkdirSync(dirname(place(1_000)));
    await log.append(1_000, Buffer.from('x'));
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
    expect(await log.append(1_000_000, Buffer.from('x'))).toBe('appended');
    expect(log.probe(1_000_000)).toBe(true);
    expect(readFileSync(join(layout.log, '001/000/001000000.json'), 'utf8')).toBe('x');
    expect(log.lastIndex()).toBe(1_000_000);
  });

  it('appends a batch in order with one fsync of the folder', async () => {
    await log.append(0, Buffer.from('0'));
    calls.length = 0;
    expect(await log.appendAll(1, [Buffer.from('1'), Buffer.from('2'), Buffer.from('3')])).toBe(3);
    expect(calls.filter((call) => call.startsWith('fsync'))).toEqual(['fsync log/000/000']);
    expect(await log.length()).toBe(4);
    expect(readdirSync(layout.tmp)).toEqual([]);
  });

  it('says how many of a batch were appended when a neighbour took an index, and leaves nothing of the rest', async () => {
    const staged = [0, 1].map((index) => log.stage(index, Buffer.from(`ours ${index}`)));
    put(1, 'theirs');
    expect(await log.link(staged[0] as (typeof staged)[0])).toBe('appended');
    expect(await log.link(staged[1] as (typeof staged)[0])).toBe('conflict');
    expect(readdirSync(layout.tmp)).toEqual([]);
    expect(readFileSync(place(1), 'utf8')).toBe('theirs');
    put(2, 'theirs too');
    expect(await log.appendAll(2, [Buffer.from('ours')])).toBe(0);
  });

  it('writes again what was swept while the process was suspended', async () => {
    const staged = log.stage(0, Buffer.from('survivor'));
    await staged.durable;
    for (const name of readdirSync(layout.tmp)) rmSync(join(layout.tmp, name));
    expect(await log.link(staged)).toBe('appended');
    expect(readFileSync(place(0), 'utf8')).toBe('survivor');
  });

  it('counts its own link as appended whatever link reported', async () => {
    const lying: Disk = {
      ...realDisk,
      link: (from, to) => {
        realDisk.link(from, to);
        throw Object.assign(new Error('EEXIST: as NFS answers a repeated request'), { code: 'EEXIST' });
      },
    };
    expect(await new FileCommitLog(layout, new Durable(lying)).append(0, Buffer.from('ours'))).toBe('appended');
  });

  it('names one index of each folder to make durable', () => {
    expect(log.foldersOf([998, 999, 1_000, 1_001])).toEqual([999, 1_001]);
  });

  describe('a gap is CORRUPT, never a shorter log', () => {
    it.each([
      ['in the newest folder', [0, 1, 3], 2],
      ['at the very beginning', [1, 2], 0],
      ['at the beginning of the second folder', [0, 1_001], 1_000],
      ['where a whole folder is missing', [0, 2_000], 1_000],
    ])('%s', async (_, there, missing) => {
      for (const index of there) put(index);
      await expect(log.length()).rejects.toMatchObject({ code: 'CORRUPT', details: { index: missing } });
      expect(log.lastIndex()).toBe(Math.max(...there));
    });
  });

  it('counts past an empty folder that a process left when it died before its first link', async () => {
    for (let index = 0; index < 1_000; index++) put(index);
    mkdirSync(dirname(place(1_000)));
    expect(await log.length()).toBe(1_000);
    expect(log.lastIndex()).toBe(999);
  });

  it('does not count files that are not commits', async () => {
    put(0);
    writeFileSync(join(layout.log, '000/000/.nfs0001'), '');
    writeFileSync(join(layout.log, '000/000/000000001.json~'), '');
    writeFileSync(join(layout.log, '000/000/000005001.json'), 'in the wrong folder');
    mkdirSync(join(layout.log, 'lost+found'));
    expect(await log.length()).toBe(1);
  });

  it('gives its reader no more of what cannot be an envelope than shows it', async () => {
    put(0, 'x'.repeat(3 * MAX_ENVELOPE_BYTES));
    mkdirSync(place(1));
    expect(await log.read(0)).toHaveLength(MAX_ENVELOPE_BYTES + 1);
    expect(await log.read(1)).toHaveLength(0);
    expect(await log.length()).toBe(2);
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
    await log.append(0, Buffer.from('0'));
    const script = fileURLToPath(new URL('dying-append.ts', import.meta.url));
    const child = spawn(process.execPath, [script, layout.root, '1', step], { stdio: ['ignore', 'pipe', 'inherit'] });
    let answered = '';
    child.stdout.on('data', (chunk: Buffer) => {
      answered += chunk.toString();
    });
    expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
    expect(answered).toBe('');
    const next = await log.length();
    expect(next).toBe(expected === 'whole' ? 2 : 1);
    expect(Buffer.from((await log.read(1)) ?? []).toString()).toBe(expected === 'whole' ? 'from the dying' : '');
    expect(await log.append(next, Buffer.from('afterwards'))).toBe('appended');
  });
});
