import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

async function licenceOf(name: string): Promise<string> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { license: string }).license;
}

describe('dependencies', () => {
  const declared = { ...packageJson.dependencies, ...packageJson.devDependencies };

  test('every one is an exact version', () => {
    expect(
      Object.values(declared).filter((version) => !/^(npm:[^ ]+@)?\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/.test(version)),
    ).toEqual([]);
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

  describe('the lock file', async () => {
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, LockedPackage>;
    };
    const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

    test('names no registry', () => {
      expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    });

    test('leaves out a hash only for development tools on platforms that CI and the image do not use', () => {
      const unchecked = installed.filter(([, { integrity }]) => integrity === undefined);
      const needed = unchecked.filter(([, { dev, optional, os, cpu, libc }]) => {
        const used =
          os?.includes('linux') && libc?.includes('glibc') && (cpu?.includes('x64') || cpu?.includes('arm64'));
        return dev !== true || optional !== true || os === undefined || used === true;
      });
      expect(needed).toEqual([]);
      // As docs/design.md says; fewer is better, then say so there too.
      expect(unchecked).toHaveLength(23);
    });
  });
});
