import { execFile } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from '../../src/cli/completion/script.ts';
import { COMMANDS } from '../../src/cli/program/commands.ts';
import { createWorkplace, type Workplace } from './run-cli.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const installed = new Map(
  await Promise.all(
    SHELLS.map(
      async (shell) =>
        [
          shell,
          await run(shell, ['-c', 'true']).then(
            () => true,
            () => false,
          ),
        ] as const,
    ),
  ),
);

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'cursor/project', '-'], { stdin: 'x' });
  await place.run(['put', 'team/servers', '-'], { stdin: '{"mcpServers":{"github":{"command":"npx","args":["-y"]}}}' });
  await place.run(['label', 'team/servers', 'stable']);
  await place.run(['draft', 'put', 'drafted/one', '-'], { stdin: 'z' });
  await place.run(['tokens', 'add', 'ci-runner', '--scope', 'read']);
  await place.run(['put', 'claude-desktop/default', '-'], { stdin: 'y' });
  const command = place.path('config-store');
  await writeFile(
    command,
    // What completion asks is answered; what is run in the end says what it was.
    `#!/bin/sh\ncase "$1" in list | completion) ;; *) echo "RAN<$*>"; exit ;; esac\nCONFIG_STORE_VAR='${place.path('var')}' exec '${process.execPath}' '${MAIN}' "$@"\n`,
  );
  await chmod(command, 0o755);
  for (const shell of SHELLS)
    await writeFile(place.path(`completion.${shell}`), await completionScript(shell, COMMANDS));
});
afterAll(() => place.remove());

/** Runs shell code with `config-store` on the PATH, and gives the lines it prints. */
async function shellLines(shell: string, args: string[]): Promise<string[]> {
  const env = { ...process.env, PATH: `${place.folder}:${process.env['PATH']}`, HOME: place.folder };
  const { stdout } = await run(shell, args, { cwd: place.folder, env });
  return stdout.split('\n').filter((line) => line !== '');
}

/** What bash offers after these words; the last one is being typed. */
function bashOffers(...words: string[]): Promise<string[]> {
  const code = `source ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _config_store; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return shellLines('bash', ['-c', code, 'bash', 'config-store', ...words]);
}

/** What fish offers after this line. */
async function fishOffers(line: string): Promise<string[]> {
  const lines = await shellLines('fish', ['--no-config', '-c', 'source ./completion.fish; complete -C $argv[1]', line]);
  return lines.map((offered) => offered.split('\t')[0] ?? '');
}

describe('the scripts', () => {
  it.each(SHELLS)('print as they are, for %s', async (shell) => {
    const { code, stdout } = await place.run(['completion', shell]);
    expect([code, stdout]).toEqual([0, await completionScript(shell, COMMANDS)]);
  });

  for (const shell of SHELLS) {
    it.skipIf(!installed.get(shell))(`are sound ${shell}`, async () => {
      await expect(run(shell, ['-n', place.path(`completion.${shell}`)])).resolves.toMatchObject({ stderr: '' });
    });
  }
});

describe.skipIf(!installed.get('bash'))('bash offers', () => {
  it('commands, subcommands and options', async () => {
    expect(await bashOffers('resto')).toEqual(['restore']);
    expect(await bashOffers('draft', 'p')).toEqual(['put', 'publish']);
    expect(await bashOffers('put', '--m')).toEqual(['--message', '--media-type']);
    expect(await bashOffers('hel')).toEqual(['help']);
    expect(await bashOffers('help', 'resto')).toEqual(['restore']);
    expect(await bashOffers('draft', 'publish', '--me')).toEqual(['--message']);
    expect(await bashOffers('completion', '')).toEqual(['values', ...SHELLS]);
  });

  it('config names, also after options with values, and files where files belong', async () => {
    expect(await bashOffers('get', 'cu')).toEqual(['cursor/project']);
    expect(await bashOffers('log', '-n', '5', 'c')).toEqual(['claude-desktop/default', 'cursor/project']);
    expect(await bashOffers('put', 'cursor/project', 'completion.b')).toEqual(['completion.bash']);
  });
});

/** What fits each place, as the line is typed before TAB is pressed, and what the line is after it. */
const COMMON: ReadonlyArray<readonly [typed: string, completed: string]> = [
  ['resto', 'restore'],
  ['get cu', 'get cursor/project'],
  ['get team/servers@st', 'get team/servers@stable'],
  ['verify --depth sig', 'verify --depth signatures'],
  ['put cursor/project completion.b', 'put cursor/project completion.bash'],
];
/** All of them, each kind of thing in the store among them. */
const PLACES: typeof COMMON =
  process.env['SLOW'] !== '1'
    ? COMMON
    : [
        ...COMMON,
        ['diff team/servers@la', 'diff team/servers@latest'],
        ['label team/servers@1 sta', 'label team/servers@1 stable'],
        ['label team/servers --remove st', 'label team/servers --remove stable'],
        ['log team/servers --path /mcpServers/github/c', 'log team/servers --path /mcpServers/github/command'],
        ['draft show dr', 'draft show drafted/one'],
        ['draft publish dr', 'draft publish drafted/one'],
        ['tokens revoke ci', 'tokens revoke ci-runner'],
        ['run te', 'run team/servers/github'],
        ['clients remove gi', 'clients remove github'],
        ['clients show claude-d', 'clients show claude-desktop'],
        ['get team/servers --for claude-d', 'get team/servers --for claude-desktop'],
        ['put --media-type application/to', 'put --media-type application/toml'],
        ['keys trust --role wr', 'keys trust --role writer'],
        ['get cursor/project -o completion.b', 'get cursor/project -o completion.bash'],
      ];

// util-linux's `script` gives a shell a terminal of its own.
const hasScript = await run('script', ['--version']).then(
  ({ stdout }) => stdout.includes('util-linux'),
  () => false,
);
const INTERACTIVE = {
  bash: ['bash --norc --noprofile -i', 'source ./completion.bash'],
  zsh: ['zsh -f -i', 'autoload -U compinit; compinit -u -D; source ./completion.zsh'],
} as const;

describe.each(['bash', 'zsh'] as const)('%s, on a terminal,', (shell) => {
  it.skipIf(!installed.get(shell) || !hasScript)('completes each place when TAB is pressed', async () => {
    const [start, prepare] = INTERACTIVE[shell];
    const lines = [prepare, ...PLACES.map(([typed]) => `config-store ${typed}\t`), 'exit'];
    await writeFile(place.path('keys'), lines.map((line) => `${line}\n`).join(''));
    const env = { ...process.env, PATH: `${place.folder}:${process.env['PATH']}`, HOME: place.folder, TERM: 'dumb' };
    const { stdout } = await run('sh', ['-c', `script -qec '${start}' /dev/null <keys`], { cwd: place.folder, env });
    const ran = [...stdout.matchAll(/^RAN<(.*)>\r?$/gm)].map(([, line]) => line);
    expect(ran).toEqual(PLACES.map(([, completed]) => completed));
  });
});

describe.skipIf(!installed.get('fish'))('fish', () => {
  it.each(PLACES)('completes %s', async (typed, completed) => {
    expect(await fishOffers(`config-store ${typed}`)).toEqual([completed.split(' ').at(-1)]);
  });
});

describe.skipIf(!installed.get('fish'))('fish offers', () => {
  it('commands, subcommands, options and config names', async () => {
    expect(await fishOffers('config-store resto')).toEqual(['restore']);
    expect(await fishOffers('config-store draft pub')).toEqual(['publish']);
    expect(await fishOffers('config-store put --mess')).toEqual(['--message']);
    expect(await fishOffers('config-store get cu')).toEqual(['cursor/project']);
  });
});
