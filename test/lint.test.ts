import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
/** docs/design.md, Rooms: what each may import beside itself; of the store, all but the store itself see its face alone. */
const storeFace = ['store/api', 'store/open.ts'];
const may: Record<string, string[]> = {
  core: [],
  disk: ['core'],
  keys: ['disk', 'core'],
  state: ['disk', 'core'],
  engine: ['disk', 'core'],
  store: ['engine', 'state', 'keys', 'disk', 'core'],
  clients: ['disk', 'core'],
  policy: ['core'],
  telemetry: ['disk', 'core'],
  archive: [...storeFace, 'engine', 'state', 'keys', 'disk', 'core'],
  verbs: [...storeFace, 'archive', 'clients', 'policy', 'telemetry', 'state', 'keys', 'disk', 'core'],
  mcp: ['store/api', 'verbs', 'telemetry', 'core'],
  app: [
    ...['mcp', 'verbs', 'archive', ...storeFace, 'engine', 'clients', 'policy', 'telemetry', 'state', 'keys', 'disk'],
    'core',
  ],
  cli: [
    ...['app', 'mcp/serve.ts', 'verbs', 'archive', ...storeFace, 'clients', 'policy', 'telemetry', 'keys', 'disk'],
    'core',
  ],
};
const rooms = Object.keys(may);

/** Things that must be found, each in a file of its own. */
const offences: Record<string, { path: string; source: string }> = {
  'nursery/noFloatingPromises': {
    path: 'src/verbs/floating.ts',
    source: "import { write } from '../store/write.ts';\nexport function go(): void {\n  write();\n}\n",
  },
  'nursery/noMisusedPromises': {
    path: 'src/verbs/misused.ts',
    source: "import { write } from '../store/write.ts';\nexport const yes = (): boolean => (write() ? true : false);\n",
  },
  'suspicious/noExplicitAny': { path: 'src/core/untyped.ts', source: 'export const value: any = 1;\n' },
  'suspicious/noEmptyBlockStatements': {
    path: 'src/core/swallowed.ts',
    source: 'export function go(): void {\n  try {\n    JSON.parse("{}");\n  } catch {}\n}\n',
  },
  'suspicious/noConsole': { path: 'src/cli/printed.ts', source: 'console.log(1);\n' },
  'suspicious/noFocusedTests': {
    path: 'test/focused.test.ts',
    source: "import { test } from 'vitest';\ntest.only('one', () => undefined);\n",
  },
  'suspicious/noImportCycles': {
    path: 'src/core/one.ts',
    source: "export { two } from './two.ts';\nexport const one = 1;\n",
  },
  'style/noDefaultExport': { path: 'src/core/default.ts', source: 'export default 1;\n' },
  'style/noProcessEnv': { path: 'src/cli/environment.ts', source: 'export const home = process.env.HOME;\n' },
  'style/useFilenamingConvention': { path: 'src/core/camelCase.ts', source: 'export const one = 1;\n' },
  'style/noExcessiveLinesPerFile': {
    path: 'src/core/long.ts',
    source: Array.from({ length: 251 }, (_, i) => `export const n${i} = ${i};\n`).join(''),
  },
  'correctness/useImportExtensions': { path: 'src/core/bare.ts', source: "export { one } from './one';\n" },
};

interface Finding {
  readonly category: string;
  readonly path: string;
  readonly line: number;
}

let folder: string;
let findings: Finding[];

/** Where the imports of a room are tried: in a folder of it, as most files are. */
const layersFile = (room: string) => `src/${room}/inner/layers.ts`;

function importsOf(room: string): string[] {
  return [
    ...rooms.map((other) => `${other}/inner/file.ts`),
    'store/api/face.ts',
    'store/open.ts',
    'mcp/serve.ts',
    'main.ts',
  ]
    .filter((path) => !path.startsWith(`${room}/`))
    .map((path) => `../../${path}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-'));
  await cp(join(root, 'biome.json'), join(folder, 'biome.json'));
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  await writeFile(join(folder, '.gitignore'), 'node_modules\n');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const files = new Map(Object.values(offences).map(({ path, source }) => [path, source]));
  files.set('src/store/write.ts', 'export async function write(): Promise<void> {\n  await Promise.resolve();\n}\n');
  files.set('src/core/two.ts', "import { one } from './one.ts';\nexport const two = one + 1;\n");
  for (const room of rooms) {
    files.set(
      layersFile(room),
      importsOf(room)
        .map((from, i) => `export { thing as thing${i} } from '${from}';\n`)
        .join(''),
    );
    files.set(`src/${room}/sdk.ts`, "export { McpServer } from '@modelcontextprotocol/server';\n");
  }
  for (const [path, source] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), source);
  }
  const report = join(folder, 'report.json');
  const args = ['lint', '--max-diagnostics=none', '--reporter=json', `--reporter-file=${report}`];
  // Biome exits with 1 because it finds what was put there; the report says what.
  await promisify(execFile)(join(root, 'node_modules/.bin/biome'), args, { cwd: folder }).catch(() => undefined);
  const { diagnostics } = JSON.parse(await readFile(report, 'utf8')) as {
    diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
  };
  findings = diagnostics.map(({ category, location }) => ({
    category: category.replace('lint/', ''),
    path: location.path,
    line: location.start.line,
  }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('layers', () => {
  test.each(rooms)('%s imports only what the design allows', (room) => {
    const path = layersFile(room);
    const refusedLines = findings.filter((f) => f.path === path && f.category === 'style/noRestrictedImports');
    const imports = importsOf(room);
    const refused = refusedLines.map(({ line }) => imports[line - 1]?.replace('../../', '')).sort();
    const allowed = (target: string) => may[room]?.some((entry) => target === entry || target.startsWith(`${entry}/`));
    const expected = imports.map((from) => from.replace('../../', '')).filter((target) => !allowed(target));
    expect(refused).toEqual(expected.sort());
  });

  test('only src/mcp imports the MCP SDK', () => {
    const refused = findings.filter((f) => f.path.endsWith('/sdk.ts') && f.category === 'style/noRestrictedImports');
    expect(refused.map(({ path }) => path).sort()).toEqual(
      rooms
        .filter((room) => room !== 'mcp')
        .map((room) => `src/${room}/sdk.ts`)
        .sort(),
    );
  });

  test('no folder holds more than 20 files of its own', async () => {
    const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true });
    const folders = Map.groupBy(
      entries.filter((entry) => entry.isFile()),
      ({ parentPath }) => parentPath,
    );
    expect([...folders].filter(([, files]) => files.length > 20).map(([folder]) => folder)).toEqual([]);
  });

  test('only src/disk/durable.ts, with its folders, flushes, by the calls of the disks', async () => {
    const flush = /\bf(?:data)?sync(?:Sync)?\b|\.(?:data)?sync\(\)/;
    const names = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
    const code = async (name: string) =>
      (await readFile(join(root, 'src', name), 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const flushing: string[] = [];
    for (const name of names) if (flush.test(await code(name))) flushing.push(name.replaceAll('\\', '/'));
    // These two only name PostgreSQL's setting.
    const naming = ['cli/commands/storage/check.ts', 'engine/postgres/inspect.ts'];
    expect(flushing.filter((name) => !naming.includes(name)).sort()).toEqual([
      'clients/target/patient-disk.ts',
      'disk/disk.ts',
      'disk/durable-folders.ts',
      'disk/halting-disk.ts',
      'disk/sharing-disk.ts',
      'disk/storage-disk.ts',
    ]);
  });
});

describe('rules', () => {
  test.each(Object.entries(offences))('%s fires', (rule, { path }) => {
    expect(findings.filter((finding) => finding.path === path).map(({ category }) => category)).toContain(rule);
  });
});
