import { execFileSync } from 'node:child_process';
import { existsSync, renameSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { replaceTarget } from '../../src/clients/target/replace-target.ts';
import { readTarget } from '../../src/clients/target/target-file.ts';
import { type Disk, realDisk } from '../../src/disk/disk.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const BEFORE = '{"mcpServers":{}}\n';
const AFTER = '{"mcpServers":{"a":{}}}\n';
const isRoot = process.getuid?.() === 0;

let folder: string;
let file: string;
beforeEach(async () => {
  folder = join(await temporaryFolder(), 'Claude');
  await mkdir(folder);
  file = join(folder, 'config.json');
  await writeFile(file, BEFORE);
});

const copies = async () => (await readdir(folder)).filter((name) => name.endsWith('.bak')).sort();
const replace = async (text: string, options?: Parameters<typeof replaceTarget>[2]) =>
  replaceTarget(await readTarget(file), text, options);
/** The disk in its place, with faults. */
const failing = (fault: Partial<Disk>) => (disk: Disk) => ({
  ...realDisk,
  open: disk.open.bind(disk),
  rename: disk.rename.bind(disk),
  unlink: disk.unlink.bind(disk),
  ...fault,
});
const busy: Partial<Disk> = {
  rename: (from, to) => {
    if (to === file) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
    renameSync(from, to);
  },
};

describe('a file that is replaced', () => {
  it('is copied first, under its name and the time', async () => {
    const { backup, inPlace } = await replace(AFTER, { now: () => new Date('2026-11-21T03:40:05.006Z') });
    expect([backup, inPlace]).toEqual([`${file}.20261121T034005.006Z.bak`, false]);
    expect(await readFile(`${backup}`, 'utf8')).toBe(BEFORE);
    expect(await readFile(file, 'utf8')).toBe(AFTER);
    expect((await readdir(folder)).sort()).toEqual(['config.json', 'config.json.20261121T034005.006Z.bak']);
  });

  it('keeps five copies of itself, the newest, and lets other files be', async () => {
    const others = ['config.json.bak', 'config.json.2020.bak', 'other.json.20200101T000000.000Z.bak'];
    for (const name of others) await writeFile(join(folder, name), 'not ours');
    for (let i = 1; i <= 8; i++) await replace(`{"a":${i}}`, { now: () => new Date(i * 1000) });
    const ours = (await copies()).filter((name) => !others.includes(name));
    expect(await Promise.all(ours.map((name) => readFile(join(folder, name), 'utf8')))).toEqual(
      [3, 4, 5, 6, 7].map((i) => `{"a":${i}}`),
    );
    expect((await readdir(folder)).filter((name) => others.includes(name)).sort()).toEqual(others.sort());
  });

  it('loses no copy while the clock stands still', async () => {
    const now = () => new Date(0);
    for (let i = 1; i <= 3; i++) await replace(`{"a":${i}}`, { now });
    expect(await copies()).toHaveLength(3);
  });

  it.each([0o600, 0o644, 0o664, 0o640])('keeps its mode, %o, and the copy is for its owner alone', async (mode) => {
    await chmod(file, mode);
    const { backup } = await replace(AFTER);
    expect([(await stat(file)).mode & 0o777, (await stat(`${backup}`)).mode & 0o777]).toEqual([mode, 0o600]);
  });

  it.runIf(isRoot)('keeps its owner when root writes it, and so does the copy', async () => {
    await chown(file, 12345, 23456);
    const { backup } = await replace(AFTER);
    for (const path of [file, `${backup}`]) {
      const { uid, gid } = await stat(path);
      expect([uid, gid]).toEqual([12345, 23456]);
    }
  });

  it('stays behind its link, wherever that leads', async () => {
    const link = join(folder, '..', 'link.json');
    await symlink('Claude/config.json', link);
    const { backup } = await replaceTarget(await readTarget(link), AFTER);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(AFTER);
    expect(await copies()).toEqual([`${backup}`.slice(folder.length + 1)]);
  });

  it('is written in place when it is a mount of its own, and keeps its inode', async () => {
    const before = await stat(file);
    for (const text of [AFTER, '{}']) {
      expect(await replace(text, { wrap: failing(busy) })).toMatchObject({ inPlace: true });
      expect(await readFile(file, 'utf8')).toBe(text);
    }
    expect((await stat(file)).ino).toBe(before.ino);
    expect((await readdir(folder)).filter((name) => !name.endsWith('.bak'))).toEqual(['config.json']);
  });

  it.runIf(isRoot && canMount())('is written in place under a real bind mount', async () => {
    const source = join(folder, '..', 'source.json');
    await writeFile(source, BEFORE);
    const script = fileURLToPath(new URL('replace-file.ts', import.meta.url));
    const inside = `mount --bind "$1" "$2" && exec "$3" "$4" "$2"`;
    const said = execFileSync('unshare', ['-m', 'sh', '-c', inside, 'sh', source, file, process.execPath, script]);
    expect(JSON.parse(said.toString())).toMatchObject({ inPlace: true });
    expect(await readFile(source, 'utf8')).toBe(`${BEFORE} `);
  });
});

describe('a file that is not there', () => {
  it('is made with its folders, for its owner alone, and has no copy', async () => {
    await rm(folder, { recursive: true });
    expect(await replace(AFTER)).toEqual({ backup: undefined, inPlace: false });
    expect([await readFile(file, 'utf8'), await readdir(folder)]).toEqual([AFTER, ['config.json']]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });
});

describe('nothing is written', () => {
  const untouched = async () => {
    expect(await readFile(file, 'utf8')).toBe(BEFORE);
    expect(await readdir(folder)).toEqual(['config.json']);
  };

  it('when the file was changed since it was read', async () => {
    const target = await readTarget(file);
    await writeFile(file, '{"theirs":1}');
    await expect(replaceTarget(target, AFTER)).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
    expect(await readFile(file, 'utf8')).toBe('{"theirs":1}');
    expect(await readdir(folder)).toEqual(['config.json']);
  });

  it('when the file appeared since it was looked for, or went away', async () => {
    const present = await readTarget(file);
    await rm(file);
    const absent = await readTarget(file);
    await expect(replaceTarget(present, AFTER)).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
    await writeFile(file, BEFORE);
    await expect(replaceTarget(absent, AFTER)).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
    await untouched();
  });

  it('when the link leads elsewhere by now, though to the same bytes', async () => {
    const link = join(folder, '..', 'link.json');
    await symlink('Claude/config.json', link);
    const target = await readTarget(link);
    await writeFile(join(folder, '..', 'other.json'), BEFORE);
    await rm(link);
    await symlink('other.json', link);
    await expect(replaceTarget(target, AFTER)).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
    await untouched();
  });

  it('when it was changed at the last moment, after the copy', async () => {
    let staged = 0;
    const wrap = failing({
      fsync: async (fd) => {
        await realDisk.fsync(fd);
        if (++staged === 3) await writeFile(file, '{"theirs":1}');
      },
    });
    await expect(replace(AFTER, { wrap })).rejects.toMatchObject({ code: 'TARGET_CHANGED' });
    expect(await readFile(file, 'utf8')).toBe('{"theirs":1}');
    expect((await readdir(folder)).filter((name) => !name.startsWith('config.json'))).toEqual([]);
  });

  it.each([
    ['open', 'EACCES', 'ARGUMENT_INVALID'],
    ['open', 'EROFS', 'ARGUMENT_INVALID'],
    ['write', 'ENOSPC', 'STORE_FULL'],
  ] as const)('when %s says %s', async (call, code, expected) => {
    const fault = () => {
      throw Object.assign(new Error('injected'), { code });
    };
    await expect(replace(AFTER, { wrap: failing({ [call]: fault }) })).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining(file),
      hint: expect.stringContaining('Nothing was changed'),
    });
    await untouched();
  });
});

it('when the folder cannot be flushed afterwards, it says that the file was written', async () => {
  let flushed = 0;
  const open = (path: string, flags: string, mode?: number): number => {
    if (path === folder && ++flushed === 2) throw Object.assign(new Error('injected'), { code: 'EACCES' });
    return realDisk.open(path, flags, mode);
  };
  const failed = replace(AFTER, { wrap: failing({ open }) });
  await expect(failed).rejects.toMatchObject({
    code: 'STATE_UNKNOWN',
    message: expect.stringContaining('was written'),
  });
  expect(await readFile(file, 'utf8')).toBe(AFTER);
});

it('an old copy that cannot be removed is no failure', async () => {
  const unlink = (path: string) => {
    if (path.endsWith('.bak')) throw Object.assign(new Error('injected'), { code: 'EPERM' });
    realDisk.unlink(path);
  };
  for (let i = 1; i <= 7; i++) await replace(`{"a":${i}}`, { wrap: failing({ unlink }) });
  expect([await readFile(file, 'utf8'), (await copies()).length]).toEqual(['{"a":7}', 7]);
});

it('when writing in place stops halfway, the copy is named', async () => {
  const open = (path: string, flags: string, mode?: number): number => {
    if (flags === 'r+') throw Object.assign(new Error('injected'), { code: 'EIO' });
    return realDisk.open(path, flags, mode);
  };
  const failed = replace(AFTER, { wrap: failing({ ...busy, open }) });
  await expect(failed).rejects.toMatchObject({ code: 'STATE_UNKNOWN', hint: expect.stringContaining('.bak') });
  expect(await readFile(join(folder, `${(await copies())[0]}`), 'utf8')).toBe(BEFORE);
});

describe('reading', () => {
  it('takes a byte order mark off, and says so', async () => {
    await writeFile(file, `\uFEFF${BEFORE}`);
    expect(await readTarget(file)).toMatchObject({ text: BEFORE, hadByteOrderMark: true });
  });

  it('refuses what is no text, too large, a folder, or a link to nothing', async () => {
    const cases: Array<[string, () => Promise<unknown>]> = [
      ['TARGET_UNPARSABLE', () => writeFile(file, Buffer.from(BEFORE, 'utf16le').fill(0xff, 0, 1))],
      ['TARGET_UNPARSABLE', () => writeFile(file, Buffer.alloc(17 * 1_048_576, ' '))],
      ['ARGUMENT_INVALID', () => symlink('nowhere', file)],
      ['ARGUMENT_INVALID', () => mkdir(file)],
    ];
    for (const [code, prepare] of cases) {
      await rm(file);
      await prepare();
      await expect(readTarget(file)).rejects.toMatchObject({ code });
    }
    expect(existsSync(file)).toBe(true);
  });
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false; // no right to, or no such command: the disk of the test stands in
  }
}
