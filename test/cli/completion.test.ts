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
  await place.run(['put', 'claude-desktop/default', '-'], { stdin: 'y' });
  const command = place.path('config-store');
  await writeFile(
    command,
    `#!/bin/sh\nCONFIG_STORE_VAR='${place.path('var')}' exec '${process.execPath}' '${MAIN}' "$@"\n`,
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
    expect(await bashOffers('draft', 'publish', '--me')).toEqual(['--message']);
    expect(await bashOffers('completion', '')).toEqual([...SHELLS]);
  });

  it('config names, also after options with values, and files where files belong', async () => {
    expect(await bashOffers('get', 'cu')).toEqual(['cursor/project']);
    expect(await bashOffers('log', '--limit', '5', '')).toEqual(['claude-desktop/default', 'cursor/project']);
    expect(await bashOffers('put', 'cursor/project', 'completion.b')).toEqual(['completion.bash']);
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
