import { mkdtemp, rm } from 'node:fs/promises';
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
  await build({ outdir: join(folder, 'server') });
  await esbuild({
    ...bundleOptions(hostPlatform()),
    entryPoints: ['bench/echo-server.ts'],
    outdir: join(folder, 'echo'),
  });
  const scripts = {
    echo: join(folder, 'echo', 'echo-server.js'),
    server: join(folder, 'server', 'main.js'),
    storeVar: join(folder, 'var'),
  };
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
  const calls = await measureCalls(Number(values.calls), scripts, env);
  show('2 kB over stdio, one at a time', 'ms', calls, 'echo');
  const starts = await measureStarts(Number(values.starts), scripts, env);
  show('Cold start, to the answer of initialize', 'ms', starts.initialize, 'echo');
  show('Cold start, to the answer of the first tools/call', 'ms', starts.firstCall, 'echo');
  const inProcess = await measureInProcess(Number(values.calls), join(folder, 'in-process'));
  show('2 kB in process, one at a time', 'ms', inProcess, 'disk floor of a put');
} finally {
  await rm(folder, { recursive: true, force: true });
}

function show(title: string, unit: string, rows: Readonly<Record<string, Quantiles>>, base: string): void {
  const baseline = rows[base]?.p50 ?? Number.NaN;
  console.log(`${title} (${rows[base]?.count} each)`);
  for (const [name, { p50, p90, p99 }] of Object.entries(rows)) {
    const figures = [p50, p90, p99].map((value) => value.toFixed(3).padStart(9)).join(' ');
    console.log(`  ${name.padEnd(24)} p50 p90 p99 ${unit}: ${figures}   ${(p50 / baseline).toFixed(2)} × ${base}`);
  }
  console.log('');
}
