import { execFileSync, spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { replaceFile } from '../../src/disk/replace-file.ts';
import { isSpecial, writeInto } from '../../src/disk/write-into.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'write-into-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function pipe(): Promise<string> {
  const path = join(await folder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

const bytes = Buffer.alloc(300_000, 'all of it\n');

describe.skipIf(process.platform === 'win32')('what is there and is no regular file', () => {
  it('is written into, whole, when it is a pipe', async () => {
    const path = await pipe();
    const reader = spawn('cat', [path]);
    const read = text(reader.stdout);
    expect(await isSpecial(path)).toBe(true);
    expect(await replaceFile(path, bytes)).toEqual({ path });
    expect(await read).toBe(bytes.toString());
    expect(lstatSync(path).isFIFO()).toBe(true);
    expect(await readdir(join(path, '..'))).toEqual(['pipe']);
  });

  it('stays a pipe where no program reads it', async () => {
    const path = await pipe();
    await expect(replaceFile(path, bytes)).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      message: expect.stringContaining('a pipe that no program reads'),
    });
    expect(lstatSync(path).isFIFO()).toBe(true);
  }, 20_000);

  it('stays the null device, through a link too', async () => {
    const link = join(await folder(), 'null');
    await symlink('/dev/null', link);
    for (const path of ['/dev/null', link]) {
      expect(await writeInto(path, [bytes, bytes])).toBe(2 * bytes.length);
      await replaceFile(path, bytes);
      expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    }
  });

  it.skipIf(process.platform !== 'linux')('says how much was written to a full device', async () => {
    await expect(writeInto('/dev/full', [bytes])).rejects.toMatchObject({
      code: 'STORE_FULL',
      message: expect.stringContaining('0 bytes were written'),
      details: { written: 0 },
    });
  });

  it('is neither a file, nor a folder, nor nothing', async () => {
    const path = await folder();
    await writeFile(join(path, 'file'), 'x');
    expect(await Promise.all([path, join(path, 'file'), join(path, 'none')].map(isSpecial))).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('a file that is replaced', () => {
  it('is kept where it is wanted, unless it says the same', async () => {
    const path = join(await folder(), 'config.json');
    const copy = `${path}.kept`;
    const keepAt = async () => copy;
    expect((await replaceFile(path, Buffer.from('one'), { keepAt })).kept).toBeUndefined();
    expect((await replaceFile(path, Buffer.from('one'), { keepAt })).kept).toBeUndefined();
    expect((await replaceFile(path, Buffer.from('two'), { keepAt })).kept).toMatch(/config\.json\.kept$/);
    expect([await readFile(path, 'utf8'), await readFile(copy, 'utf8')]).toEqual(['two', 'one']);
  });
});
