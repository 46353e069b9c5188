import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
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
async function onTerminal(args: string, env: Record<string, string> = {}, typed = ''): Promise<string> {
  const program = `'${process.execPath}' '${MAIN}'`;
  const command = args.includes("'{}'") ? args.replaceAll("'{}'", program) : `${program} ${args}`;
  const started = run('script', ['-qec', command, '/dev/null'], {
    cwd: place.folder,
    env: { PATH: process.env['PATH'], HOME: place.folder, TERM: 'xterm', CONFIG_STORE_VAR: place.path('var'), ...env },
  });
  started.child.stdin?.end(typed);
  return (await started).stdout;
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

  it.each(['log', 'doctor', 'telemetry'])('the lines of %s fit its width', async (command) => {
    const lines = (await onTerminal(`stty cols 60; '{}' ${command}`, { PAGER: 'cat' })).split(/\r?\n/);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(60);
  });

  it('what is longer than the screen goes through the pager of the person, and --json does not', async () => {
    const pager = { PAGER: 'sed s/^/paged:/' };
    const paged = (rows: number, more = '') => onTerminal(`stty rows ${rows}; '{}' log ${more}`, pager);
    expect(await paged(2)).toMatch(/^paged:.*COMMIT[\s\S]*paged:.*put cursor\/project@1/m);
    expect(await paged(50)).not.toContain('paged:');
    expect(await paged(2, '--json')).not.toContain('paged:');
    expect(await onTerminal("stty rows 2; '{}' log", { PAGER: 'no-such-pager' })).toContain('put cursor/project@1');
    expect((await place.run(['log'], { env: pager })).stdout).not.toContain('paged:');
  });

  it('serve says what it is, and how to stop it', async () => {
    const said = await onTerminal('serve', {}, '\u0004');
    expect(said).toMatch(/serving MCP on standard input and output.*Ctrl-C or Ctrl-D stops it/);
    expect((await place.run(['serve'])).stderr).toBe('');
  });

  it('no command means help', async () => {
    expect(await onTerminal('')).toContain('Usage: config-store');
  });
});
