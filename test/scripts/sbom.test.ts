import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { bundleOptions, hostPlatform } from '../../scripts/build.ts';

const root = join(import.meta.dirname, '../..');

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } };
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes?: readonly { readonly alg: string }[];
  }[];
}

describe('npm run sbom', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'scripts/sbom.ts')], {
    maxBuffer: 16 * 1_048_576,
  });
  const bom = JSON.parse(stdout) as Bom;
  const listed = new Set(bom.components.map(({ name, version }) => `${name} ${version}`));

  it('prints CycloneDX of this package', () => {
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: packageJson.name, version: packageJson.version } },
    });
    for (const { purl } of bom.components) expect(purl).toMatch(/^pkg:npm\//);
    expect(stdout).not.toMatch(/localhost|registry|127\.0\.0\.1/);
  });

  /** The folders of the packages with code in the bundle. */
  async function bundled(): Promise<Set<string>> {
    const { metafile } = await build({
      ...bundleOptions(hostPlatform()),
      entryPoints: ['src/main.ts'],
      outdir: 'unused',
      write: false,
      metafile: true,
    });
    return new Set(
      Object.keys(metafile.inputs).flatMap(
        (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
      ),
    );
  }

  const folders = await bundled();

  it('lists every package with code in the bundle, in its version and with its hash', async () => {
    expect(folders.size).toBeGreaterThan(20);
    for (const folder of folders) {
      const { name, version } = JSON.parse(
        await readFile(join(root, folder, 'package.json'), 'utf8'),
      ) as Bom['components'][0];
      expect(listed, folder).toContain(`${name} ${version}`);
    }
    for (const { hashes } of bom.components) expect(hashes?.[0]?.alg).toBe('SHA-512');
  });

  it('lists no tool of development', () => {
    const listedNames = new Set(bom.components.map(({ name }) => name));
    const tools = Object.keys(packageJson.devDependencies).filter((name) => !folders.has(`node_modules/${name}`));
    expect(tools).toEqual(expect.arrayContaining(['esbuild', 'typescript', 'vitest']));
    expect(tools.filter((name) => listedNames.has(name))).toEqual([]);
  });
});
