import {
  chmodSync,
  existsSync,
  lstatSync,
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
import { sha256Hex } from '../../src/core/digest.ts';
import { realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { type Pin, PinFile } from '../../src/state/pin.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { WRONG_FILES } from './wrong-files.ts';

const store = sha256Hex('store');
const pinAt = (index: number): Pin => ({ store, index, commit: sha256Hex(`commit ${index}`) });

const textOf = (pin: Pin) => `${JSON.stringify(pin)}\n`;

let folder: string;
let keys: string;
let file: PinFile;
const pinFile = (disk = new Durable()) => new PinFile(new StateFolder(folder, disk), keys, disk);
/** The names in the folder, but for what keeps it out of git. */
const names = () => readdirSync(folder).filter((name) => name !== '.gitignore');
beforeEach(async () => {
  const root = await temporaryFolder();
  [folder, keys] = [join(root, 'state'), join(root, 'keys')];
  mkdirSync(keys, { mode: 0o700 });
  file = pinFile();
});

describe('the pin', () => {
  it('is nothing where no file or no folder is, and reading makes none', () => {
    expect(file.read()).toEqual({});
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder, { mode: 0o700 });
    expect(file.read()).toEqual({});
  });

  it('comes back as it was written, in a file of 0600 with nothing beside it', async () => {
    await file.raise(pinAt(7));
    expect(file.read()).toEqual({ pin: pinAt(7) });
    expect(readFileSync(join(folder, 'pin.json'), 'utf8')).toBe(`${JSON.stringify(pinAt(7))}\n`);
    expect(statSync(join(folder, 'pin.json')).mode & 0o777).toBe(0o600);
    expect(names()).toEqual(['pin.json']);
  });

  it('is raised and never lowered, but for a decision', async () => {
    await file.raise(pinAt(7));
    await file.raise(pinAt(3));
    expect(file.read().pin?.index).toBe(7);
    await file.raise({ ...pinAt(7), commit: sha256Hex('another') });
    expect(file.read()).toEqual({ pin: pinAt(7) });
    await file.raise(pinAt(9));
    expect(file.read().pin?.index).toBe(9);
    await file.replace(pinAt(2));
    expect(file.read()).toEqual({ pin: pinAt(2) });
  });

  it('of another store is left alone', async () => {
    await file.raise(pinAt(7));
    await file.raise({ ...pinAt(9), store: sha256Hex('another store') });
    expect(file.read()).toEqual({ pin: pinAt(7) });
  });

  it.each([
    ['empty', ''],
    ['not JSON', '{"store":'],
    ['null', 'null'],
    ['an index below zero', JSON.stringify({ ...pinAt(0), index: -1 })],
    ['an index that is no integer', JSON.stringify({ ...pinAt(0), index: 1.5 })],
    ['a commit that is no hash', JSON.stringify({ ...pinAt(0), commit: 'abc' })],
    ['no store', JSON.stringify({ index: 1, commit: store })],
    ['a list', JSON.stringify([pinAt(0)])],
    ['zeros, as after a power cut', '\0'.repeat(120)],
  ])('that is damaged (%s) is never taken for none, and kept for a person to see', async (_, text) => {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, 'pin.json'), text);
    expect(file.read()).toEqual({ damaged: expect.stringContaining('is not a pin') });
    await file.raise(pinAt(7));
    expect(readFileSync(join(folder, 'pin.json'), 'utf8')).toBe(text);
    await file.replace(pinAt(2));
    expect(file.read()).toEqual({ pin: pinAt(2) });
  });

  describe.each(Object.entries(WRONG_FILES))('in whose place is %s', (kind, place) => {
    it('is damaged, and only a decision puts a pin there', async () => {
      mkdirSync(folder, { mode: 0o700 });
      const sound = join(folder, '..', 'sound.json');
      writeFileSync(sound, textOf(pinAt(5)));
      place(join(folder, 'pin.json'), sound);
      expect(file.read()).toEqual({ damaged: expect.stringContaining('pin.json') });
      await file.raise(pinAt(7));
      expect(file.read().damaged).toBeDefined();
      if (kind === 'a folder') {
        await expect(file.replace(pinAt(2))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
        return;
      }
      await file.replace(pinAt(2));
      expect(file.read()).toEqual({ pin: pinAt(2) });
      expect(readFileSync(sound, 'utf8')).toBe(textOf(pinAt(5)));
    });

    it('is damaged also where an earlier release kept it', async () => {
      const sound = join(keys, '..', 'sound.json');
      writeFileSync(sound, textOf(pinAt(5)));
      place(join(keys, 'pin.json'), sound);
      expect(file.read()).toEqual({ damaged: expect.stringContaining('pin.json') });
      await file.raise(pinAt(7));
      expect(existsSync(folder)).toBe(false);
      await file.replace(pinAt(2));
      expect(file.read()).toEqual({ pin: pinAt(2) });
    });
  });

  it('is damaged in a folder that others can write, and where that folder is a link', async () => {
    await file.raise(pinAt(7));
    chmodSync(folder, 0o777);
    expect(file.read()).toEqual({ damaged: expect.stringContaining('open to others') });
    await file.raise(pinAt(9));
    await expect(file.replace(pinAt(9))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    chmodSync(folder, 0o700);
    expect(file.read()).toEqual({ pin: pinAt(7) });
    symlinkSync(folder, `${folder}-link`);
    const linked = new PinFile(new StateFolder(`${folder}-link`), keys);
    expect(linked.read()).toEqual({ damaged: expect.stringContaining('is a link') });
  });

  it('in a folder that is mounted read-only says so', async () => {
    const readOnly = new Durable({
      ...realDisk,
      open: () => {
        throw Object.assign(new Error('read-only file system'), { code: 'EROFS' });
      },
    });
    mkdirSync(folder, { mode: 0o700 });
    await expect(pinFile(readOnly).raise(pinAt(1))).rejects.toMatchObject({ code: 'STORE_READONLY' });
    expect(names()).toEqual([]);
  });

  it('ends at the highest of many writers, whoever renames last', async () => {
    const writers = Array.from({ length: 16 }, () => pinFile());
    await Promise.all(writers.map((writer, i) => writer.raise(pinAt((i * 7) % 16))));
    expect(file.read()).toEqual({ pin: pinAt(15) });
    expect(names()).toEqual(['pin.json']);
  });

  it('is raised again when a slower process renamed a lower one over it', async () => {
    let interfered = false;
    const late = new Durable({
      ...realDisk,
      rename: (from, to) => {
        realDisk.rename(from, to);
        if (interfered || !to.endsWith('pin.json')) return;
        interfered = true;
        writeFileSync(to, `${JSON.stringify(pinAt(3))}\n`); // the other had looked before ours was there
      },
    });
    await pinFile(late).raise(pinAt(9));
    expect(interfered).toBe(true);
    expect(file.read()).toEqual({ pin: pinAt(9) });
  });
});

describe('the copy in keys/, where an earlier release kept the pin', () => {
  const copy = () => join(keys, 'pin.json');
  const copied = () => readFileSync(copy(), 'utf8');

  it('counts while there is none in state/', async () => {
    writeFileSync(copy(), textOf(pinAt(5)));
    expect(file.read()).toEqual({ pin: pinAt(5) });
    expect(existsSync(folder)).toBe(false);
  });

  it('follows the pin, and counts again when state/ is lost', async () => {
    await file.raise(pinAt(5));
    expect(copied()).toBe(textOf(pinAt(5)));
    await file.raise(pinAt(7));
    await file.replace(pinAt(6));
    expect(copied()).toBe(textOf(pinAt(6)));
    rmSync(folder, { recursive: true });
    expect(pinFile().read()).toEqual({ pin: pinAt(6) });
  });

  it.each([
    ['higher', 9, 9],
    ['equal', 5, 5],
    ['lower', 3, 5],
  ])('is taken over when a pin that is %s is to be written, and never lowered', async (_, index, kept) => {
    writeFileSync(copy(), textOf(pinAt(5)));
    await file.raise(pinAt(index));
    expect(file.read()).toEqual({ pin: pinAt(kept) });
    expect(readFileSync(join(folder, 'pin.json'), 'utf8')).toBe(textOf(pinAt(kept)));
    expect(copied()).toBe(textOf(pinAt(kept)));
  });

  it('of another store stays until a person decides', async () => {
    const other = { ...pinAt(5), store: sha256Hex('another store') };
    writeFileSync(copy(), textOf(other));
    await file.raise(pinAt(9));
    expect([file.read(), existsSync(folder)]).toEqual([{ pin: other }, false]);
    await file.replace(pinAt(9));
    expect([file.read(), copied()]).toEqual([{ pin: pinAt(9) }, textOf(pinAt(9))]);
  });

  it('stays as it is where keys/ is read-only, and does not count any more', async () => {
    writeFileSync(copy(), textOf(pinAt(5)));
    const readOnlyKeys = new Durable({
      ...realDisk,
      open: (path, flags, mode) => {
        if (path.startsWith(keys)) throw Object.assign(new Error('read-only file system'), { code: 'EROFS' });
        return realDisk.open(path, flags, mode);
      },
    });
    const mounted = pinFile(readOnlyKeys);
    await mounted.raise(pinAt(6));
    await mounted.raise(pinAt(7));
    expect(copied()).toBe(textOf(pinAt(5)));
    expect([mounted.read(), pinFile().read()]).toEqual([{ pin: pinAt(7) }, { pin: pinAt(7) }]);
  });

  it.each(Object.entries(WRONG_FILES))('is not written where %s is in its place', async (_, place) => {
    await file.raise(pinAt(5));
    rmSync(copy());
    const sound = join(keys, 'sound.json');
    writeFileSync(sound, textOf(pinAt(1)));
    place(copy(), sound);
    const before = lstatSync(copy()).ino;
    await file.raise(pinAt(9));
    expect(file.read()).toEqual({ pin: pinAt(9) });
    expect(readFileSync(sound, 'utf8')).toBe(textOf(pinAt(1)));
    if (!lstatSync(copy()).isFile()) expect(lstatSync(copy()).ino).toBe(before);
  });

  it('is not made where there is no keys/, or a link in its place', async () => {
    rmSync(keys, { recursive: true });
    await file.raise(pinAt(5));
    expect(existsSync(keys)).toBe(false);
    const shared = join(folder, '..', 'shared');
    mkdirSync(shared);
    symlinkSync(shared, keys);
    await file.raise(pinAt(6));
    expect([file.read(), readdirSync(shared)]).toEqual([{ pin: pinAt(6) }, []]);
  });

  it('stays when the new one cannot be written', async () => {
    writeFileSync(copy(), textOf(pinAt(5)));
    mkdirSync(folder, { mode: 0o700 });
    chmodSync(folder, 0o777);
    await expect(file.raise(pinAt(9))).rejects.toMatchObject({ code: 'STORE_UNREADABLE' });
    expect(pinFile().read()).toEqual({ pin: pinAt(5) });
  });
});
