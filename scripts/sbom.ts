import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Prints a CycloneDX SBOM of what ships: the packages with code in the bundle, and what those need; with --runtime FILE, also
// what an image adds: Node, and the Debian packages in FILE, one a line: name, version, architecture, with tabs between.
// The same input gives the same bytes: there is neither a time nor a random number in it.
// For npm all of them are development dependencies, because an installed package needs none. So npm is shown a package.json and a
// lock file that hold what the notices of a build name (--notices FILE, else those of dist/), and what that needs.

const ROOT = join(import.meta.dirname, '..');

interface LockedPackage {
  dev?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface LockFile {
  packages: Record<string, LockedPackage>;
}

async function read<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, name), 'utf8')) as T;
}

interface Manifest {
  readonly name: string;
  readonly devDependencies: Record<string, string>;
}

interface Sbom {
  serialNumber?: string;
  metadata: { timestamp?: string };
  components: object[];
}

async function runtimeOf(file: string): Promise<object[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  const packages = lines.map((line) => {
    const [name = '', version = '', architecture = ''] = line.split('\t');
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
    return { 'bom-ref': purl, type: 'library', name, version, purl };
  });
  const { version } = process;
  const purl = `pkg:generic/node@${version.slice(1)}`;
  return [...packages, { 'bom-ref': purl, type: 'application', name: 'node', version: version.slice(1), purl }];
}

/** Returns the names of the packages with code in the bundle. */
async function bundledPackages(file: string): Promise<Set<string>> {
  const text = await readFile(file, 'utf8');
  return new Set([...text.matchAll(/^={80}\n(\S+) \S+ \(/gm)].map(([, name = '']) => name));
}

/** Returns the locked packages that these lead to, by path, as npm finds them from one folder to the one around it. */
function neededBy(names: readonly string[], { packages }: LockFile): Record<string, LockedPackage> {
  const needed: Record<string, LockedPackage> = {};
  const visit = (from: string, name: string) => {
    let folder = from;
    while (folder !== '' && packages[`${folder}/node_modules/${name}`] === undefined)
      folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    const found = packages[path];
    if (found === undefined || needed[path] !== undefined) return; // an optional one that is not there, or seen before
    const { dev: _dev, ...locked } = found;
    needed[path] = locked;
    for (const next of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) visit(path, next);
  };
  for (const name of names) visit('', name);
  return Object.fromEntries(Object.entries(needed).sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function sbom(notices: string): Promise<Sbom> {
  const { devDependencies, ...manifest } = await read<Manifest>('package.json');
  const bundled = await bundledPackages(notices);
  const dependencies = Object.fromEntries(Object.entries(devDependencies).filter(([name]) => bundled.has(name)));
  const lock = await read<LockFile>('package-lock.json');
  const { devDependencies: _all, ...root } = lock.packages[''] ?? {};
  lock.packages = { '': { ...root, dependencies }, ...neededBy(Object.keys(dependencies), lock) };
  const temporary = await mkdtemp(join(tmpdir(), 'sbom-'));
  try {
    const folder = join(temporary, manifest.name); // npm names the SBOM's subject after it
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
    const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
    const { npm_execpath: npm } = process.env;
    const [program, before] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
    const { status, stdout, stderr } = spawnSync(program, [...before, ...args], { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm sbom: exit ${status}: ${stderr}`);
    return JSON.parse(stdout) as Sbom;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const { runtime, notices = join(ROOT, 'dist', 'THIRD-PARTY-NOTICES.txt') } = parseArgs({
  options: { runtime: { type: 'string' }, notices: { type: 'string' } },
}).values;
const { serialNumber: _random, ...found } = await sbom(notices);
const { timestamp: _now, ...metadata } = found.metadata;
const components = [...found.components, ...(runtime === undefined ? [] : await runtimeOf(runtime))];
process.stdout.write(`${JSON.stringify({ ...found, metadata, components }, null, 2)}\n`);
