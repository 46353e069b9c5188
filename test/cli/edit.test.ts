import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUNDLE, createWorkplace, type Workplace } from './run-cli.ts';

const run = promisify(execFile);
// util-linux's `script` gives a command a terminal of its own.
const hasScript = await run('script', ['--version']).then(
  ({ stdout }) => stdout.includes('util-linux'),
  () => false,
);

// Longer than a common run has time for.
const slow = it.skipIf(process.env['SLOW'] !== '1');

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
  await mkdir(place.path('tmp'));
  await place.run(['put', 'a', '-'], { stdin: '{"one":1}' });
});
afterEach(() => place.remove());

/** An editor that is a shell script; `$1` is the file. */
async function editor(code: string): Promise<Record<string, string>> {
  const path = place.path('my editor');
  await writeFile(path, `#!/bin/sh\n${code}\n`);
  await chmod(path, 0o755);
  return { EDITOR: `'${path}'`, TMPDIR: place.path('tmp') };
}

const left = () => readdirSync(place.path('tmp'));
const content = async (name: string) => (await place.run(['get', name])).stdout;

describe('edit', () => {
  it('waits for no terminal where there is none, and no editor is named', async () => {
    const { code, stderr } = await place.run(['edit', 'a'], {
      env: { VISUAL: '', EDITOR: '', TMPDIR: place.path('tmp') },
    });
    expect([code, left()]).toEqual([130, []]);
    expect(stderr).toContain('there is no terminal for an editor');
  });

  it('stores what the editor leaves, and removes the file, which only its owner can read', async () => {
    const env = await editor(
      `stat -c '%a %n' "$1" "$(dirname "$1")" >'${place.path('seen')}'; cat "$1" >>'${place.path('seen')}'; echo '{"one":2}' >"$1"`,
    );
    const { code, stdout } = await place.run(['edit', 'a', '--yes', '-m', 'two'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/~ \/one {2}1 → 2[\s\S]*Stored a as version 2/);
    expect(await content('a')).toBe('{"one":2}\n');
    const [file = '', folder = '', text] = readFileSync(place.path('seen'), 'utf8').split('\n');
    expect([file, folder, text]).toEqual([
      expect.stringMatching(/^600 .*\/a\.json$/),
      expect.stringMatching(/^700 /),
      '{"one":1}',
    ]);
    expect(left()).toEqual([]);
  });

  slow('stores nothing when nothing changed, or the editor failed', async () => {
    const same = await place.run(['edit', 'a', '--yes'], { env: await editor('true') });
    expect([same.code, same.stdout]).toEqual([0, 'a unchanged: nothing was stored\n']);
    const failed = await place.run(['edit', 'a', '--yes'], { env: await editor('echo 2 >"$1"; exit 3') });
    expect([failed.code, failed.stderr]).toEqual([130, expect.stringContaining('ended with code 3')]);
    const none = await place.run(['edit', 'a', '--yes'], {
      env: { EDITOR: 'no-such-editor', TMPDIR: place.path('tmp') },
    });
    expect([none.code, none.stderr]).toEqual([130, expect.stringContaining('ended with code 127')]);
    expect(await content('a')).toBe('{"one":1}');
    expect(left()).toEqual([]);
  });

  slow('refuses what a put would refuse', async () => {
    const broken = await place.run(['edit', 'a', '--yes'], { env: await editor('echo "{" >"$1"') });
    expect([broken.code, await content('a'), left()]).toEqual([65, '{"one":1}', []]);
    const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
    const leaked = await place.run(['edit', 'a', '--yes'], { env: await editor(`echo '{"token":"${secret}"}' >"$1"`) });
    expect([leaked.code, leaked.stderr.includes(secret)]).toEqual([65, false]);
  });

  slow('makes a config that is not there yet', async () => {
    const { stderr, stdout } = await place.run(['edit', 'new/one', '--yes'], { env: await editor('echo hello >"$1"') });
    expect(stderr).toContain('there is no new/one yet');
    expect(stdout).toContain('Stored new/one as version 1');
  });

  it('is a conflict when it was changed meanwhile; what was written is the draft then', async () => {
    const other = `'${process.execPath}' '${BUNDLE}' put a - <<'END'\n{"one":"other"}\nEND\necho '{"one":"mine"}' >"$1"`;
    const { code, stderr } = await place.run(['edit', 'a', '--yes'], { env: await editor(other) });
    expect([code, stderr]).toEqual([
      75,
      expect.stringMatching(/VERSION_CONFLICT: .*changed while you edited.*is the draft now/),
    ]);
    expect(await content('a')).toContain('other');
    expect((await place.run(['draft', 'show', 'a'])).stdout).toContain('mine');
    expect((await place.run(['draft', 'publish', 'a'])).code).toBe(75);
  });

  it.skipIf(!existsSync('/proc/self/comm'))('removes the file when the process is told to end', async () => {
    const started = place.path('started');
    // Behind the shells that start the editor.
    const up = 'p=$PPID; while [ "$(cat /proc/$p/comm)" = sh ]; do p=$(cut -d" " -f4 /proc/$p/stat); done';
    const env = await editor(`touch '${started}'; ${up}; kill -TERM $p; sleep 1`);
    const { code } = await place.run(['edit', 'a', '--yes'], { env });
    expect([existsSync(started), code, left()]).toEqual([true, 143, []]);
  });

  it.skipIf(!hasScript || process.env['SLOW'] !== '1')('asks before it signs, and takes no for an answer', async () => {
    const env = await editor(`echo '{"one":2}' >"$1"`);
    const answer = async (text: string) => {
      const command = `printf '${text}\\n' | script -qec "'${process.execPath}' '${BUNDLE}' edit a" /dev/null`;
      const all = {
        PATH: process.env['PATH'],
        HOME: place.folder,
        TERM: 'dumb',
        CONFIG_STORE_VAR: place.path('var'),
        ...env,
      };
      const { stdout } = await run('sh', ['-c', command], { cwd: place.folder, env: all }).catch(
        (error) => error as { stdout: string },
      );
      return stdout;
    };
    expect(await answer('n')).toMatch(/1 → 2[\s\S]*Sign this as version 2 of a\? \[y\/N\]/);
    expect(await content('a')).toBe('{"one":1}');
    expect(await answer('y')).toContain('Stored a as version 2');
    expect(await content('a')).toBe('{"one":2}\n');
  });
});

slow('needs an editor for text only', async () => {
  await place.run(['put', 'b', '-', '--media-type', 'application/octet-stream'], { stdin: Buffer.from([0, 1]) });
  expect((await place.run(['edit', 'b', '--yes'], { env: await editor('true') })).code).toBe(64);
  expect(left()).toEqual([]);
});
