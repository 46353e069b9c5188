import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const rooms = ['keys', 'store', 'policy', 'telemetry', 'clients', 'configs', 'mcp', 'cli', 'core'];
const singles = [
  'main.ts',
  'settings.ts',
  'health.ts',
  'durable.ts',
  'halting-disk.ts',
  'disk.ts',
  'file-fault.ts',
  'errors.ts',
];
/** Any of them may be imported by any room. */
const common = ['file-fault.ts', 'errors.ts'];

/** docs/design.md, Rooms: what each may import beside itself. */
const may: Record<string, string[]> = {
  'errors.ts': [],
  'file-fault.ts': common,
  'disk.ts': common,
  'halting-disk.ts': ['disk.ts', ...common],
  'durable.ts': ['halting-disk.ts', 'disk.ts', ...common],
  'settings.ts': common,
  'health.ts': ['store', 'keys', 'telemetry', 'core', 'settings.ts', ...common],
  core: common,
  keys: ['durable.ts', 'halting-disk.ts', 'disk.ts', 'core', ...common],
  store: ['keys', 'durable.ts', 'halting-disk.ts', 'disk.ts', 'core', ...common],
  policy: ['core', ...common],
  telemetry: ['core', 'settings.ts', ...common],
  clients: ['durable.ts', 'halting-disk.ts', 'disk.ts', 'core', ...common],
  configs: ['store', 'policy', 'telemetry', 'core', ...common],
  mcp: ['configs', 'store/api.ts', 'store/open.ts', 'telemetry', 'health.ts', 'settings.ts', 'core', ...common],
  cli: [
    ...['keys', 'store', 'policy', 'telemetry', 'clients', 'configs', 'core', 'mcp/serve.ts'],
    ...['settings.ts', 'health.ts', 'durable.ts', 'halting-disk.ts', 'disk.ts', ...common],
  ],
};

/** Things that must be found, each in a file of its own. */
const offences: Record<string, { path: string; source: string }> = {
  'nursery/noFloatingPromises': {
    path: 'src/configs/floating.ts',
    source: "import { write } from '../store/write.ts';\nexport function go(): void {\n  write();\n}\n",
  },
  'nursery/noMisusedPromises': {
    path: 'src/configs/misused.ts',
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

function importsOf(room: string): string[] {
  const up = room.endsWith('.ts') ? './' : '../';
  const files = rooms.filter((other) => other !== room).map((other) => `${other}/inner.ts`);
  return [...files, 'store/api.ts', 'store/open.ts', 'mcp/serve.ts', ...singles]
    .filter((path) => path !== room && dirname(path) !== room)
    .map((path) => up + path);
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
  for (const room of Object.keys(may)) {
    const path = room.endsWith('.ts') ? `src/${room}` : `src/${room}/layers.ts`;
    files.set(
      path,
      importsOf(room)
        .map((from, i) => `export { thing as thing${i} } from '${from}';\n`)
        .join(''),
    );
    files.set(
      `src/${room.endsWith('.ts') ? 'core' : room}/sdk.ts`,
      "export { McpServer } from '@modelcontextprotocol/server';\n",
    );
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
  test.each(Object.keys(may))('%s imports only what the design allows', (room) => {
    const path = room.endsWith('.ts') ? `src/${room}` : `src/${room}/layers.ts`;
    const refusedLines = findings.filter((f) => f.path === path && f.category === 'style/noRestrictedImports');
    const imports = importsOf(room);
    const refused = refusedLines.map(({ line }) => imports[line - 1]?.replace(/^\.+\//, '')).sort();
    const allowed = (target: string) => may[room]?.some((entry) => target === entry || target.startsWith(`${entry}/`));
    const expected = imports.map((from) => from.replace(/^\.+\//, '')).filter((target) => !allowed(target));
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

  test('only src/durable.ts flushes, by the calls of the two disks', async () => {
    const flush = /\bf(?:data)?sync(?:Sync)?\b|\.(?:data)?sync\(\)/;
    const names = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'));
    const code = async (name: string) =>
      (await readFile(join(root, 'src', name), 'utf8')).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    const flushing: string[] = [];
    for (const name of names) if (flush.test(await code(name))) flushing.push(name.replaceAll('\\', '/'));
    expect(flushing.sort()).toEqual(['disk.ts', 'durable.ts', 'halting-disk.ts']);
  });
});

describe('rules', () => {
  test.each(Object.entries(offences))('%s fires', (rule, { path }) => {
    expect(findings.filter((finding) => finding.path === path).map(({ category }) => category)).toContain(rule);
  });
});
