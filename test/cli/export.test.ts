import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const run = promisify(execFile);
const FILES = ['README.txt', 'artifact', 'envelope.json', 'key.pub.pem'];
// `pkeyutl -rawin` came with OpenSSL 3; the commands need sha256sum beside it.
const installed = await run('sh', ['-c', 'openssl version && sha256sum --version'])
  .then(({ stdout }) => /^OpenSSL [3-9]/.test(stdout))
  .catch(() => false);

let place: Workplace;
let evidence: string;
let commands: string[];

beforeAll(async () => {
  place = await createWorkplace();
  const mediaType = `text/plain; note="it's $HOME"`;
  await place.run(['put', 'team/notes', '-', '--media-type', mediaType], { stdin: 'one\n' });
  await place.run(['put', 'team/notes', '-', '--message', "it's “two”"], { stdin: 'two\n' });
  await place.run(['restore', 'team/notes@1']);
  await place.run(['export', 'team/notes', '--out', 'evidence']);
  evidence = place.path('evidence');
  commands = (await readFile(join(evidence, 'README.txt'), 'utf8')).split('\n\n')[2]?.split('\n') ?? [];
});
afterAll(() => place.remove());

/** Runs the README's commands as they are printed, each by itself, and says which failed. */
async function failures(): Promise<number[]> {
  const failed: number[] = [];
  for (const [at, command] of commands.entries()) {
    await run('sh', ['-c', command], { cwd: evidence }).catch(() => failed.push(at + 1));
  }
  return failed;
}

describe('export', () => {
  it('writes artifact, envelope, public key and a README', async () => {
    expect((await readdir(evidence)).sort()).toEqual(FILES);
    expect(await readFile(join(evidence, 'artifact'), 'utf8')).toBe('one\n');
  });

  it('prints at most nine commands', () => {
    expect(commands).toHaveLength(9);
  });

  it('refuses a folder with something in it, and leaves nothing half-written', async () => {
    const { code, stderr } = await place.run(['export', 'team/notes', '--out', 'evidence']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('evidence is a folder with something in it')]);
    expect((await place.run(['export', 'team/notes@9', '--out', 'none'])).code).toBe(66);
    // The compile cache is in the home folder, which is this one.
    const names = (await readdir(place.folder)).filter((name) => name !== '.cache');
    expect(names.sort()).toEqual(['evidence', 'var']);
  });

  it.skipIf(!installed)('checks with openssl and sha256sum alone, as printed', async () => {
    expect(await failures()).toEqual([]);
  });

  it.skipIf(!installed).each([
    ['artifact', 0],
    ['artifact', 3],
    ['envelope.json', 20],
    ['envelope.json', 700],
    ['envelope.json', -10],
    ['key.pub.pem', 60],
  ])('fails when one byte of %s differs, at %d', async (name, at) => {
    const path = join(evidence, name);
    const bytes = await readFile(path);
    const changed = Buffer.from(bytes);
    const index = (at + bytes.length) % bytes.length;
    changed[index] = (changed[index] ?? 0) === 0x41 ? 0x42 : 0x41;
    await writeFile(path, changed);
    try {
      expect(await failures()).not.toEqual([]);
    } finally {
      await writeFile(path, bytes);
    }
  });
});
