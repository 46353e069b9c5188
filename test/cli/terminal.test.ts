import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from './run-cli.ts';

const run = promisify(execFile);
const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const ESCAPE = '\u001b[';
// util-linux's `script` gives a command a terminal of its own.
const installed = await run('script', ['--version']).then(
  ({ stdout }) => stdout.includes('util-linux'),
  () => false,
);

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
  await place.run(['put', 'cursor/project', '-', '--message', 'red \u001b[31malert'], { stdin: 'x' });
});
afterAll(() => place.remove());

/** What a command prints on a terminal, stdout and stderr together. */
async function onTerminal(args: string, env: Record<string, string> = {}): Promise<string> {
  const command = `'${process.execPath}' '${MAIN}' ${args}`;
  const { stdout } = await run('script', ['-qec', command, '/dev/null'], {
    cwd: place.folder,
    env: { PATH: process.env['PATH'], HOME: place.folder, TERM: 'xterm', CONFIG_STORE_VAR: place.path('var'), ...env },
  });
  return stdout;
}

describe.skipIf(!installed)('on a terminal', () => {
  it('there is colour, unless NO_COLOR asks for none; a message cannot bring its own', async () => {
    const coloured = await onTerminal('list');
    expect(coloured).toContain(`${ESCAPE}1mcursor/project`);
    expect(coloured).toContain('red \\u{1b}[31malert');
    expect(await onTerminal('list', { NO_COLOR: '1' })).not.toContain(ESCAPE);
    expect(await onTerminal('list --json')).not.toContain(ESCAPE);
  });

  it('long work has a progress bar, and none without one', async () => {
    expect(await onTerminal('rebuild')).toMatch(/rebuilding .*100% 2\/2/);
    expect((await place.run(['rebuild'])).stderr).toBe('');
  });

  it('no command means help', async () => {
    expect(await onTerminal('')).toContain('Usage: config-store');
  });
});
