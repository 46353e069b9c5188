import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build as esbuild } from 'esbuild';
import { build, bundleOptions, hostPlatform } from '../scripts/build.ts';
import { measureCalls } from './calls.ts';
import { measureInProcess } from './in-process.ts';
import { measureStarts } from './starts.ts';
import type { Quantiles } from './statistics.ts';

// Measures the server against a bare echo server on the same SDK, bundled the same way, in one run; see bench/README.md.
const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '40' },
    calls: { type: 'string', default: '400' },
    folder: { type: 'string', default: tmpdir() },
  },
});

// The variable makes Node read certificates at every start: 40 ms that belong to no server.
const { NODE_EXTRA_CA_CERTS: _, CONFIG_STORE_VAR: __, ...inherited } = process.env;
const folder = await mkdtemp(join(values.folder, 'config-store-bench-'));
try {
  const env = { ...inherited, HOME: folder };
  // The echo says what it is, as every package does: else Node reads it twice.
  await writeFile(join(folder, 'package.json'), '{"type":"module"}\n');
  await build({ outdir: join(folder, 'server') });
  await esbuild({
    ...bundleOptions(hostPlatform()),
    entryPoints: ['bench/echo-server.ts'],
    outdir: join(folder, 'echo'),
  });
  const scripts = {
    echo: join(folder, 'echo', 'echo-server.js'),
    echoCache: join(folder, 'echo-cache'),
    server: join(folder, 'server', 'main.js'),
    storeVar: join(folder, 'var'),
  };
  await mkdir(scripts.storeVar);
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
  const calls = await measureCalls(Number(values.calls), scripts, env);
  show('2 kB over stdio, one at a time, ms', calls, () => 'echo');
  const starts = await measureStarts(Number(values.starts), scripts, env);
  const sameCache = (name: string) => (name.endsWith(', no cache') ? 'echo, no cache' : 'echo');
  show('cold start to the answer of initialize, ms', starts.initialize, sameCache);
  show('cold start to the answer of the first tools/call, ms', starts.firstCall, sameCache);
  const inProcess = await measureInProcess(Number(values.calls), join(folder, 'in-process'));
  show('2 kB in process, one at a time, ms', inProcess, () => 'disk floor of a put');
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Prints a table in Markdown, each row beside the one that `baseOf` its name says. */
function show(title: string, rows: Readonly<Record<string, Quantiles>>, baseOf: (name: string) => string): void {
  console.log(`| ${title} | p50 | p90 | p99 | ratio of p50 |\n|---|---|---|---|---|`);
  for (const [name, { p50, p90, p99, count }] of Object.entries(rows)) {
    const figures = [p50, p90, p99].map((value) => value.toPrecision(3)).join(' | ');
    const ratio = p50 / (rows[baseOf(name)]?.p50 ?? Number.NaN);
    const beside = baseOf(name) === name ? `(${count} each)` : `${ratio.toFixed(2)} × ${baseOf(name)}`;
    console.log(`| ${name} | ${figures} | ${beside} |`);
  }
  console.log('');
}
