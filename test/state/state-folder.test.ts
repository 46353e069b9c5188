import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;

let path: string;
let folder: StateFolder;
beforeEach(async () => {
  path = join(await temporaryFolder(), 'var', 'state');
  folder = new StateFolder(path);
});
const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('the state folder', () => {
  it('is not made by looking at it', () => {
    expect([folder.flaw(), folder.writable()]).toEqual([undefined, undefined]);
    expect(existsSync(join(path, '..'))).toBe(false);
  });

  it('is made closed, with a .gitignore, when something is to be kept', async () => {
    await folder.make();
    expect(modeOf(path)).toBe(0o700);
    expect(readdirSync(path)).toEqual(['.gitignore']);
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*\n');
    expect(folder.writable()).toBeUndefined();
  });

  it('is made once, and again when it was taken away', async () => {
    await Promise.all([folder.make(), folder.make(), folder.cachePath()]);
    writeFileSync(join(path, '.gitignore'), 'mine\n');
    await folder.make();
    await new StateFolder(path).make();
    expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('mine\n');
    rmSync(path, { recursive: true });
    await expect(folder.cachePath()).resolves.toBe(join(path, 'cache.sqlite'));
    expect(modeOf(path)).toBe(0o700);
  });

  it('that others can read is closed', async () => {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    expect(folder.writable()).toBeUndefined();
    await folder.make();
    expect(modeOf(path)).toBe(0o700);
  });

  it.each([0o777, 0o770, 0o722, 0o702])('that others can write (%o) is refused, and not changed', async (mode) => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, mode);
    const refused = { code: 'STORE_UNREADABLE', hint: expect.stringContaining(`chmod 700 ${path}`) };
    expect([folder.flaw(), folder.writable()]).toMatchObject([refused, refused]);
    await expect(folder.make()).rejects.toMatchObject(refused);
    await expect(folder.cachePath()).rejects.toMatchObject(refused);
    expect(modeOf(path)).toBe(mode);
    chmodSync(path, 0o700);
    await expect(folder.make()).resolves.toBeUndefined();
  });

  it.skipIf(!isRoot)("that is another user's is refused, even by root", async () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chownSync(path, 12345, 12345);
    await expect(folder.make()).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('belongs to uid 12345'),
    });
  });

  it.each<[string, (target: string) => void]>([
    ['a link to a folder', (target) => symlinkSync(target, path)],
    ['a link to nothing', () => symlinkSync('nowhere', path)],
    ['a file', () => writeFileSync(path, '')],
  ])('is refused when it is %s, and nothing is changed behind it', async (_, place) => {
    const target = join(await temporaryFolder(), 'elsewhere');
    mkdirSync(target, { mode: 0o755 });
    mkdirSync(join(path, '..'), { recursive: true });
    place(target);
    await expect(folder.make()).rejects.toMatchObject({
      code: 'STORE_UNREADABLE',
      advice: [{ do: 'set', setting: 'CONFIG_STORE_STATE_DIR' }],
    });
    expect(folder.writable()?.code).toBe('STORE_UNREADABLE');
    expect([modeOf(target), readdirSync(target)]).toEqual([0o755, []]);
  });

  it('that a link takes the place of while it is made is refused', async () => {
    const target = join(await temporaryFolder(), 'elsewhere');
    mkdirSync(target, { mode: 0o755 });
    const disk = new Durable({
      ...realDisk,
      mkdir: (at, mode) => {
        if (at === path) symlinkSync(target, path);
        realDisk.mkdir(at, mode);
      },
    });
    await expect(new StateFolder(path, disk).make()).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect([modeOf(target), readdirSync(target)]).toEqual([0o755, []]);
  });

  it('that cannot be made says so', async () => {
    const disk = new Durable({
      ...realDisk,
      mkdir: () => {
        throw Object.assign(new Error('read-only file system'), { code: 'EROFS' });
      },
    });
    const readOnly = new StateFolder(path, disk);
    await expect(readOnly.make()).rejects.toMatchObject({ code: 'STORE_READONLY' });
    await expect(readOnly.make()).rejects.toMatchObject({ code: 'STORE_READONLY' });
  });
});
