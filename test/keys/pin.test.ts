import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { realDisk } from '../../src/disk/disk.ts';
import { Durable } from '../../src/disk/durable.ts';
import { type Pin, PinFile } from '../../src/keys/pin.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

const store = sha256Hex('store');
const pinAt = (index: number): Pin => ({ store, index, commit: sha256Hex(`commit ${index}`) });

let folder: string;
let file: PinFile;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = new PinFile(folder);
});

describe('the pin', () => {
  it('is nothing, without a warning, where no file or no folder is', () => {
    expect(file.read()).toEqual({});
    expect(new PinFile(join(folder, 'none')).read()).toEqual({});
  });

  it('comes back as it was written, in a file of 0600 with nothing beside it', async () => {
    await file.raise(pinAt(7));
    expect(file.read()).toEqual({ pin: pinAt(7) });
    expect(readFileSync(join(folder, 'pin.json'), 'utf8')).toBe(`${JSON.stringify(pinAt(7))}\n`);
    expect(statSync(join(folder, 'pin.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['pin.json']);
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
  ])('that is damaged (%s) is a warning, and kept for a person to see', async (_, text) => {
    writeFileSync(join(folder, 'pin.json'), text);
    const { pin, warning } = file.read();
    expect(pin).toBeUndefined();
    expect(warning).toContain('a rollback would not be seen');
    await file.raise(pinAt(7));
    expect(readFileSync(join(folder, 'pin.json'), 'utf8')).toBe(text);
  });

  it('that cannot be read is a warning', () => {
    mkdirSync(join(folder, 'pin.json'));
    expect(file.read()).toEqual({ warning: expect.stringContaining('EISDIR') });
  });

  it('in a folder that is mounted read-only says so', async () => {
    const readOnly = new Durable({
      ...realDisk,
      open: () => {
        throw Object.assign(new Error('read-only file system'), { code: 'EROFS' });
      },
    });
    await expect(new PinFile(folder, readOnly).raise(pinAt(1))).rejects.toMatchObject({ code: 'STORE_READONLY' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends at the highest of many writers, whoever renames last', async () => {
    const writers = Array.from({ length: 16 }, () => new PinFile(folder));
    await Promise.all(writers.map((writer, i) => writer.raise(pinAt((i * 7) % 16))));
    expect(file.read()).toEqual({ pin: pinAt(15) });
    expect(readdirSync(folder)).toEqual(['pin.json']);
  });

  it('is raised again when a slower process renamed a lower one over it', async () => {
    let interfered = false;
    const late = new Durable({
      ...realDisk,
      rename: (from, to) => {
        realDisk.rename(from, to);
        if (interfered) return;
        interfered = true;
        writeFileSync(to, `${JSON.stringify(pinAt(3))}\n`); // the other had looked before ours was there
      },
    });
    await new PinFile(folder, late).raise(pinAt(9));
    expect(interfered).toBe(true);
    expect(file.read()).toEqual({ pin: pinAt(9) });
  });
});
