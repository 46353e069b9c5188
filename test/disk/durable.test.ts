import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/core/errors.ts';
import { type Disk, realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

type Call = Exclude<keyof Disk, 'identity' | 'close'>;

/** The real disk, of which one call of a kind fails: `before` it has its effect, or `after`. Notes the order of calls. */
function disk(fails?: { call: Call; nth?: number; moment: 'before' | 'after'; code: string }): {
  disk: Disk;
  calls: string[];
  open: Set<number>;
} {
  const calls: string[] = [];
  const open = new Set<number>();
  const paths = new Map<number, string>();
  let left = fails?.nth ?? 1;
  const run = <T>(call: Call, path: string, effect: () => T): T => {
    calls.push(`${call} ${/^\d+-[0-9a-f]{16}$/.test(basename(path)) ? 'tmp' : basename(path)}`);
    const failing = fails?.call === call && --left === 0;
    const error = Object.assign(new Error('injected'), { code: fails?.code });
    if (failing && fails.moment === 'before') throw error;
    const result = effect();
    if (failing) throw error;
    return result;
  };
  const wrapped: Disk = {
    open: (path, flags, mode) =>
      run('open', path, () => {
        const fd = realDisk.open(path, flags, mode);
        open.add(fd);
        paths.set(fd, path);
        return fd;
      }),
    write: (fd, bytes) => run('write', paths.get(fd) as string, () => realDisk.write(fd, bytes)),
    fsync: async (fd) => {
      if (fails?.call !== 'fsync' || fails.moment === 'before')
        return run('fsync', paths.get(fd) as string, () => realDisk.fsync(fd));
      await realDisk.fsync(fd);
      run('fsync', paths.get(fd) as string, () => undefined);
    },
    close: (fd) => {
      open.delete(fd);
      realDisk.close(fd);
    },
    link: (from, to) => run('link', to, () => realDisk.link(from, to)),
    rename: (from, to) => run('rename', to, () => realDisk.rename(from, to)),
    unlink: (path) => run('unlink', path, () => realDisk.unlink(path)),
    mkdir: (path, mode) => run('mkdir', path, () => realDisk.mkdir(path, mode)),
    identity: (path) => realDisk.identity(path),
  };
  return { disk: wrapped, calls, open };
}

const bytes = Buffer.from('the bytes');
let tmp: string;
let place: string;
let target: string;
beforeEach(async () => {
  const folder = await temporaryFolder();
  [tmp, place] = [join(folder, 'tmp'), join(folder, 'place')];
  mkdirSync(tmp);
  mkdirSync(place);
  target = join(place, 'file');
});

describe('the order of the system calls', () => {
  it('publish: the file is durable before it has its name, and the name before the answer', async () => {
    const { disk: traced, calls } = disk();
    await new Durable(traced).writeFile(tmp, target, bytes, 0o444);
    expect(calls).toEqual(['open tmp', 'write tmp', 'fsync tmp', 'rename file', 'open place', 'fsync place']);
    expect(readFileSync(target)).toEqual(bytes);
    expect(statSync(target).mode & 0o777).toBe(0o444);
  });

  it('link: the file is durable before it has its name', async () => {
    const { disk: traced, calls } = disk();
    const durable = new Durable(traced);
    expect(await durable.link(durable.stage(tmp, bytes, 0o444), target)).toBe('linked');
    await durable.syncFolder(place);
    expect(calls).toEqual([
      'open tmp',
      'write tmp',
      'fsync tmp',
      'link file',
      'unlink tmp',
      'open place',
      'fsync place',
    ]);
    expect(statSync(target).nlink).toBe(1);
  });

  it('folder: its parent is fsynced also when it was there already', async () => {
    const { disk: traced, calls } = disk();
    const durable = new Durable(traced);
    await durable.makeFolder(join(place, 'new'));
    await durable.makeFolder(join(place, 'new'));
    expect(calls).toEqual(['mkdir new', 'open place', 'fsync place', 'mkdir new', 'open place', 'fsync place']);
    expect(statSync(join(place, 'new')).mode & 0o777).toBe(0o700);
  });

  it('folders: each parent that is missing, from the top', async () => {
    await new Durable().makeFolders(join(place, 'a', 'b', 'c'));
    expect(existsSync(join(place, 'a', 'b', 'c'))).toBe(true);
  });

  it('remove and move: both folders', async () => {
    const { disk: traced, calls } = disk();
    const durable = new Durable(traced);
    writeFileSync(join(tmp, 'old'), bytes);
    expect(await durable.move(join(tmp, 'old'), target)).toBe(true);
    expect(await durable.move(join(tmp, 'old'), target)).toBe(false);
    expect(await durable.remove(target)).toBe(true);
    expect(await durable.remove(target)).toBe(false);
    const removal = ['unlink file', 'open place', 'fsync place'];
    expect(calls).toEqual([
      'rename file',
      'open place',
      'fsync place',
      'open tmp',
      'fsync tmp',
      'rename file',
      ...removal,
      ...removal,
    ]);
  });

  it('of many moves: in their order, then each folder once', async () => {
    const { disk: traced, calls } = disk();
    for (const name of ['a', 'b', 'c']) writeFileSync(join(tmp, name), name);
    const moves = ['c', 'missing', 'b', 'a'].map((name) => ({ from: join(tmp, name), to: join(place, name) }));
    expect(await new Durable(traced).moveAll(moves)).toBe(3);
    expect(calls).toEqual([
      'rename c',
      'rename missing',
      'rename b',
      'rename a',
      'open place',
      'fsync place',
      'open tmp',
      'fsync tmp',
    ]);
    expect(readdirSync(place).sort()).toEqual(['a', 'b', 'c']);
  });

  it('on Windows no folder is fsynced, and every file is', async () => {
    const { disk: traced, calls } = disk();
    await new Durable(traced, 'win32').writeFile(tmp, target, bytes, 0o644);
    expect(calls).toEqual(['open tmp', 'write tmp', 'fsync tmp', 'rename file']);
  });

  it('a write that takes a part of the bytes goes on with the rest', async () => {
    const slow: Disk = { ...realDisk, write: (fd, part) => realDisk.write(fd, part.subarray(0, 2)) };
    await new Durable(slow).writeFile(tmp, target, bytes, 0o644);
    expect(readFileSync(target)).toEqual(bytes);
  });

  it('a stream becomes one file, or nothing', async () => {
    const durable = new Durable();
    async function* pieces(error?: Error) {
      yield Buffer.from('the ');
      if (error !== undefined) throw error;
      yield Buffer.from('bytes');
    }
    await durable.publish(await durable.stageStream(tmp, pieces(), 0o600), target);
    expect(readFileSync(target)).toEqual(bytes);
    await expect(durable.stageStream(tmp, pieces(new Error('the source failed')), 0o600)).rejects.toThrow(
      'the source failed',
    );
    expect(readdirSync(tmp)).toEqual([]);
  });
});

describe('when a call fails', () => {
  const FILE: readonly [Call, number, 'before' | 'after', string, ErrorCode, boolean][] = [
    // call, which of them, when, with what; the error, and whether the new bytes may be at the target afterwards
    ['open', 1, 'before', 'ENOSPC', 'STORE_FULL', false],
    ['open', 1, 'before', 'EDQUOT', 'STORE_FULL', false],
    ['open', 1, 'before', 'EROFS', 'STORE_READONLY', false],
    ['open', 1, 'before', 'EACCES', 'STORE_UNREADABLE', false],
    ['open', 1, 'before', 'ENOENT', 'STORE_UNREADABLE', false],
    ['open', 1, 'before', 'EMFILE', 'STORE_UNREADABLE', false],
    ['open', 1, 'before', 'EIO', 'STATE_UNKNOWN', false],
    ['write', 1, 'before', 'ENOSPC', 'STORE_FULL', false],
    ['write', 1, 'after', 'ENOSPC', 'STORE_FULL', false],
    ['write', 1, 'before', 'EFBIG', 'STORE_FULL', false],
    ['write', 1, 'before', 'EIO', 'STATE_UNKNOWN', false],
    ['write', 1, 'after', 'EIO', 'STATE_UNKNOWN', false],
    ['fsync', 1, 'before', 'EIO', 'STATE_UNKNOWN', false],
    ['fsync', 1, 'after', 'EIO', 'STATE_UNKNOWN', false],
    ['fsync', 1, 'before', 'ENOSPC', 'STATE_UNKNOWN', false],
    ['rename', 1, 'before', 'EACCES', 'STORE_UNREADABLE', false],
    ['rename', 1, 'before', 'EROFS', 'STORE_READONLY', false],
    ['rename', 1, 'before', 'EIO', 'STATE_UNKNOWN', false],
    ['rename', 1, 'after', 'EIO', 'STATE_UNKNOWN', true],
    ['open', 2, 'before', 'EACCES', 'STORE_UNREADABLE', true],
    ['open', 2, 'before', 'EIO', 'STATE_UNKNOWN', true],
    ['fsync', 2, 'before', 'EIO', 'STATE_UNKNOWN', true],
    ['fsync', 2, 'after', 'EIO', 'STATE_UNKNOWN', true],
  ];

  it.each(FILE)('publish: %s %i fails %s its effect with %s', async (call, nth, moment, code, expected, there) => {
    writeFileSync(target, 'as it was');
    const { disk: faulty, open } = disk({ call, nth, moment, code });
    const written = new Durable(faulty).writeFile(tmp, target, bytes, 0o644);
    await expect(written).rejects.toMatchObject({ code: expected });
    expect(readFileSync(target, 'utf8')).toBe(there ? 'the bytes' : 'as it was');
    expect([...open]).toEqual([]);
    await new Durable().writeFile(tmp, target, bytes, 0o644);
    expect(readFileSync(target)).toEqual(bytes);
  });

  it('stage: nothing is left behind when the bytes cannot be written', () => {
    const { disk: faulty } = disk({ call: 'write', moment: 'after', code: 'ENOSPC' });
    expect(() => new Durable(faulty).stage(tmp, bytes, 0o644)).toThrowError(
      expect.objectContaining({ code: 'STORE_FULL' }),
    );
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('an fsync that fails stays unnoticed by nobody, and kills no process that did not wait yet', async () => {
    const { disk: faulty } = disk({ call: 'fsync', moment: 'before', code: 'EIO' });
    const staged = new Durable(faulty).stage(tmp, bytes, 0o644);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(staged.durable).rejects.toMatchObject({
      code: 'STATE_UNKNOWN',
      advice: [{ do: 'verify' }],
    });
  });

  it('whatever goes wrong says whose the folder is, and what repairs it', async () => {
    const { disk: faulty } = disk({ call: 'open', moment: 'before', code: 'EACCES' });
    expect(() => new Durable(faulty).stage(tmp, bytes, 0o644)).toThrowError(
      expect.objectContaining({
        message: expect.stringMatching(/uid \d+.*belongs to uid \d+/),
        hint: expect.stringMatching(/(?:chown -R \d+:\d+|chmod -R u\+rwX) \//),
      }),
    );
  });
});

describe('link', () => {
  const linkWith = async (fails: Parameters<typeof disk>[0], prepare?: () => void) => {
    const durable = new Durable(disk(fails).disk);
    const staged = durable.stage(tmp, bytes, 0o444);
    await staged.durable;
    prepare?.();
    return durable.link(staged, target);
  };
  const always = (code: string, moment: 'before' | 'after' = 'before') => ({ call: 'link' as const, moment, code });

  it('is a conflict when another has the name, whose bytes stay', async () => {
    writeFileSync(target, 'theirs');
    expect(await linkWith(undefined)).toBe('exists');
    expect(readFileSync(target, 'utf8')).toBe('theirs');
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('is ours when it says it failed and the name leads to our very file', async () => {
    expect(await linkWith(always('EIO', 'after'))).toBe('linked');
    expect(readFileSync(target)).toEqual(bytes);
  });

  it('is a conflict when it says it failed and the name leads to equal bytes of another', async () => {
    expect(await linkWith(always('EIO'), () => writeFileSync(target, bytes))).toBe('exists');
  });

  it('is a conflict when the name is a link to our very file', async () => {
    const durable = new Durable();
    const staged = durable.stage(tmp, bytes, 0o444);
    symlinkSync(staged.path, target);
    expect(await durable.link(staged, target)).toBe('exists');
  });

  it('is a conflict when the name was taken and given up again', async () => {
    expect(await linkWith(always('EEXIST'))).toBe('exists');
  });

  it('is to be staged again when a sweep took the file', async () => {
    const sweep = () => {
      for (const name of readdirSync(tmp)) rmSync(join(tmp, name));
    };
    expect(await linkWith(undefined, sweep)).toBe('gone');
    expect(existsSync(target)).toBe(false);
  });

  it.each(['EPERM', 'ENOTSUP', 'EMLINK', 'ENOSYS', 'EXDEV'])(
    'names the way out on a volume without hard links (%s)',
    async (code) => {
      await expect(linkWith(always(code))).rejects.toMatchObject({
        code: 'STORE_UNSUPPORTED',
        hint: expect.stringContaining('named volume'),
      });
      expect(readdirSync(tmp)).toEqual([]);
    },
  );

  it.each([
    ['ENOSPC', 'STORE_FULL'],
    ['EROFS', 'STORE_READONLY'],
    ['EIO', 'STATE_UNKNOWN'],
    ['EACCES', 'STORE_UNREADABLE'],
  ])('that fails with %s is %s', async (code, expected) => {
    await expect(linkWith(always(code))).rejects.toMatchObject({ code: expected });
    expect(existsSync(target)).toBe(false);
  });

  it('is never made before the bytes are durable', async () => {
    const { disk: faulty, calls } = disk({ call: 'fsync', moment: 'after', code: 'EIO' });
    const durable = new Durable(faulty);
    await expect(durable.link(durable.stage(tmp, bytes, 0o444), target)).rejects.toMatchObject({
      code: 'STATE_UNKNOWN',
    });
    expect(calls).not.toContain('link file');
  });

  it('of many at once has one winner', async () => {
    const durable = new Durable();
    const outcomes = await Promise.all(
      Array.from({ length: 32 }, (_, i) => durable.link(durable.stage(tmp, Buffer.from(`${i}`), 0o444), target)),
    );
    expect(outcomes.filter((outcome) => outcome === 'linked')).toHaveLength(1);
    expect(readFileSync(target, 'utf8')).toBe(`${outcomes.indexOf('linked')}`);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('works where another link to the same file is', async () => {
    writeFileSync(join(place, 'other'), 'x');
    linkSync(join(place, 'other'), join(place, 'second'));
    expect(await linkWith(undefined)).toBe('linked');
  });
});
