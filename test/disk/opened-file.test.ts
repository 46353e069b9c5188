import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openRegularFile, readRegularFile, readStart, withRegularFile } from '../../src/disk/opened-file.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  path = join(folder, 'file');
});

describe('a file that is read with a limit', () => {
  it('is read whole up to the limit, and refused above it', () => {
    writeFileSync(path, '12345');
    expect(readRegularFile(path, 5)).toEqual(Buffer.from('12345'));
    expect(readRegularFile(path, 100)).toEqual(Buffer.from('12345'));
    expect(() => readRegularFile(path, 4, 'its name')).toThrow(
      expect.objectContaining({ code: 'STORE_UNREADABLE', message: expect.stringContaining('its name has 5 bytes') }),
    );
    truncateSync(path, 2 ** 40);
    expect(() => readRegularFile(path, 100)).toThrow(expect.objectContaining({ code: 'STORE_UNREADABLE' }));
  });

  it('may be missing, and so may its folder', () => {
    expect(readRegularFile(path, 5)).toBeUndefined();
    expect(readRegularFile(join(path, 'below'), 5)).toBeUndefined();
    writeFileSync(path, '');
    expect(readRegularFile(path, 0)).toEqual(Buffer.alloc(0));
    expect(readRegularFile(join(path, 'below'), 5)).toBeUndefined();
  });

  it('may become shorter while it is read', () => {
    writeFileSync(path, '12345');
    const read = withRegularFile(
      path,
      (fd, { size }) => {
        truncateSync(path, 2);
        return readStart(fd, size);
      },
      () => undefined,
    );
    expect(Buffer.from(read ?? []).toString()).toBe('12');
  });

  it.each([
    ['a link', () => symlinkSync(join(folder, 'target'), path)],
    ['a link', () => symlinkSync('/dev/zero', path)],
    ['a link', () => symlinkSync(path, path)],
    ['a FIFO', () => execFileSync('mkfifo', [path])],
    ['a folder', () => mkdirSync(path)],
  ])('is not read when it is %s (case %#)', (found, plant) => {
    writeFileSync(join(folder, 'target'), 'precious');
    plant();
    expect(openRegularFile(path)).toEqual({ found });
    expect(() => readRegularFile(path, 100)).toThrow(
      expect.objectContaining({
        code: 'STORE_UNREADABLE',
        message: `${path} is ${found}, where a plain file has to be`,
      }),
    );
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('precious');
  });

  it('is not read when it is a device', () => {
    expect(openRegularFile('/dev/zero')).toEqual({ found: 'a device' });
  });

  it('is not read when it is a socket', async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(openRegularFile(path)).toEqual({ found: 'a socket' });
  });
});
