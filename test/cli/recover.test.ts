import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const LOG = 'storage/log/000/000';
let place: Workplace;

/** Puts a value with a folder of its own, as another machine on the shared folder would. */
async function put(folder: string, name: string, value: number) {
  await writeFile(place.path('value.json'), JSON.stringify({ x: value }));
  const { code, stderr } = await place.run(['put', name, 'value.json', '--var', place.path(folder)]);
  expect([code, stderr]).toEqual([0, '']);
}

/** Two machines that wrote at once: both have commit 2, and B one more. */
beforeEach(async () => {
  place = await createWorkplace();
  onTestFinished(() => place.remove());
  await put('A', 'a/b', 1);
  spawnSync('cp', ['-a', place.path('A'), place.path('B')]);
  await put('A', 'a/b', 2);
  await put('B', 'a/b', 3);
  await put('B', 'c/d', 4);
  spawnSync('cp', ['-rn', join(place.path('B'), 'storage/objects'), join(place.path('A'), 'storage')]);
});

const at = (file: string, folder = 'A') => join(place.path(folder), LOG, file);
const onA = (...args: string[]) => place.run([...args, '--var', place.path('A')]);

describe.each([
  'syncthing 000000002.sync-conflict-20261125-101010-ABCDEFG.json',
  "dropbox 000000002 (Ada's conflicted copy 2026-11-25).json",
  'icloud 000000002 2.json',
  'cp 000000002.json~',
])('a conflict copy of %s', (named) => {
  const copy = named.slice(named.indexOf(' ') + 1);

  it('is named by verify and health with what it holds, and can be recovered', async () => {
    await copyFile(at('000000002.json', 'B'), at(copy));
    const verify = await onA('verify');
    expect(verify.code).toBe(0);
    expect(verify.stdout).toContain(`log/000/000/${copy}: holds commit 2 (`);
    expect(verify.stdout).toMatch(/with a\/b version 2; the log forked here/);
    expect(verify.stdout).toContain('"config-store recover"');
    expect((await onA('health')).stdout).toContain(copy);

    const asked = await onA('recover');
    expect([asked.code, asked.stdout]).toEqual([
      64,
      expect.stringContaining('a/b version 2, 7 B: can be stored again'),
    ]);
    expect((await onA('recover', '--yes')).stdout).toMatch(
      /a\/b: the lost version 2 is version 3 \(commit 3\)\nmoved 1 copy/,
    );
    expect((await onA('get', 'a/b')).stdout.trim()).toBe('{"x":3}');
    expect((await onA('get', 'a/b@2')).stdout.trim()).toBe('{"x":2}');
    expect((await onA('verify')).stdout).toMatch(/^OK: 4 commits/);
    expect(await readdir(join(place.path('A'), 'storage/quarantine'))).toEqual([
      expect.stringContaining(copy.replace(/[^\w.-]/g, '-')),
    ]);
    expect((await onA('recover', '--yes')).stdout).toMatch(/^nothing to recover/);
  });
});

it('what a key signed that is revoked by now is shown, and not signed again', async () => {
  await copyFile(at('000000002.json', 'B'), at('000000002.sync-conflict-1.json'));
  const [old = ''] = (await readdir(join(place.path('A'), 'keys'))).filter((name) => name.endsWith('.key.pem'));
  await onA('keys', 'rotate', '--label', 'new');
  expect((await onA('keys', 'revoke', old.slice(0, 64), '--from-index', '4', '--reason', 'stolen', '--yes')).code).toBe(
    0,
  );
  const { code, stdout } = await onA('recover', '--yes');
  expect([code, stdout]).toEqual([0, expect.stringContaining('not stored again, its key is revoked')]);
  expect((await onA('get', 'a/b')).stdout.trim()).toBe('{"x":2}');
});

it('a branch of several commits comes back whole, after what is left of it was moved aside', async () => {
  await copyFile(at('000000002.json', 'B'), at('000000002.sync-conflict-1.json'));
  await copyFile(at('000000003.json', 'B'), at('000000003.json'));
  expect((await onA('verify')).code).toBe(1);
  expect((await onA('recover', '--yes')).code).toBe(1);
  expect((await onA('repair', '--yes')).code).toBe(0);
  const { stdout } = await onA('recover', '--yes');
  expect(stdout).toMatch(/c\/d: the lost version 1 is version 1/);
  expect((await onA('get', 'c/d')).stdout.trim()).toBe('{"x":4}');
  expect((await onA('verify')).stdout).toMatch(/^OK: /);
}, 120_000);

it('files of no store, copies of what is there, and whole folders are named, and change nothing', async () => {
  await copyFile(at('000000001.json'), at('000000001 (1).json'));
  await writeFile(at('notes.txt'), 'notes');
  await mkdir(join(place.path('A'), 'storage/log/000/000 (conflicted copy)'));
  await copyFile(
    at('000000002.json', 'B'),
    join(place.path('A'), 'storage/log/000/000 (conflicted copy)/000000002.json'),
  );
  const [fan = ''] = (await readdir(join(place.path('A'), 'storage/objects'))).filter((name) => name !== '');
  await rename(at('notes.txt'), join(place.path('A'), 'storage/objects', fan, 'notes.txt'));
  const { code, stdout } = await onA('verify');
  expect(code).toBe(0);
  expect(stdout).toMatch(/STRAY_FILE {2}log\/000\/000\/000000001 \(1\)\.json: .* a copy of commit 1/);
  expect(stdout).toMatch(/FORKED {2}log\/000\/000 \(conflicted copy\)\/000000002\.json: holds commit 2/);
  expect(stdout).toMatch(/STRAY_FILE {2}objects\/..\/notes\.txt: .* 5 bytes that this store did not sign/);
});

it('a commit that no key of this store signed is no lost commit', async () => {
  const other = await createWorkplace();
  onTestFinished(() => other.remove());
  await writeFile(other.path('a.json'), '{}');
  await other.run(['put', 'a/b', 'a.json']);
  await copyFile(other.path(`var/${LOG}/000000001.json`), at('000000009 (copy).json'));
  expect((await onA('verify')).stdout).toContain('bytes that this store did not sign');
  expect((await onA('recover')).stdout).toMatch(/^nothing to recover/);
});
