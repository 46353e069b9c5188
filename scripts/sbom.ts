import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Prints a CycloneDX SBOM of what ships: the packages with code in the bundle, and what those need; with --runtime FILE, also
// what an image adds: Node, and the Debian packages in FILE, one a line: name, version, architecture, with tabs between.
// The same input gives the same bytes: there is neither a time nor a random number in it.
// `npm sbom --omit dev` alone leaves out every package that a development tool needs too (zod and yaml among them), so npm is
// shown a package.json and a lock file without development dependencies.

const ROOT = join(import.meta.dirname, '..');

interface LockedPackage {
  dev?: boolean;
  link?: boolean;
  resolved?: string;
  devDependencies?: object;
}

interface LockFile {
  packages: Record<string, LockedPackage>;
}

async function read<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(join(ROOT, name), 'utf8')) as T;
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

async function sbom(): Promise<Sbom> {
  const { devDependencies: _tools, ...manifest } = await read<{ name: string; devDependencies: object }>(
    'package.json',
  );
  const lock = await read<LockFile>('package-lock.json');
  // npm marks the folder that a link leads to, not the link.
  const isTool = ({ dev, link, resolved = '' }: LockedPackage) =>
    dev === true || (link === true && lock.packages[resolved]?.dev === true);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).filter(([, locked]) => !isTool(locked)));
  delete lock.packages['']?.devDependencies;
  const temporary = await mkdtemp(join(tmpdir(), 'sbom-'));
  try {
    const folder = join(temporary, manifest.name); // npm names the SBOM's subject after it
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
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

const { runtime } = parseArgs({ options: { runtime: { type: 'string' } } }).values;
const { serialNumber: _random, ...found } = await sbom();
const { timestamp: _now, ...metadata } = found.metadata;
const components = [...found.components, ...(runtime === undefined ? [] : await runtimeOf(runtime))];
process.stdout.write(`${JSON.stringify({ ...found, metadata, components }, null, 2)}\n`);
