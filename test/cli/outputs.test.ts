import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'a/b', '-'], { stdin: 'be nice\n' });
});
afterAll(() => place.remove());

describe('get --out', () => {
  it('keeps what was there next to it, five copies at most', async () => {
    const file = place.path('kept.md');
    await writeFile(file, 'written by hand');
    const { stdout } = await place.run(['get', 'a/b', '--out', file]);
    expect(stdout).toMatch(/what was there is in kept\.md\.\d{8}T\d{6}\.\d{3}Z\.bak/);
    const copies = async () => (await readdir(place.folder)).filter((name) => name.startsWith('kept.md.'));
    expect(await readFile(place.path((await copies())[0] ?? ''), 'utf8')).toBe('written by hand');
    expect(await readFile(file, 'utf8')).toBe('be nice\n');
    await place.run(['get', 'a/b', '--out', file]);
    expect(await copies()).toHaveLength(1);
  });

  it.each(['-', '/dev/stdout'])('%s is standard output', async (out) => {
    expect((await place.run(['get', 'a/b', '--out', out])).stdout).toBe('be nice\n');
  });

  it.skipIf(process.platform === 'win32')('writes into a pipe', async () => {
    const pipe = place.path('pipe');
    execFileSync('mkfifo', [pipe]);
    const reader = spawn('cat', [pipe]);
    const read = text(reader.stdout);
    expect((await place.run(['get', 'a/b', '--out', pipe])).code).toBe(0);
    expect(await read).toBe('be nice\n');
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  it.skipIf(process.platform === 'win32').each([
    ['get', ['get', 'a/b', '--out', '/dev/null']],
    ['a report', ['telemetry', '--html', '/dev/null']],
    ['a backup', ['backup', '--out', '/dev/null', '--force', '--passphrase-file', 'passphrase']],
  ])('leaves the null device what it is: %s', async (_what, args) => {
    await writeFile(place.path('passphrase'), 'a passphrase of this test\n');
    expect(await place.run(args)).toMatchObject({ code: 0 });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.skipIf(process.platform !== 'linux')('to a full disk is STORE_FULL, and says how much was written', async () => {
    const { code, stderr } = await place.run(['get', 'a/b', '--out', '/dev/full']);
    expect(code).toBe(73);
    expect(stderr).toMatch(/STORE_FULL: there is no room to write \/dev\/full: 0 bytes were written/);
    for (const line of ['get a/b', '--version', 'put --help']) {
      const child = spawn('sh', ['-c', `'${process.execPath}' '${MAIN}' ${line} > /dev/full; echo $? >&2`], {
        env: { PATH: process.env['PATH'], HOME: place.folder, CONFIG_STORE_VAR: place.path('var') },
      });
      const said = await text(child.stderr);
      expect(said, line).toMatch(/STORE_FULL: the output cannot be written \(ENOSPC\): 0 bytes of it were.*\n73\n$/);
    }
  });
});

describe('standard input that is empty', () => {
  it.each([
    ['put', ['put', 'a/b', '-']],
    ['draft put', ['draft', 'put', 'a/b', '-']],
  ])('stores nothing: %s', async (_what, args) => {
    const { code, stderr } = await place.run(args);
    expect(code).toBe(65);
    expect(stderr).toContain('standard input is empty, so nothing was stored');
    expect((await place.run(['get', 'a/b'])).stdout).toBe('be nice\n');
  });

  it('is stored where it is meant, and what is lost is said', async () => {
    await place.run(['put', 'a/empty', '-'], { stdin: 'something' });
    const { code, stdout } = await place.run(['put', 'a/empty', '-', '--allow-empty']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/nothing is left of the content\. Bring it back with "config-store restore a\/empty@1"/);
    const json = await place.json<{ warnings: unknown }>([
      'put',
      'a/empty',
      '-',
      '--media-type',
      'text/x-other',
      '--allow-empty',
    ]);
    expect(json.warnings).toEqual([expect.objectContaining({ code: 'MEDIA_TYPE_CHANGED', path: '' })]);
  });
});

describe('a list', () => {
  it('says when it was cut', async () => {
    await place.run(['put', 'l/one', '-'], { stdin: '1' });
    await place.run(['put', 'l/one', '-'], { stdin: '2' });
    await place.run(['put', 'l/one', '-'], { stdin: '3' });
    await place.run(['put', 'l/two', '-'], { stdin: '1' });
    expect((await place.run(['list', 'l/', '--limit', '1'])).stdout).toContain('1 of 2 shown');
    expect((await place.run(['list', 'l/', '--limit', '2'])).stdout).not.toContain('shown');
    const names = await place.run(['list', 'l/', '--limit', '1', '--names']);
    expect(names).toMatchObject({ stdout: 'l/one\n', stderr: expect.stringContaining('1 of 2 names shown') });
    expect((await place.run(['log', 'l/one', '--limit', '2'])).stdout).toContain('2 of 3 shown');
    const older = (await place.run(['log', 'l/one@-1'])).stdout;
    expect(older).not.toContain('shown');
    expect(older.trimEnd().split('\n')).toHaveLength(3);
  });

  it('shows digests that get takes as they are', async () => {
    const shown = (await place.run(['list', 'a/b'])).stdout;
    const digest = /\b[0-9a-f]{12}\b/.exec(shown)?.[0] ?? 'none';
    for (const given of [digest, `sha256:${digest}…`])
      expect((await place.run(['get', given])).stdout).toBe('be nice\n');
  });
});

it('a put of text says how many lines it changed', async () => {
  await place.run(['put', 't/text', '-'], { stdin: 'one\ntwo\n' });
  expect((await place.run(['put', 't/text', '-'], { stdin: 'one\nthree\nfour\n' })).stdout).toContain(
    '~ (all)  2 lines added, 1 removed',
  );
  expect((await place.run(['put', 't/text', '-'], { stdin: Buffer.from([0xff, 0]) })).stdout).toContain(
    '~ (all)  15 bytes before, 2 bytes now',
  );
});

it('an option that is required says so, in the help and in the hint of its command', async () => {
  const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  const missing = await place.run(['keys', 'trust', '-'], { stdin: pem });
  expect(missing).toMatchObject({ code: 64, stderr: expect.stringContaining('Run "config-store keys trust --help".') });
  for (const command of [['keys', 'trust'], ['purge'], ['export']])
    expect((await place.run([...command, '--help'])).stdout.replaceAll(/\n\s{10,}/g, ' ')).toMatch(
      /--\w+ <\w+>.*\(required\)/,
    );
});
