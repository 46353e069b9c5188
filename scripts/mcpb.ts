// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the host replaces these, not we.
/** Makes MCP bundles (.mcpb), which a desktop app installs with a click: one per platform, because each holds one addon. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type Zippable, zipSync } from 'fflate';
import packageJson from '../package.json' with { type: 'json' };
import { TOOLS } from '../src/mcp/tools/index.ts';
import { build, PLATFORMS, type Platform } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
/** Desktop apps do not run on musl. */
export const DESKTOPS = PLATFORMS.filter((platform) => !platform.startsWith('linuxmusl'));
/** The same bytes make the same bundle. The oldest time that a zip file can hold is in 1980. */
const MODIFIED = new Date('1985-10-26T12:00:00');
/** Where the command has its store too, so that both see the same one. */
const DATA_FOLDERS: Readonly<Record<string, string>> = {
  linux: '${HOME}/.local/share/mcp-config-store',
  darwin: '${HOME}/Library/Application Support/mcp-config-store',
  win32: '${HOME}\\AppData\\Local\\mcp-config-store',
};

/** Returns the manifest of one platform's bundle. */
export function manifest(platform: Platform): object {
  const [system = ''] = platform.split('-');
  const { name, version, description, author, keywords, license, homepage, bugs, repository, engines } = packageJson;
  return {
    manifest_version: '0.3',
    name,
    display_name: 'MCP Config Store',
    version,
    description,
    author: { name: author },
    repository: { type: repository.type, url: repository.url.replace(/^git\+/, '') },
    homepage,
    support: bugs.url,
    license,
    keywords,
    server: {
      type: 'node',
      entry_point: 'server/main.js',
      mcp_config: {
        command: 'node',
        args: ['${__dirname}/server/main.js', 'serve'],
        env: {
          CONFIG_STORE_VAR: '${user_config.folder}',
          CONFIG_STORE_READ_ONLY: '${user_config.read_only}',
        },
      },
    },
    tools: TOOLS.map(({ name: tool, title }) => ({ name: tool, description: title })),
    compatibility: { platforms: [system], runtimes: { node: engines.node } },
    user_config: {
      folder: {
        type: 'directory',
        title: 'Folder of the store',
        description: 'Holds the configs, the keys and the telemetry. Made at the first write.',
        required: true,
        default: DATA_FOLDERS[system],
      },
      read_only: {
        type: 'boolean',
        title: 'Read only',
        description: 'Offers no tool that writes.',
        required: false,
        default: false,
      },
    },
  };
}

/** Returns the bundle of one platform, as the bytes of a zip file. */
export async function mcpBundle(platform: Platform): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'mcpb-'));
  try {
    await build({ outdir: folder, platform, clean: true });
    const files: Zippable = { 'manifest.json': Buffer.from(`${JSON.stringify(manifest(platform), null, 2)}\n`) };
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.sort())
      files[`server/${relative(folder, path).replaceAll('\\', '/')}`] = await readFile(path);
    files['LICENSE'] = await readFile(join(ROOT, 'LICENSE'));
    return zipSync(files, { mtime: MODIFIED });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { outdir: { type: 'string' } } });
  const outdir = values.outdir ?? join(ROOT, 'mcpb');
  const unknown = positionals.filter((name) => !DESKTOPS.some((platform) => platform === name));
  if (unknown.length > 0) throw new Error(`no bundle for ${unknown.join(', ')}; there are ${DESKTOPS.join(', ')}`);
  await mkdir(outdir, { recursive: true });
  for (const platform of DESKTOPS.filter((name) => positionals.length === 0 || positionals.includes(name))) {
    const path = join(outdir, `${packageJson.name}-${packageJson.version}-${platform}.mcpb`);
    await writeFile(path, await mcpBundle(platform));
    console.log(relative(process.cwd(), path));
  }
}
