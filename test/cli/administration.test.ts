import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitPath } from '../../src/engine/files/layout.ts';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  await put('one');
});
afterEach(() => place.remove());

async function put(text: string, name = 'team/notes'): Promise<{ index: number; commit: string; digest: string }> {
  const { code, stdout, stderr } = await place.run(['put', name, '-', '--json'], { stdin: text });
  expect([code, stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as { receipt: { index: number; commit: string; digest: string } }).receipt;
}

describe('purge', () => {
  it('asks, removes the bytes, says where they may still be; reads say why, and history verifies', async () => {
    const { digest } = await put('a secret');
    await put('harmless');
    await place.run(['draft', 'put', 'other/draft', '-'], { stdin: 'a secret' });
    const args = ['purge', 'team/notes@2', '--reason', 'a token got in'];
    const asked = await place.run(args);
    expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('--yes')]);
    expect((await place.run(['get', 'team/notes@2'])).stdout).toBe('a secret');
    const purged = await place.json<{ digest: string; elsewhere: string[] }>([...args, '--yes']);
    expect(purged.digest).toBe(digest);
    expect(purged.elsewhere.join()).toMatch(/backups.*clients.*snapshots/);
    const hex = digest.slice('sha256:'.length);
    expect(await readdir(place.path(`var/storage/objects/${hex.slice(0, 2)}`))).not.toContain(hex);
    const read = await place.run(['get', 'team/notes@2']);
    expect([read.code, read.stderr]).toEqual([66, expect.stringMatching(/PURGED: .*a token got in/)]);
    expect((await place.run(['restore', 'team/notes@2'])).stderr).toContain('PURGED');
    expect(await place.json(['verify'])).toMatchObject({ ok: true });
    expect((await place.run(['get', 'team/notes'])).stdout).toBe('harmless');
  });

  it('of the newest version leaves the config to be written anew; the same bytes are an ordinary put', async () => {
    const { digest } = await put('a secret');
    await place.json(['purge', digest, '--reason', 'by digest', '--yes']);
    expect((await place.run(['get', 'team/notes'])).code).toBe(66);
    await put('a secret');
    expect((await place.run(['get', 'team/notes'])).stdout).toBe('a secret');
    expect(await place.json(['verify'])).toMatchObject({ ok: true });
  });

  it.each([
    [['team/notes@9'], 66, 'has no version 9'],
    [['sha256:abcdef12'], 64, 'whole digest'],
    [[`sha256:${'0'.repeat(64)}`], 66, 'no version has the artifact'],
    [['team/notes'], 64, 'version'],
  ])('refuses %j', async (args, code, message) => {
    const finished = await place.run(['purge', ...args, '--reason', 'x', '--yes']);
    expect([finished.code, finished.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe('repair', () => {
  const next = (index: number) => place.path(`var/storage/log/${commitPath(index)}`);

  it('has nothing to do on a sound log', async () => {
    expect(await place.json(['repair', '--yes'])).toEqual({ moved: 0 });
  });

  it('moves what follows the newest good commit to quarantine, says so in a commit, and writes go on', async () => {
    await writeFile(next(2), 'garbage');
    const refused = await place.run(['put', 'team/notes', '-'], { stdin: 'two' });
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('config-store repair')]);
    expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 0, stdout: 'one' });
    const asked = await place.run(['repair']);
    expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('Move commit 2 to quarantine/?')]);
    expect(await place.json(['repair', '--yes', '--reason', 'power loss'])).toMatchObject({
      moved: 1,
      receipt: { index: 2 },
    });
    const [name = ''] = await readdir(place.path('var/storage/quarantine'));
    expect(await readFile(place.path(`var/storage/quarantine/${name}`), 'utf8')).toBe('garbage');
    await put('two');
    expect(await place.json(['verify'])).toMatchObject({ ok: true });
  });

  it('of a commit that was good when it was last seen says so, and the pin follows the decision', async () => {
    const { index } = await put('two');
    await rm(next(index), { force: true });
    await writeFile(next(index), 'torn');
    await rm(place.path('var/state/cache.sqlite'));
    const asked = await place.run(['repair']);
    expect(asked.stderr).toContain('was good when it was last seen here');
    await place.json(['repair', '--yes']);
    await put('three');
    expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 0, stdout: 'three', stderr: '' });
    expect(await place.json(['verify'])).toMatchObject({ ok: true });
  });

  it('moves nothing when no key here could sign for it', async () => {
    await writeFile(next(2), 'garbage');
    const keys = await readdir(place.path('var/keys'));
    await rm(place.path(`var/keys/${keys.find((name) => name.endsWith('.key.pem'))}`));
    expect((await place.run(['repair', '--yes'])).code).toBe(77);
    expect(await readFile(next(2), 'utf8')).toBe('garbage');
  });

  it('cannot mend commit 0: that takes a backup', async () => {
    await rm(next(0));
    await writeFile(next(0), 'garbage');
    await rm(place.path('var/state/cache.sqlite'));
    const { code } = await place.run(['repair', '--yes']);
    expect(code).toBe(1);
    expect(await readFile(next(0), 'utf8')).toBe('garbage');
  });
});

describe('after a rollback', () => {
  beforeEach(async () => {
    await cp(place.path('var/storage'), place.path('older'), { recursive: true });
    await put('two');
    await rm(place.path('var/storage'), { recursive: true });
    await cp(place.path('older'), place.path('var/storage'), { recursive: true });
  });

  it('reads answer with the warning and exit 2, writes are refused with exit 2, verify exits 2', async () => {
    const read = await place.run(['get', 'team/notes']);
    expect([read.code, read.stdout, read.stderr]).toEqual([2, 'one', expect.stringContaining('ROLLED_BACK')]);
    const write = await place.run(['put', 'team/notes', '-'], { stdin: 'x' });
    expect([write.code, write.stderr]).toEqual([2, expect.stringContaining('trust --accept')]);
    expect((await place.run(['verify'])).code).toBe(2);
    expect((await place.run(['health'])).code).toBe(1);
  });

  it('trust --accept asks, and then the store goes on', async () => {
    expect((await place.run(['trust'])).stderr).toContain('trust needs --accept');
    const asked = await place.run(['trust', '--accept']);
    expect([asked.code, asked.stderr]).toEqual([
      64,
      expect.stringMatching(/ROLLED BACK: commit 2 .* was seen here, and it now ends at commit 1 /),
    ]);
    expect(await place.json(['trust', '--accept', '--yes'])).toMatchObject({ receipt: { index: 2 } });
    await put('three');
    expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 0, stdout: 'three', stderr: '' });
    expect((await place.run(['trust', '--accept', '--yes'])).stderr).toContain('nothing to accept');
  });
});

it('a backup restored onto a store that moved on is a rollback: seen, explained, never merged', async () => {
  const identity = await generateX25519Identity();
  await writeFile(place.path('identity'), `${identity}\n`, { mode: 0o600 });
  await place.json(['backup', '--out', 'all.age', '--recipient', await identityToRecipient(identity)]);
  await put('two');
  const restored = ['backup', 'restore', 'all.age', '--identity', 'identity', '--to'];
  expect((await place.run([...restored, 'var'])).code).toBe(64);
  await place.json([...restored, 'restored']);
  await rm(place.path('var/storage'), { recursive: true });
  await cp(place.path('restored/storage'), place.path('var/storage'), { recursive: true });
  const write = await place.run(['put', 'team/notes', '-'], { stdin: 'x' });
  expect([write.code, write.stderr]).toEqual([2, expect.stringMatching(/ROLLED_BACK: .*commit 2 .*ends at commit 1/)]);
  expect(await place.run(['get', 'team/notes'])).toMatchObject({ code: 2, stdout: 'one' });
});

describe('verify for somebody who kept a receipt', () => {
  it('finds the commit and the store, or exits 2', async () => {
    const { commit } = await put('two');
    const { store } = await place.json<{ store: string }>(['status']);
    expect((await place.run(['verify', '--expect', commit, '--store', store])).code).toBe(0);
    const missing = await place.run(['verify', '--expect', 'f'.repeat(64)]);
    expect([missing.code, missing.stdout]).toEqual([2, expect.stringContaining('ROLLED_BACK')]);
    const foreign = await place.run(['verify', '--store', 'f'.repeat(64)]);
    expect([foreign.code, foreign.stdout]).toEqual([2, expect.stringContaining('STORE_FOREIGN')]);
    expect((await place.run(['verify', '--expect', 'abc'])).code).toBe(64);
  });
});

it('rebuild says so where the cache can only be in memory', async () => {
  await rm(place.path('var/state'), { recursive: true });
  await mkdir(place.path('elsewhere'));
  await symlink(place.path('elsewhere'), place.path('var/state'));
  const { code, stdout, stderr } = await place.run(['rebuild']);
  expect([code, stdout, stderr]).toEqual([
    73,
    '',
    expect.stringContaining('STORE_READONLY: the cache was not made again: '),
  ]);
});
