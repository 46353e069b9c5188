import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { buildProgram } from '../../src/cli/program/program.ts';
import { createWorkplace, type Workplace } from './run-cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace();
});
afterAll(() => place.remove());

describe('help', () => {
  it('of the program lists the commands; of a command it ends with an example', async () => {
    const program = await place.run(['--help']);
    expect([program.code, program.stderr]).toEqual([0, '']);
    expect(program.stdout).toMatch(/\n {2}put +store a file/);
    const put = await place.run(['put', '--help']);
    expect(put.stdout).toMatch(/Examples:\n {2}config-store put /);
    expect((await place.run(['help', 'put'])).stdout).toBe(put.stdout);
    expect((await place.run(['draft', 'put', '--help'])).stdout).toMatch(/Example:\n {2}config-store draft put /);
    expect((await place.run(['draft', '--help'])).stdout).toMatch(/\n {2}publish +sign drafts/);
  });

  it('has the version', async () => {
    expect((await place.run(['--version'])).stdout).toBe(`${packageJson.version}\n`);
  });
});

describe('a mistake in the line exits 64, on one line of stderr', () => {
  it.each([
    [['pt'], /unknown command 'pt'\. Did you mean (one of )?.*put.*\? Run "config-store --help"\.$/],
    [['delete', 'a'], /unknown command 'delete'\. Did you mean rm\? Run "config-store --help"\.$/],
    [['help', 'nope'], /there is no such command\. Run "config-store --help"\.$/],
    [['publish'], /Did you mean draft publish\?/],
    [['draft', 'lst'], /unknown command 'lst'\. .*list.*"config-store draft --help"\.$/],
    [['draft'], /draft needs a subcommand\. Run "config-store draft --help"\.$/],
    [['put', 'a'], /missing required argument 'file'\. Run "config-store put --help"\.$/],
    [['list', 'a', 'b'], /too many arguments/],
    [['put', 'a', 'b', '--mesage', 'x'], /unknown option '--mesage'\. Did you mean --message\?/],
    [['export', 'a'], /required option '--out <dir>' not specified/],
    [['log', 'a', '--limit', 'many'], /--limit is "many"/],
    [['list', '--var', ''], /--var is empty/],
    [['completion', 'tcsh'], /there is no completion for "tcsh"/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await place.run(args);
    expect([code, stdout]).toEqual([64, '']);
    expect(stderr).toMatch(/^config-store: ARGUMENT_INVALID: [^\n]+\n$/);
    expect(stderr.trimEnd()).toMatch(message);
  });

  it.each([
    [['put', 'a', '-', '--message', 'one', '--message', 'two'], '--message'],
    [['--var', 'one', 'list', '--var', 'two'], '--var'],
    [['serve', '--var', 'one', '--var=two'], '--var'],
    [['backup', '--passphrase-file', 'a', 'verify', 'x', '--passphrase-file', 'b'], '--passphrase-file'],
  ])('%j: an option that counts once is given twice', async (args, option) => {
    const { code, stderr } = await place.run(args);
    expect([code, stderr]).toEqual([64, expect.stringContaining(`${option} was given twice`)]);
  });

  it('for each option of each command that takes a value and does not add up', async () => {
    const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
    const program = await buildProgram('everything', async () => undefined);
    const options = all(program).flatMap((command) => command.options.filter(({ required }) => required));
    expect(options.length).toBeGreaterThan(50);
    for (const { parseArg, flags } of options) {
      const adds =
        /^--(?:recipient|recipients-file|identity|allow-secret|allowed-host|allowed-origin) |^--(?:to <clients>|path <files>)/.test(
          flags,
        );
      if (flags.startsWith('--set ')) expect(parseArg?.('b=2', [{ a: '1' }])).toEqual([{ a: '1' }, { b: '2' }]);
      else if (adds) expect(parseArg?.('y', ['x']), flags).toEqual(['x', 'y']);
      else expect(() => parseArg?.('y', 'x'), flags).toThrow('was given twice');
    }
  });

  it('as JSON with --json', async () => {
    const { stderr } = await place.run(['pt', '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'ARGUMENT_INVALID', message: "unknown command 'pt'" } });
  });

  it('also when it is in the environment', async () => {
    const { code, stderr } = await place.run(['list'], { env: { CONFIG_STORE_TELEMETRY_DAYS: 'many' } });
    expect([code, stderr]).toEqual([64, expect.stringContaining('CONFIG_STORE_TELEMETRY_DAYS is "many"')]);
  });

  it('but health exits with 0 or 1 only', async () => {
    expect((await place.run(['health'], { env: { CONFIG_STORE_ID: 'x' } })).code).toBe(1);
    expect((await place.run(['health', '--nonsense'])).code).toBe(1);
  });
});

describe('serve', () => {
  const initialize = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  });

  it.each([[[]], [['serve']], [['serve', '--read-only']], [['--var', 'elsewhere']]])(
    'is what %j means when stdin is no terminal; it makes nothing and ends with its input',
    async (args) => {
      const { code, stdout, stderr } = await place.run(args, { stdin: `${initialize}\n` });
      expect([code, stderr]).toEqual([0, '']);
      expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { serverInfo: { version: packageJson.version } } });
    },
  );

  it('starts with bad settings too, and every tool says what is wrong with them', async () => {
    const call = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'list_configs', arguments: {} } };
    const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
    const stdin = [initialize, initialized, JSON.stringify(call), ''].join('\n');
    const { code, stdout } = await place.run(['serve'], { stdin, env: { CONFIG_STORE_ID: 'nonsense' } });
    expect(code).toBe(0);
    const answer = stdout.split('\n').find((line) => line.includes('"id":2')) ?? '';
    expect(JSON.parse(answer)).toMatchObject({
      result: {
        isError: true,
        structuredContent: { code: 'ARGUMENT_INVALID', message: expect.stringContaining('CONFIG_STORE_ID') },
      },
    });
  });
});

describe('a store that cannot be opened', () => {
  it('exits 78 and names the path', async () => {
    await mkdir(place.path('odd'));
    await writeFile(place.path('odd/storage'), 'a file where the folder belongs');
    const { code, stderr } = await place.run(['list', '--var', 'odd']);
    expect([code, stderr]).toEqual([78, expect.stringMatching(/^config-store: STORE_UNREADABLE: .*odd\/storage.*\n$/)]);
  });
});

it('a reader that goes away ends the command quietly', async () => {
  const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
  const child = spawn(process.execPath, [main, 'completion', 'fish'], {
    cwd: place.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect([code, stderr]).toEqual([0, '']);
});
