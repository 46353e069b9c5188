// Makes the pinned Node the command `node` of npm scripts, where npm has not: up to its version 11.0 at least, npm removes the
// link again together with the packages of other platforms, which it leaves out and whose command has the same name.
// Plain JavaScript for Node 18 and newer, because it runs on whatever Node the machine has.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first release that runs TypeScript as it is, which the scripts need. */
const NEEDED = [22, 18];

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, '..', '..', 'node_modules');
const { optionalDependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const windows = process.platform === 'win32';
const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
const binary = join(modules, name, 'bin', windows ? 'node.exe' : 'node');

if (name in optionalDependencies && existsSync(binary)) link();
else if (isTooOld(process.version))
  console.error(
    `There is no pinned Node for ${name.slice('node-'.length)} here: npm scripts run on the machine's own, which is ${process.version} and has to be ${NEEDED.join('.')} or newer.`,
  );

function link() {
  const folder = join(modules, '.bin');
  mkdirSync(folder, { recursive: true });
  if (windows) {
    const command = join(folder, 'node.cmd');
    if (!existsSync(command)) writeFileSync(command, `@"%~dp0\\..\\${name}\\bin\\node.exe" %*\r\n`);
    return;
  }
  const path = join(folder, 'node');
  const target = `../${name}/bin/node`;
  if (targetOf(path) === target) return;
  const draft = `${path}.${process.pid}`;
  rmSync(draft, { force: true });
  symlinkSync(target, draft);
  renameSync(draft, path);
}

function targetOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // not there, or no link
  }
}

function isTooOld(version) {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
}
