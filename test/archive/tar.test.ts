import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchiveFile, readTar, writeTar } from '../../src/archive/tar.ts';
import { propertyRuns } from '../property-runs.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { collect } from './collect.ts';

const write = async (files: readonly ArchiveFile[]) => Buffer.concat(await collect(writeTar(files, 1_700_000_000)));
const read = async (bytes: Uint8Array, piece = 1_000) => {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  return collect(readTar(pieces()));
};
const file = (path: string, text = 'x'): ArchiveFile => ({ path, mode: 0o600, bytes: Buffer.from(text) });

describe('an archive', () => {
  it('gives back what was put in, in whatever pieces it comes', async () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
    const files = fc.uniqueArray(
      fc.record({
        path: fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/')),
        mode: fc.constantFrom(0o600, 0o644, 0o444),
        bytes: fc.uint8Array({ maxLength: 1_500 }),
      }),
      { selector: ({ path }) => path, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 2_000 }), async (given, piece) => {
        const back = await read(await write(given), piece);
        expect(back.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) }))).toEqual(given);
      }),
      propertyRuns,
    );
  });

  it('is what tar lists and opens', async () => {
    const bytes = await write([file('keys/a.pem', 'one'), file('storage/log/000', 'x'.repeat(513))]);
    const listed = execFileSync('tar', ['-tv', '--numeric-owner'], { input: bytes }).toString();
    expect(listed).toMatch(/^-rw------- 0\/0 +3 .* keys\/a\.pem\n-rw------- 0\/0 +513 .* storage\/log\/000\n$/);
  });

  it.each(['/etc/passwd', '../x', 'a/../b', 'a//b', 'a/', './a', '', 'a b', 'a\\b', 'x'.repeat(101), 'a/..'])(
    'takes no path like %j',
    async (path) => {
      await expect(write([file(path)])).rejects.toMatchObject({ code: 'CORRUPT' });
    },
  );

  it('is refused with a path twice, a byte changed in a header, or a cut or longer file', async () => {
    const bytes = await write([file('a'), file('b', 'y'.repeat(600))]);
    await expect(read(await write([file('a'), file('a')]))).rejects.toThrow('twice');
    await expect(read(Buffer.concat([bytes, Buffer.alloc(512)]))).rejects.toThrow('follows its end');
    for (let length = 0; length < bytes.length; length += 256)
      await expect(read(bytes.subarray(0, length)), `cut to ${length}`).rejects.toMatchObject({ code: 'CORRUPT' });
    for (let at = 0; at < 512; at += 3) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] as number) ^ 0x01;
      await expect(read(changed), `changed at ${at}`).rejects.toMatchObject({ code: 'CORRUPT' });
    }
  });

  it('is refused when tar made it of links, folders or with other owners', async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, 'keys'));
    writeFileSync(join(folder, 'keys', 'plain'), 'x');
    symlinkSync('/etc/passwd', join(folder, 'keys', 'link'));
    for (const [format, name] of [
      ['ustar', 'keys/link'],
      ['ustar', 'keys'],
      ['gnu', 'keys/plain'],
      ['ustar', 'keys/plain'],
    ] as const) {
      const made = execFileSync('tar', ['-c', '-C', folder, `--format=${format}`, '--owner=root:5', name]);
      await expect(read(made), `${format} ${name}`).rejects.toMatchObject({ code: 'CORRUPT' });
    }
  });
});
