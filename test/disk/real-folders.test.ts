import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Durable } from '../../src/disk/durable.ts';
import { RealFolders } from '../../src/disk/real-folders.ts';
import { StorageDisk } from '../../src/disk/storage-disk.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const onLinux = existsSync('/proc/self/fd');
const WAYS = [['looking at each component', false] as const, ...(onLinux ? [['by descriptor', true] as const] : [])];

describe.each(WAYS)('folders below a root, %s', (_, byDescriptor) => {
  let home: string;
  let root: string;
  let outside: string;
  let folders: RealFolders;

  beforeEach(async () => {
    home = await temporaryFolder();
    [root, outside] = [join(home, 'root'), join(home, 'outside')];
    for (const folder of [join(root, 'a/b/c'), join(outside, 'b/c')]) mkdirSync(folder, { recursive: true });
    folders = new RealFolders(root, byDescriptor);
  });
  afterEach(() => folders.close());

  const write = (path: string, text = 'x') => writeFileSync(folders.to(join(root, path)), text);
  const refused = (path: string, found: string) =>
    expect.objectContaining({ code: 'STORE_UNREADABLE', details: { path: join(root, path), found } });

  it('lead to what is in them', () => {
    write('a/b/c/file', 'text');
    write('top');
    expect(readFileSync(join(root, 'a/b/c/file'), 'utf8')).toBe('text');
    expect(readdirSync(folders.folder(join(root, 'a/b/c')))).toEqual(['file']);
    expect(readdirSync(folders.folder(root)).sort()).toEqual(['a', 'top']);
  });

  it('leave alone what is not below the root', () => {
    for (const path of [outside, `${root}-other/file`, join(home, 'file'), root]) expect(folders.to(path)).toBe(path);
    expect(folders.folder(outside)).toBe(outside);
  });

  it.each(['a', 'a/b', 'a/b/c'])('are not followed where %s is a link, before and after they were used', (place) => {
    const fresh = new RealFolders(root, byDescriptor);
    write('a/b/c/file');
    renameSync(join(root, place), join(home, 'moved'));
    symlinkSync(join(home, 'moved'), join(root, place));
    for (const one of [folders, fresh])
      expect(() => one.to(join(root, 'a/b/c/file'))).toThrow(refused(place, 'a link'));
    unlinkSync(join(root, place));
    symlinkSync(outside, join(root, place));
    for (const one of [folders, fresh]) expect(() => one.folder(join(root, 'a/b/c'))).toThrow(refused(place, 'a link'));
    unlinkSync(join(root, place));
    writeFileSync(join(root, place), '');
    for (const one of [folders, fresh])
      expect(() => one.to(join(root, 'a/b/c/file'))).toThrow(refused(place, 'a file'));
    rmSync(join(root, place));
    for (const one of [folders, fresh])
      expect(() => one.to(join(root, 'a/b/c/file'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    renameSync(join(home, 'moved'), join(root, place));
    write('a/b/c/again');
    expect(readdirSync(join(root, 'a/b/c')).sort()).toEqual(['again', 'file']);
    fresh.close();
  });

  it('are found again when they are replaced by real ones', async () => {
    write('a/b/c/file');
    for (const place of ['a/b/c', 'a/b', 'a', '']) {
      const before = folders.replaced;
      renameSync(join(root, place), join(home, `before ${place.length}`));
      mkdirSync(join(root, 'a/b/c'), { recursive: true });
      await turnOfOthers(); // what was looked at in this turn is not looked at again
      write('a/b/c/new', place);
      expect(readdirSync(join(root, 'a/b/c'))).toEqual(['new']);
      if (byDescriptor) expect(folders.replaced).toBeGreaterThan(before);
    }
  });

  it('are looked at once in a turn, for what is only read', async () => {
    expect(folders.toRead(join(root, 'a/b/c/file'))).toBe(join(root, 'a/b/c/file'));
    renameSync(join(root, 'a/b'), join(home, 'moved'));
    symlinkSync(join(home, 'moved'), join(root, 'a/b'));
    expect(folders.toRead(join(root, 'a/b/c/file'))).toBe(join(root, 'a/b/c/file'));
    await turnOfOthers();
    expect(() => folders.toRead(join(root, 'a/b/c/file'))).toThrow(refused('a/b', 'a link'));
  });

  it('may be below a root that is a link, which may lead elsewhere later', () => {
    const link = join(home, 'link');
    symlinkSync(root, link);
    const linked = new RealFolders(link, byDescriptor);
    writeFileSync(linked.to(join(link, 'a/b/c/one')), '');
    unlinkSync(link);
    mkdirSync(join(home, 'other/a/b/c'), { recursive: true });
    symlinkSync(join(home, 'other'), link);
    writeFileSync(linked.to(join(link, 'a/b/c/two')), '');
    expect(readdirSync(join(root, 'a/b/c'))).toEqual(['one']);
    expect(readdirSync(join(home, 'other/a/b/c'))).toEqual(['two']);
    linked.close();
  });

  it('are the ones that a disk on them writes to', async () => {
    const disk = new Durable(new StorageDisk(folders));
    const at = (path: string) => join(root, path);
    await disk.writeFile(at('a'), at('a/b/published'), Buffer.from('1'), 0o600);
    expect(await disk.link(disk.stage(at('a'), Buffer.from('2'), 0o600), at('a/b/linked'))).toBe('linked');
    expect(await disk.link(disk.stage(at('a'), Buffer.from('2'), 0o600), at('a/b/linked'))).toBe('exists');
    await disk.makeFolders(at('new/one/two'));
    expect(await disk.moveAll([{ from: at('a/b/linked'), to: at('new/one/moved') }])).toBe(1);
    expect(await disk.remove(at('a/b/published'))).toBe(true);
    expect(readdirSync(root, { recursive: true }).sort()).toEqual(
      ['a', 'a/b', 'a/b/c', 'new', 'new/one', 'new/one/moved', 'new/one/two'].sort(),
    );
    symlinkSync(join(home, 'target'), at('a/b/link'));
    expect(await disk.link(disk.stage(at('a'), Buffer.from('2'), 0o600), at('a/b/link'))).toBe('exists');
    await disk.writeFile(at('a'), at('a/b/link'), Buffer.from('over the link'), 0o600);
    expect(existsSync(join(home, 'target'))).toBe(false);
    symlinkSync(outside, at('a/out'));
    await expect(disk.makeFolder(at('a/out/new'))).rejects.toThrow(refused('a/out', 'a link'));
    await expect(disk.remove(at('a/out/b'))).rejects.toThrow(refused('a/out', 'a link'));
    await expect(disk.move(at('a/b/c'), at('a/out/c'))).rejects.toThrow(refused('a/out', 'a link'));
    await expect(disk.syncFolder(at('a/out'))).rejects.toThrow(refused('a/out', 'a link'));
    expect(() => disk.stage(at('a/out'), Buffer.from('x'), 0o600)).toThrow(refused('a/out', 'a link'));
    expect(readdirSync(outside, { recursive: true }).sort()).toEqual(['b', 'b/c']);
  });

  it.skipIf(!byDescriptor)('keep few descriptors open, and none once they are closed', () => {
    const count = () => {
      const fd = openSync('/dev/null', 'r');
      closeSync(fd);
      return readdirSync('/proc/self/fd').length;
    };
    const before = count();
    for (let i = 0; i < 200; i++) {
      mkdirSync(join(root, `f${i}`));
      write(`f${i}/file`);
    }
    for (let i = 0; i < 200; i++) expect(readFileSync(folders.to(join(root, `f${i}/file`)), 'utf8')).toBe('x');
    expect(count() - before).toBeLessThanOrEqual(40);
    folders.close();
    expect(count() - before).toBeLessThanOrEqual(8);
  });
});
