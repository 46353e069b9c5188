import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

// Longer than a common run has time for.
const slow = it.skipIf(process.env['SLOW'] !== '1');

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

const put = (name: string, text: string) => place.run(['put', name, '-'], { stdin: text });
const content = async (name: string) => (await place.run(['get', name])).stdout;
const newest = async () =>
  (await place.json<{ commits: { index: number; message: string; changes: object[] }[] }>(['log', '-n', '1']))
    .commits[0];

async function file(path: string, text: string): Promise<void> {
  await mkdir(dirname(place.path(path)), { recursive: true });
  await writeFile(place.path(path), text);
}

describe('cp and mv', () => {
  slow('cp stores the bytes of a version under another name too', async () => {
    await put('a', '{"v": 1}');
    await put('a', '{"v": 2}');
    expect((await place.run(['cp', 'a@1', 'b/c'])).stdout).toMatch(/^Copied a@1 to b\/c@1\n/);
    expect([await content('b/c'), await content('a')]).toEqual(['{"v": 1}', '{"v": 2}']);
    expect((await newest())?.message).toBe('copied from a@1');
  });

  it('mv is one commit of a put and a deletion', async () => {
    await put('a', '{"v": 1}');
    const { code, stdout } = await place.run(['mv', 'a', 'b', '-m', 'better name']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Moved a@1 to b@1')]);
    expect(await newest()).toMatchObject({
      index: 2,
      message: 'better name',
      changes: [
        { action: 'put', name: 'b', version: 1, media_type: 'application/json' },
        { action: 'delete', name: 'a', version: 2 },
      ],
    });
    expect(await content('b')).toBe('{"v": 1}');
    expect((await place.run(['get', 'a'])).code).toBe(66);
  });

  slow('replace nothing that is there, unless its version is named', async () => {
    await put('a', 'one');
    await put('b', 'two');
    for (const command of ['cp', 'mv']) {
      expect((await place.run([command, 'a', 'b'])).code).toBe(75);
      expect((await place.run([command, 'a', 'a'])).code).toBe(64);
      expect((await place.run([command, 'none', 'c'])).code).toBe(66);
    }
    expect((await place.run(['mv', 'a@1', 'c'])).code).toBe(64);
    expect(await content('b')).toBe('two');
    expect((await place.run(['cp', 'a', 'b', '--expected-version', '1'])).code).toBe(0);
    expect(await content('b')).toBe('one');
  });
});

describe('a folder', () => {
  slow('is stored in one commit, each file under its path', async () => {
    await file('work/team/servers.json', '{"mcpServers":{}}');
    await file('work/notes.md', '# Notes\n');
    await file('work/.git/config', 'x');
    await file('work/.env', 'x');
    await symlink('notes.md', place.path('work/link.md'));
    const { code, stdout, stderr } = await place.run(['put', 'work', '-m', 'all']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Stored 2 configs in commit 1')]);
    expect(stdout).toContain('  work/team/servers.json@1\n');
    expect(stderr).toContain('left out: .env, .git, link.md');
    expect(await newest()).toMatchObject({
      message: 'all',
      changes: [
        { name: 'work/notes.md', media_type: 'text/markdown' },
        { name: 'work/team/servers.json', media_type: 'application/json' },
      ],
    });
    const again = await place.run(['put', 'work/']);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing new: all 2 configs unchanged')]);
    await file('work/notes.md', '# Other\n');
    expect((await place.run(['put', 'mine', 'work'])).stdout).toContain('  mine/team/servers.json@1\n');
    expect((await place.run(['put', place.path('work/team')])).stdout).toContain('  team/servers.json@1\n');
    expect((await place.run(['put', '.'], { cwd: place.path('work') })).stdout).toContain('  notes.md@1\n');
    expect((await place.run(['put', 'work', '--dry-run'])).stdout).toContain('Not stored: 2 configs');
  });

  it('is refused as a whole, with every file that is refused', async () => {
    await file('work/fine.json', '{}');
    await file('work/broken.json', '{');
    await file('work/Name.txt', 'x');
    await file('work/token.json', JSON.stringify({ token: `ghp_${'a1B2c3D4e5F6'.repeat(3)}` }));
    const { code, stdout } = await place.run(['put', 'work']);
    expect(code).toBe(65);
    expect(stdout).toContain('Nothing was stored: 3 configs of 4 refused');
    for (const refused of ['Name.txt  NAME_INVALID', 'broken.json  CONTENT_INVALID', 'token.json  SECRET_FOUND'])
      expect(stdout).toContain(`  ! ${refused}: `);
    expect(stdout).not.toContain('a1B2c3D4e5F6');
    expect((await place.run(['list'])).stdout).toContain('no configs');
  });

  slow('must be one', async () => {
    expect((await place.run(['put', 'nothing-here'])).code).toBe(64);
    await file('work/a.txt', 'x');
    expect((await place.run(['put', 'work', '--expected-version', '1'])).code).toBe(64);
    await mkdir(place.path('empty'));
    expect((await place.run(['put', 'empty'])).code).toBe(64);
  });
});

describe('a label', () => {
  beforeEach(async () => {
    for (const v of [1, 2, 3]) await put('a/b', `{"v":${v}}`);
  });

  it('goes wherever a version goes', async () => {
    expect((await place.run(['label', 'a/b@2', 'stable'])).stdout).toMatch(/^a\/b@2 is stable\n/);
    expect(await content('a/b@stable')).toBe('{"v":2}');
    expect((await place.run(['diff', 'a/b@stable'])).stdout).toContain('2 → 3');
    expect((await place.run(['export', 'a/b@stable', '-o', place.path('out')])).stdout).toContain('a/b@2 written');
    expect((await place.run(['restore', 'a/b@stable'])).code).toBe(0);
    expect(await content('a/b')).toBe('{"v":2}');
  });

  slow('moves to another version, is listed, and taken away', async () => {
    await place.run(['label', 'a/b@1', 'stable']);
    await place.run(['label', 'a/b', 'next']);
    await place.run(['label', 'a/b@2', 'stable', '-m', 'better']);
    expect((await place.json<{ labels: object[] }>(['label', 'a/b'])).labels).toMatchObject([
      { label: 'next', version: 3 },
      { label: 'stable', version: 2 },
    ]);
    expect((await place.run(['label', 'a/b@2', 'stable'])).stdout).toContain('is stable already');
    expect((await place.run(['label', 'a/b', '--remove', 'stable'])).code).toBe(0);
    const gone = await place.run(['get', 'a/b@stable']);
    expect([gone.code, gone.stderr]).toEqual([66, expect.stringContaining('Its labels are next.')]);
    expect((await place.run(['label', 'a/b', '--remove', 'stable'])).code).toBe(66);
    expect((await place.run(['label', 'a/b@2', 'Stable!'])).code).toBe(64);
    expect((await place.run(['label', 'none', 'stable'])).code).toBe(66);
  });

  slow('is an ordinary config, signed and verified', async () => {
    await place.run(['label', 'a/b@2', 'stable']);
    const { digest } = await place.json<{ digest: string }>(['get', 'a/b@2']);
    expect(await content('labels/a/b')).toBe(`{"labels":{"stable":{"digest":"${digest}","version":2}}}`);
    expect((await newest())?.message).toBe('label a/b@2 stable');
    expect((await place.run(['verify'])).code).toBe(0);
  });

  slow('that names other bytes than its version has is no label', async () => {
    const other = `{"labels":{"stable":{"digest":"sha256:${'0'.repeat(64)}","version":2}}}`;
    await put('labels/a/b', other);
    expect((await place.run(['get', 'a/b@stable'])).code).toBe(65);
    for (const text of ['{"labels":{"stable":2}}', '[]', '{"labels":{"Stable!":{}}}']) {
      await put('labels/a/b', text);
      expect((await place.run(['get', 'a/b@stable'])).code).toBe(65);
    }
    await put('labels/a/b', `{"labels":{"stable":{"digest":"sha256:${'0'.repeat(64)}","version":9}}}`);
    expect((await place.run(['get', 'a/b@stable'])).code).toBe(65);
  });
});
