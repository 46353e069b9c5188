import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { errorLine } from '../src/cli/output/output.ts';
import { fileFault } from '../src/disk/file-fault.ts';
import { createWorkplace, type Finished, type Workplace } from './cli/run-cli.ts';

const docs = await readFile(join(import.meta.dirname, '..', 'docs', 'troubleshooting.md'), 'utf8');
const MAIN = join(import.meta.dirname, '..', 'dist', 'main.js');
const isRoot = process.getuid?.() === 0;

/** Messages under a heading, as shown there. */
function shown(heading: string): string[] {
  const [, section] = docs.split(`## ${heading}\n`);
  const text = section?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/^```\n(.*)\n```$/gm)].map(([, line = '']) => line);
}

/** What differs from machine to machine, made equal: paths, ids, numbers. */
function alike(line: string): string {
  return line
    .trim()
    .replaceAll(/\/[^\s,:]*[^\s,:.]/g, 'PATH')
    .replaceAll(/\([0-9a-f]{16}…\)/g, '(ID…)')
    .replaceAll(/\d+/g, 'N');
}

function expectShown(heading: string, said: Pick<Finished, 'stderr'>): void {
  expect(shown(heading).map(alike)).toContain(alike(said.stderr.split('\n')[0] ?? ''));
}

let place: Workplace;
const put = (text: string) => writeFile(place.path('a.json'), text).then(() => place.run(['put', 'a', 'a.json']));
beforeEach(async () => {
  place = await createWorkplace();
  onTestFinished(() => place.remove());
});

describe('the message is what the program says', () => {
  it.each(['Permission denied on the var folder', 'The volume belongs to another uid'])('%s', async (heading) => {
    await mkdir(place.path('var'), { mode: 0o700 });
    const line = [fileURLToPath(new URL('cli/command-as-user.ts', import.meta.url)), '10001', 'list'];
    const env = { PATH: process.env['PATH'], HOME: place.folder, CONFIG_STORE_VAR: place.path('var') };
    await chmod(place.folder, 0o755);
    if (!isRoot) await chmod(place.path('var'), 0);
    const said = isRoot
      ? spawnSync(process.execPath, line, { cwd: place.folder, env, encoding: 'utf8' })
      : await place.run(['list']);
    await chmod(place.path('var'), 0o700);
    expect('status' in said ? said.status : said.code).toBe(78);
    expectShown(heading, said);
  });

  it('The container exits at once', () => {
    const said = spawnSync(process.execPath, [MAIN, 'serve'], {
      env: { CONFIG_STORE_VAR: place.path('var') },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    expect([said.status, said.stdout]).toEqual([0, '']);
    expectShown('The container exits at once', said);
  });

  it('The client cannot connect: the test by hand', async () => {
    const [line] = /^printf .*$/m.exec(docs) ?? [''];
    const { code, stdout } = await place.run(['serve'], { stdin: `${line.split("'")[3]}\n` });
    expect(code).toBe(0);
    expect(stdout.startsWith(shown('The client cannot connect')[0] ?? 'nothing is shown')).toBe(true);
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, result: { serverInfo: { name: 'mcp-config-store' } } });
  });

  it("The client's file is refused", async () => {
    await writeFile(place.path('a.json'), '{\n  // mine\n}');
    const said = await place.run(['install', 'claude-desktop', '--file', 'a.json']);
    expect(said.code).toBe(65);
    expectShown("The client's file is refused", said);
  });

  it.skipIf(process.platform === 'win32')('A key file has the wrong mode', async () => {
    await put('{}');
    const keys = place.path('var/keys');
    const file = join(keys, (await readdir(keys)).find((name) => name.endsWith('.key.pem')) ?? '');
    await chmod(file, 0o644);
    const open = await put('{"b":1}');
    await chmod(file, 0o600);
    await chmod(keys, 0o755);
    const folder = await put('{"b":1}');
    for (const said of [open, folder]) {
      expect(said.code).toBe(77);
      expectShown('A key file has the wrong mode', said);
    }
  });

  it('The volume was rolled back', async () => {
    await put('{}');
    await cp(place.path('var/storage'), place.path('older'), { recursive: true });
    await put('{"b":1}');
    await rm(place.path('var/storage'), { recursive: true });
    await cp(place.path('older'), place.path('var/storage'), { recursive: true });
    const said = await put('{"c":1}');
    expect(said.code).toBe(2);
    expectShown('The volume was rolled back', said);
  });

  it('There is a key, but no store', async () => {
    await put('{}');
    await rm(place.path('var/storage'), { recursive: true });
    const said = await put('{}');
    expect(said.code).toBe(78);
    expectShown('There is a key, but no store', said);
  });

  it.skipIf(process.platform !== 'linux')('Everything is gone after a restart', async () => {
    const env = { CONFIG_STORE_EXPECT_VOLUME: 'on', CONFIG_STORE_VAR: '/not-mounted-anywhere' };
    expectShown('Everything is gone after a restart', await place.run(['list'], { env }));
  });

  it('The disk is full', () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const fault = fileFault(full, '/app/var/storage/tmp/1-0a1b2c3d4e5f6071', 'write');
    expectShown('The disk is full', { stderr: errorLine(fault) });
  });
});

it('no message is shown that no test above produces', () => {
  expect(docs.match(/^config-store: /gm)).toHaveLength(10);
});

it('every command named in it exists', async () => {
  const { stdout } = await place.run(['--help']);
  const named = [...docs.matchAll(/(?:^|`)config-store ([a-z]+)/gm)].map(([, command]) => command ?? '');
  expect(named.length).toBeGreaterThan(5);
  for (const command of new Set(named)) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
});
