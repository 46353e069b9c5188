import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { completionScript, SHELLS, type Shell } from '../../src/cli/completion/script.ts';
import { COMMANDS } from '../../src/cli/program/commands.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';

// Whoever can write what the command prints, the names of files, or the working folder, against somebody who presses TAB.
const run = promisify(execFile);
const isInstalled = async (shell: string) =>
  run(shell, ['-c', 'true']).then(
    () => true,
    () => false,
  );
const installed = new Map(await Promise.all(SHELLS.map(async (shell) => [shell, await isInstalled(shell)] as const)));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'work'));
  for (const shell of SHELLS) writeFileSync(join(folder, shell), await completionScript(shell, COMMANDS));
});

/** A command that prints these lines, and keeps what it was asked. */
function fake(lines: readonly string[], path = join(folder, 'bin', 'config-store')): void {
  writeFileSync(join(folder, 'lines'), lines.map((line) => `${line}\n`).join(''));
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\n' "$*" >>'${join(folder, 'asked')}'\ncat '${join(folder, 'lines')}'\n`);
  chmodSync(path, 0o755);
}

const asked = () =>
  existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [];

const CODE: Readonly<Record<Shell, string>> = {
  bash: `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _config_store; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Outside of its line editor zsh has no completion: the function that asks for names is called as completion calls it.
  zsh: `compdef() {}; compadd() { print -rl -- "\${(@P)2}" }; source "$0"; line_words=("$@"); line_current=$#; _config_store_names || true`,
  fish: 'source $argv[1]; complete -C (string join " " -- $argv[2..-1])',
};

/** What a shell offers after these words, as they are typed; the last one is being typed. */
async function offers(shell: Shell, ...words: string[]): Promise<string[]> {
  const first = shell === 'fish' ? ['--no-config'] : shell === 'zsh' ? ['-f'] : [];
  const { stdout } = await run(shell, [...first, '-c', CODE[shell], join(folder, shell), ...words], {
    cwd: join(folder, 'work'),
    env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, HOME: '/home/ada', LC_ALL: 'C.UTF-8' },
  });
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe.each(SHELLS)('%s', (shell) => {
  const test = it.skipIf(!installed.get(shell));

  test('runs nothing that is printed, and offers what has the form of a name only', async () => {
    const mark = join(folder, 'work', 'ran');
    fake([
      'a/b',
      `$(touch ${mark}1)`,
      `\`touch ${mark}2\``,
      `x';touch ${mark}3;'`,
      `x;touch\${IFS}${mark}4`,
      `x|touch ${mark}5`,
      `<(touch ${mark}6)`,
      `x[$(touch ${mark}7)]`,
      '*',
      '~root',
      'a b',
      '$HOME',
      '--force',
      'a\u001b]52;c;AA==\u0007',
      'A/B',
      'c-d/e_f.g',
    ]);
    expect(await offers(shell, 'config-store', 'get', '')).toEqual(['a/b', 'c-d/e_f.g']);
    expect(readdirSync(join(folder, 'work'))).toEqual([]);
  });

  test('asks the store that the line names', async () => {
    fake(['a/b']);
    const list = (...more: string[]) => ['list', '--names', ...more].join(' ');
    const lines: Array<[string[], string]> = [
      [['get', ''], list()],
      [['--var', '/srv/v', 'get', ''], list('--var', '/srv/v')],
      [['get', '--var', 'rel/v', ''], list('--var', 'rel/v')],
      [['get', '--var', '~/v', ''], list('--var', '/home/ada/v')],
      [['get', ...(shell === 'bash' ? ['--var', '=', '/srv/v'] : ['--var=/srv/v']), ''], list('--var', '/srv/v')],
    ];
    for (const [words] of lines) expect(await offers(shell, 'config-store', ...words)).toEqual(['a/b']);
    expect(asked()).toEqual(lines.map(([, line]) => line));
  });

  test('asks none where only the shell could say which, and runs nothing for it', async () => {
    fake(['a/b']);
    const mark = join(folder, 'work', 'ran');
    const values = [`"$(touch ${mark})"`, `\`touch ${mark}\``, '$HOME/v', '"/srv/my v"', '/srv/{a,b}', '/srv/*'];
    // fish itself works out what is in quotes, and completes no line with a substitution in it.
    for (const value of values.slice(shell === 'fish' ? 2 : 0))
      await offers(shell, 'config-store', 'get', '--var', value, '').then((offered) => expect(offered).toEqual([]));
    expect([asked(), readdirSync(join(folder, 'work'))]).toEqual([[], []]);
  });

  test('runs no program of the working folder, also where one of that name is typed', async () => {
    fake(['a/b']);
    fake(['evil/x'], join(folder, 'work', 'config-store'));
    for (const command of ['./config-store', join(folder, 'work', 'config-store')])
      expect(await offers(shell, command, 'get', '')).toEqual([]);
    expect(asked()).toEqual([]);
  });
});

describe.skipIf(!installed.get('bash'))('bash', () => {
  it('offers files so that they cannot be run by what comes after', async () => {
    fake([]);
    const names = ['f$(touch ran)', 'f`touch ran`', 'f;touch ran', 'f a', "f'", 'f*'];
    for (const name of names) writeFileSync(join(folder, 'work', name), '');
    const offered = await offers('bash', 'config-store', 'put', 'a/b', 'f');
    const { stdout } = await run('bash', ['-c', `printf '%s\\n' ${offered.join(' ')}`], { cwd: join(folder, 'work') });
    expect(stdout.trimEnd().split('\n').sort()).toEqual([...names].sort());
    expect(readdirSync(join(folder, 'work')).sort()).toEqual([...names].sort());
  });

  it('has no list of words that it expands', async () => {
    const script = await completionScript('bash', COMMANDS);
    expect(script).not.toMatch(/compgen -W|eval|COMPREPLY=\(\$\(/);
  });
});
