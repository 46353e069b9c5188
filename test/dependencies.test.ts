import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '..');

async function licenceOf(name: string): Promise<string> {
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { license: string }).license;
}

describe('dependencies', () => {
  const declared = { ...packageJson.dependencies, ...packageJson.devDependencies };

  test('every one is an exact version', () => {
    expect(Object.values(declared).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
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

  test('the lock file names no registry', async () => {
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string }>;
    };
    expect(Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
  });
});
