import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorkplace, SOURCES, type Workplace } from '../cli/run-cli.ts';

let place: Workplace;
beforeAll(async () => {
  place = await createWorkplace(SOURCES);
});
afterAll(() => place.remove());

/** The files of ours and of libraries that a command line loads, as V8 counts them. */
async function loaded(args: readonly string[], stdin = ''): Promise<string[]> {
  const folder = place.path(`coverage-${args.join('-')}`);
  await place.run(args, { stdin, env: { NODE_V8_COVERAGE: folder } });
  const reports = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  const urls = reports.flatMap((report) => (JSON.parse(report) as { result: { url: string }[] }).result);
  return urls.map(({ url }) => url).filter((url) => url.startsWith('file:'));
}

it('serve loads neither the command line nor what only a call needs', async () => {
  const request = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';
  const files = await loaded(['serve'], request);
  expect(files.some((url) => url.endsWith('/src/mcp/serve.ts'))).toBe(true);
  const heavy =
    /commander|better-sqlite3|noble|secretlint|\/yaml\/|smol-toml|pino|src\/cli\/program\/program|src\/store\/open/;
  expect(files.filter((url) => heavy.test(url))).toEqual([]);
});

it('a command loads no other command', async () => {
  const files = await loaded(['list']);
  const commands = files.flatMap((url) => /\/src\/cli\/commands\/(.+)\.ts$/.exec(url)?.[1] ?? []);
  expect(commands).toEqual(['configs/list']);
  expect(files.filter((url) => /modelcontextprotocol|noble|secretlint|cli-progress/.test(url))).toEqual([]);
});
