import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Prints a CycloneDX SBOM of what ships: the packages with code in the bundle, and what those need.
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

async function sbom(): Promise<string> {
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
    return stdout;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

process.stdout.write(await sbom());
