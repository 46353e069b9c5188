import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { StateFolder } from '../../src/state/state-folder.ts';
import { TokenFile } from '../../src/state/token-file.ts';

async function stateFolder(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tokens-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return join(root, 'state');
}

const token = (name: string) => ({ name, scopes: ['read'] as const, sha256: sha256Hex(name) });

test('the file is closed to others and holds hashes', async () => {
  const folder = await stateFolder();
  const file = new TokenFile(new StateFolder(folder));
  expect(file.read()).toBeUndefined();
  await file.change((tokens) => [...tokens, token('a')]);
  expect(file.read()).toEqual([token('a')]);
  expect((await stat(file.path)).mode & 0o777).toBe(0o600);
  expect((await readdir(folder)).filter((name) => name.startsWith('tokens'))).toEqual(['tokens.json']);
});

test('of many changes at once none is lost', async () => {
  const folder = await stateFolder();
  const names = Array.from({ length: 24 }, (_, n) => `t${n}`);
  await Promise.all(
    names.map((name) => new TokenFile(new StateFolder(folder)).change((tokens) => [...tokens, token(name)])),
  );
  const file = new TokenFile(new StateFolder(folder));
  expect(
    file
      .read()
      ?.map(({ name }) => name)
      .sort(),
  ).toEqual([...names].sort());
  await Promise.all(
    names.map((name) => new TokenFile(new StateFolder(folder)).change((all) => all.filter((one) => one.name !== name))),
  );
  expect(file.read()).toEqual([]);
});

test('a change that a process began and did not end is finished by the next', async () => {
  const folder = await stateFolder();
  const file = new TokenFile(new StateFolder(folder));
  await file.change(() => [token('a')]);
  const next = { ...JSON.parse(await readFile(file.path, 'utf8')), revision: 2, tokens: [token('a'), token('b')] };
  await writeFile(join(folder, 'tokens-2.json'), JSON.stringify(next), { mode: 0o600 });
  await file.change((tokens) => [...tokens, token('c')]);
  expect(file.read()?.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
});

test.each(['', 'no JSON', '[]', '{"revision":1}', '{"revision":1,"tokens":[{"name":"a","scopes":["all"]}]}'])(
  'a file that holds %j is reported, and never written over',
  async (text) => {
    const folder = await stateFolder();
    const file = new TokenFile(new StateFolder(folder));
    await file.change(() => []);
    await writeFile(file.path, text);
    expect(() => file.read()).toThrow('not a list of tokens');
    await expect(file.change(() => [])).rejects.toThrow('not a list of tokens');
    expect(await readFile(file.path, 'utf8')).toBe(text);
  },
);
