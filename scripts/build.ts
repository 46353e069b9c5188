import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type BuildOptions, build as esbuild, type Metafile, type OutputFile, type Plugin } from 'esbuild';
import { leanSdk } from './lean-sdk.ts';
import { oneCore } from './one-core.ts';
import { plainBuiltins } from './plain-builtins.ts';
import { thirdPartyNotices } from './third-party-notices.ts';

const ROOT = join(import.meta.dirname, '..');
/** The modification time of every file of a build: the same bytes make the same package. Another time means: superseded since then. */
const BUILT = new Date('1985-10-26T08:15:00.000Z');
/** How long a superseded file stays, in milliseconds: a server that was started before may load it only now. */
const KEEP_MS = 7 * 24 * 60 * 60 * 1000;

/** What a health check loads while it runs. */
const OF_HEALTH = /\/(?:local-store|critical-events|ask-readiness)\.ts$/;

/** The platforms better-sqlite3 carries an addon for. */
export const PLATFORMS = [
  'linux-x64',
  'linux-arm64',
  'linuxmusl-x64',
  'linuxmusl-arm64',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64',
  'win32-arm64',
] as const;

/** What the addon is built for: system and processor, as better-sqlite3 names them. */
export type Platform = (typeof PLATFORMS)[number];

/** One platform, or `every`: a bundle for all of them, which takes the addon of the machine it runs on. */
export type Target = Platform | 'every';

/** One file of the bundle: its path below the output folder, with `/`, and its size in bytes. */
export interface BuiltFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** The platform this process runs on. */
export function hostPlatform(): Platform {
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const libc = process.platform === 'linux' && report.header.glibcVersionRuntime === undefined ? 'musl' : '';
  return checkPlatform(`${process.platform}${libc}-${process.arch}`);
}

/** zod carries its messages in 50 languages; we show the English ones only, and each start would read them all (10 ms). */
const englishOnly: Plugin = {
  name: 'zod-english-only',
  setup(setup) {
    setup.onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ path, importer }) =>
      /[\\/]zod[\\/]v4[\\/]/.test(importer) ? { path, namespace: 'zod-locales' } : undefined,
    );
    setup.onLoad({ filter: /.*/, namespace: 'zod-locales' }, () => ({ contents: 'export {};' }));
  },
};

/** Gives the bundle for every platform all addons, and the choice between them. */
const everyAddon: Plugin = {
  name: 'every-addon',
  setup(setup) {
    setup.onResolve({ filter: /^better-sqlite3$/ }, () => ({
      path: join(ROOT, 'scripts', 'addon-of-this-machine.cjs'),
    }));
  },
};

/** How every bundle of this project is made, the benchmark's bare server included. Reproducible: same sources, same bytes. */
export function bundleOptions(platform: Target): BuildOptions {
  return {
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    // Identifiers stay as they are: stack traces and error names are read by people.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    entryNames: '[name]',
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: '[name]',
    alias: {
      ...(platform !== 'every' && { 'better-sqlite3': `better-sqlite3/${platform}` }),
      // Its other form asks for its own files by names that a bundler cannot see.
      'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
    },
    loader: { '.node': 'copy' },
    // CommonJS libraries inside the bundle ask for Node's own modules with require.
    banner: {
      js: "import{createRequire as createRequire_}from'node:module';const require=createRequire_(import.meta.url);",
    },
    plugins: platform === 'every' ? [englishOnly, everyAddon] : [englishOnly],
    logLevel: 'warning',
  };
}

/**
 * Bundles src/main.ts into `outdir`: main.js, its chunks, the SQLite addon of `platform` (or each of them), and the licences of all
 * that is inside. A file whose bytes would not change is left alone, each other one appears whole. What no longer belongs stays a week,
 * so that a running server finds its chunks; with `clean` it is removed at once. With `image` also the health check of an image.
 */
export async function build({
  outdir = join(ROOT, 'dist'),
  platform = hostPlatform() as Target,
  clean = false,
  image = false,
} = {}): Promise<BuiltFile[]> {
  const options = bundleOptions(platform);
  const result = await esbuild({
    ...options,
    plugins: [...(options.plugins ?? []), leanSdk(), plainBuiltins(), oneCore(join(ROOT, 'src'))],
    entryPoints: ['src/main.ts'],
    outdir,
    write: false,
    metafile: true,
  });
  const files = new Map(result.outputFiles.map((file) => [slashed(relative(outdir, file.path)), plain(file)]));
  files.set('package.json', Buffer.from('{"type":"module"}\n')); // else Node reads each file twice to find out what it is
  if (image) files.set('health.cjs', await healthCheck(platform, result.metafile.outputs));
  files.set('THIRD-PARTY-NOTICES.txt', Buffer.from(await thirdPartyNotices(ROOT, Object.keys(result.metafile.inputs))));
  // Chunks first and main.js last, so that a main.js never names a chunk that is not there.
  const paths = [...files.keys()].sort((a, b) => Number(a === 'main.js') - Number(b === 'main.js') || (a < b ? -1 : 1));
  for (const path of paths) await replaceFile(join(outdir, path), files.get(path) as Uint8Array);
  await chmod(join(outdir, 'main.js'), 0o755);
  await removeOthers(outdir, files, clean ? 0 : KEEP_MS);
  return paths.map((path) => ({ path, sizeBytes: (files.get(path) as Uint8Array).length }));
}

/** Returns the health check as one script, which takes from the chunks of the bundle only what it seldom needs. */
async function healthCheck(platform: Target, chunks: Metafile['outputs']): Promise<Uint8Array> {
  const chunkOf = new Map(Object.entries(chunks).map(([path, { entryPoint }]) => [entryPoint, basename(path)]));
  const others: Plugin = {
    name: 'chunks-of-the-bundle',
    setup(setup) {
      setup.onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
        if (kind !== 'dynamic-import' || OF_HEALTH.test(path)) return undefined;
        const chunk = chunkOf.get(slashed(relative(ROOT, join(resolveDir, path))));
        return chunk === undefined ? undefined : { path: `./chunks/${chunk}`, external: true };
      });
    },
  };
  const options = bundleOptions(platform);
  const { outputFiles } = await esbuild({
    ...options,
    format: 'cjs', // starts without the loader of modules
    splitting: false,
    banner: {},
    plugins: [...(options.plugins ?? []), others],
    entryPoints: { health: 'src/cli/program/image-health.ts' },
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
    write: false,
  });
  return outputFiles.find(({ path }) => path.endsWith('.cjs'))?.contents as Uint8Array;
}

/**
 * Returns the bytes of a script in ASCII, which V8 keeps in half the memory and Node reads in a tenth of the time. esbuild
 * spells what it can so; what is left stands in regular expressions.
 */
function plain({ path, text, contents }: OutputFile): Uint8Array {
  return path.endsWith('.js')
    ? Buffer.from(text.replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))
    : contents;
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined); // not there yet, or unreadable: written anew
  if (before?.equals(bytes)) return utimes(path, BUILT, BUILT);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, bytes);
  await utimes(draft, BUILT, BUILT);
  await rename(draft, path);
}

/** Notes on a superseded file since when it is one, as its modification time, and removes it once that is `keepMs` ago. */
async function removeOthers(outdir: string, files: ReadonlyMap<string, unknown>, keepMs: number): Promise<void> {
  const now = new Date();
  for (const entry of await readdir(outdir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || files.has(slashed(relative(outdir, path)))) continue;
    const found = await stat(path).catch(() => undefined); // another build was quicker
    if (found === undefined) continue;
    const belongedTillNow = found.mtimeMs === BUILT.getTime();
    if (keepMs > 0 && belongedTillNow) await utimes(path, now, now);
    else if (keepMs === 0 || now.getTime() - found.mtimeMs > keepMs) await rm(path, { force: true });
  }
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

function checkPlatform(text: string): Platform {
  const platform = PLATFORMS.find((known) => known === text);
  if (platform === undefined)
    throw new Error(`no SQLite addon for "${text}"; there is one for ${PLATFORMS.join(', ')}`);
  return platform;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      platform: { type: 'string' },
      outdir: { type: 'string' },
      quiet: { type: 'boolean' },
      clean: { type: 'boolean' },
      image: { type: 'boolean' },
    },
  });
  const outdir = values.outdir ?? join(ROOT, 'dist');
  const files = await build({
    outdir,
    clean: values.clean ?? false,
    image: values.image ?? false,
    ...(values.platform === undefined
      ? {}
      : { platform: values.platform === 'every' ? 'every' : checkPlatform(values.platform) }),
  });
  if (values.quiet !== true) {
    for (const file of files) console.log(`${kib(file.sizeBytes).padStart(10)}  ${file.path}`);
    console.log(
      `${kib(files.reduce((sum, file) => sum + file.sizeBytes, 0)).padStart(10)}  in all, ${relative(process.cwd(), outdir) || '.'}/`,
    );
  }
}

function kib(sizeBytes: number): string {
  return `${(sizeBytes / 1024).toFixed(1)} KiB`;
}
