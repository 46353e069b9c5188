import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { keyringValue } from '../../src/app/keyring.ts';

/** Programs of this test's own stand in for those of the systems: no real keyring was tried. */
const PROGRAMS = [
  ['linux', 'secret-tool', 'lookup service mcp-config-store variable MY_TOKEN'],
  ['darwin', 'security', 'find-generic-password -s mcp-config-store -a MY_TOKEN -w'],
] as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyring-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
});

describe.skipIf(process.platform === 'win32').each(PROGRAMS)('on %s, through %s', (platform, program, asked) => {
  const standIn = async (text: string) => {
    await writeFile(join(folder, program), `#!/bin/sh\necho "$@" > '${folder}/asked'\n${text}\n`);
    await chmod(join(folder, program), 0o755);
  };

  it('a value comes without the line end that was printed, and with any other', async () => {
    await standIn(String.raw`printf ' a\nb\n\n'`);
    expect(await keyringValue('MY_TOKEN', platform)).toBe(' a\nb\n');
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(`${asked}\n`);
  });

  it.each([
    ['no such entry', 'exit 1'],
    ['an entry that is empty', 'exit 0'],
    ['a keyring that stays locked', 'echo "cannot unlock s3cr3t" >&2; exit 44'],
  ])('%s is no value', async (_, text) => {
    await standIn(text);
    expect(await keyringValue('MY_TOKEN', platform)).toBeUndefined();
  });

  it('no such program is no value', async () => {
    vi.stubEnv('PATH', folder);
    expect(await keyringValue('MY_TOKEN', platform)).toBeUndefined();
  });
});

it('Windows has none that is asked', async () => {
  expect(await keyringValue('MY_TOKEN', 'win32')).toBeUndefined();
});
