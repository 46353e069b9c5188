import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../scripts/node');
const NAME = `node-${process.platform}-${process.arch}`;

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'node-link-'));
  await cp(join(SCRIPT, 'link.mjs'), join(root, 'scripts/node/link.mjs'));
  await writeFile(
    join(root, 'scripts/node/package.json'),
    JSON.stringify({ optionalDependencies: { [NAME]: '1.0.0', 'node-other-x64': '1.0.0' } }),
  );
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function install(name = NAME): Promise<void> {
  await mkdir(join(root, 'node_modules', name, 'bin'), { recursive: true });
  await writeFile(join(root, 'node_modules', name, 'bin/node'), name);
}

async function run(...flags: string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...flags,
    join(root, 'scripts/node/link.mjs'),
  ]);
  return stdout + stderr;
}

const onNode = (version: string) => [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'version',{value:'${version}'})`,
];
const command = () => readFile(join(root, 'node_modules/.bin/node'), 'utf8');

test.each([
  ['where npm left no command', () => Promise.resolve()],
  ['where npm left no folder of commands', () => rm(join(root, 'node_modules/.bin'), { recursive: true, force: true })],
  ['over a link that leads nowhere', () => symlink('../node/bin/node', join(root, 'node_modules/.bin/node'))],
  ['over a file', () => writeFile(join(root, 'node_modules/.bin/node'), 'another')],
])('makes the pinned Node the command %s, and again without a change', async (_where, prepare) => {
  await mkdir(join(root, 'node_modules/.bin'), { recursive: true });
  await install();
  await prepare();
  for (let times = 0; times < 2; times++) {
    expect(await run()).toBe('');
    expect(await readlink(join(root, 'node_modules/.bin/node'))).toBe(`../${NAME}/bin/node`);
    expect(await command()).toBe(NAME);
  }
});

test('takes no package of another platform, nor one that is not named', async () => {
  await install('node-other-x64');
  await writeFile(join(root, 'scripts/node/package.json'), JSON.stringify({ optionalDependencies: {} }));
  await install();
  expect(await run()).toBe('');
  await expect(command()).rejects.toThrow('ENOENT');
});

test.each(['v18.20.0', 'v20.20.2', 'v22.17.9'])(
  'says that %s is too old where there is no pinned one',
  async (version) => {
    expect(await run(...onNode(version))).toBe(
      `There is no pinned Node for ${process.platform}-${process.arch} here: npm scripts run on the machine's own, which is ${version} and has to be 22.18 or newer.\n`,
    );
    await install();
    expect(await run(...onNode(version))).toBe('');
  },
);

test.each(['v22.18.0', 'v24.0.0', 'v26.1.0'])('says nothing of %s', async (version) => {
  expect(await run(...onNode(version))).toBe('');
});
