import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build as esbuild } from 'esbuild';
import { bundleOptions, hostPlatform } from '../scripts/build.ts';
import { timed } from './calls.ts';
import { HttpPeer, type Revision } from './http-peer.ts';
import { type HttpContender, type HttpServer, startServer } from './http-servers.ts';
import { sampleConfig } from './sample-config.ts';
import { interleave, type Quantiles, quantiles } from './statistics.ts';

// The server over HTTP, beside an echo and beside bridges to it on standard input and output. See bench/README.md.
const { values } = parseArgs({
  options: {
    dist: { type: 'string', default: 'dist' },
    calls: { type: 'string', default: '400' },
    starts: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '4' },
    bridges: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
  },
});

const IN_FLIGHT = 32;
const CONFIGS = 50;
const nameOf = (round: number) => `bench/config-${round % CONFIGS}`;

const root = await mkdtemp(join(values.folder, 'config-store-http-'));
const { NODE_EXTRA_CA_CERTS: _, CONFIG_STORE_VAR: __, XDG_DATA_HOME: ___, ...inherited } = process.env;
const env = { ...inherited, HOME: root };
// Where a server that is told nothing finds it: bridges keep flags and variables to themselves.
const storeVar = join(root, '.local', 'share', 'mcp-config-store');
const main = resolve(values.dist, 'main.js');
const echoScript = join(root, 'echo', 'echo-http-server.js');
const echoEnv = { ...env, NODE_COMPILE_CACHE: join(root, 'echo-cache') };
const ECHO: HttpContender = { args: [echoScript], env: echoEnv };
const OURS: HttpContender = { args: [main, 'serve', '--http', '0', '--var', storeVar], env };
const STDIO = [process.execPath, main, 'serve'];

/** Bridges as their own manuals start them; installed by `npm install --prefix FOLDER mcp-proxy supergateway`. */
function bridges(folder: string): Record<string, HttpContender> {
  const proxy = [
    join(folder, 'node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs'),
    '--port',
    '18801',
    '--host',
    '127.0.0.1',
  ];
  const gateway = [
    join(folder, 'node_modules/supergateway/dist/index.js'),
    '--port',
    '18802',
    '--stdio',
    STDIO.join(' '),
  ];
  return {
    'mcp-proxy': { args: [...proxy, '--', ...STDIO], env, port: 18_801 },
    supergateway: {
      args: [...gateway, '--outputTransport', 'streamableHttp', '--stateful'],
      env,
      port: 18_802,
    },
  };
}

try {
  // The echo says what it is, as every package does: else Node reads it twice.
  await writeFile(join(root, 'package.json'), '{"type":"module"}\n');
  const options = { ...bundleOptions(hostPlatform()), entryPoints: ['bench/echo-http-server.ts'] };
  await esbuild({ ...options, outdir: join(root, 'echo') });
  await fill();
  showTimes('cold start to the first answer over HTTP, ms', await measureStarts(Number(values.starts)), 'echo');
  const contenders = {
    'config-store': OURS,
    ...(values.bridges === undefined ? {} : bridges(resolve(values.bridges))),
  };
  const echo = await startServer(ECHO);
  await using _echo = { [Symbol.asyncDispose]: () => echo.end() };
  for (const [name, contender] of Object.entries(contenders)) await measureServer(name, contender, echo);
} finally {
  await rm(root, { recursive: true, force: true });
}

async function fill(): Promise<void> {
  const server = await startServer(OURS);
  const peer = new HttpPeer(server.url, '2025-11-25');
  for (let round = 0; round < CONFIGS; round += 1)
    await peer.call('put_config', {
      name: nameOf(round),
      content: sampleConfig(round),
      media_type: 'application/json',
    });
  peer.close();
  await server.end();
}

async function measureStarts(rounds: number): Promise<Record<string, Quantiles>> {
  const start = (contender: HttpContender, first: (peer: HttpPeer) => Promise<unknown>) => async () => {
    const server = await startServer(contender);
    const peer = new HttpPeer(server.url, '2025-11-25');
    await first(peer);
    const tookMs = performance.now() - server.startedMs;
    peer.close();
    await server.end();
    return tookMs;
  };
  return interleave(
    { rounds, warmUpRounds: 2 },
    {
      echo: start(ECHO, (peer) => peer.initialize()),
      'config-store': start(OURS, (peer) => peer.initialize()),
      'config-store, first get': start(OURS, (peer) => peer.call('get_config', { name: nameOf(0) })),
    },
  );
}

/** One server beside the echo, in turn for what goes one at a time, then alone under load. */
async function measureServer(name: string, contender: HttpContender, echo: HttpServer): Promise<void> {
  const server = await startServer(contender);
  const revisions: readonly Revision[] = name === 'config-store' ? ['2025-11-25', '2026-07-28'] : ['2025-11-25'];
  try {
    for (const revision of revisions) {
      const peers = { echo: new HttpPeer(echo.url, revision), own: new HttpPeer(server.url, revision) };
      await Promise.all(Object.values(peers).map((peer) => peer.initialize()));
      const get = (round: number) => peers.own.call('get_config', { name: nameOf(round) });
      const put = { content: '', media_type: 'application/json' };
      const times = await interleave(
        { rounds: Number(values.calls), warmUpRounds: 100 },
        {
          echo: (round) => timed(() => peers.echo.call('echo', { content: sampleConfig(round) })),
          get: (round) => timed(() => get(round)),
          put: (round) =>
            timed(() =>
              peers.own.call('put_config', { ...put, name: nameOf(round), content: sampleConfig(round + 1e6) }),
            ),
        },
      );
      showTimes(`${name}, ${revision}: 2 kB over HTTP, one at a time, ms`, times, 'echo');
      const echoed = await load((round) => peers.echo.call('echo', { content: sampleConfig(round) }));
      const usedMs = await server.cpuMs();
      const got = await load(get);
      const cpuMs = ((await server.cpuMs()) - usedMs) / got.count;
      const { p50, p99 } = got.times;
      const own = `${got.perSecond} gets/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${cpuMs.toFixed(2)} ms of processor each)`;
      console.log(`${IN_FLIGHT} in flight: ${own}; echo ${echoed.perSecond}/s`);
      console.log(`RSS after it: ${(await server.rssMib()).toFixed(0)} MiB\n`);
      for (const peer of Object.values(peers)) peer.close();
    }
  } finally {
    await server.end();
  }
}

interface Load {
  readonly perSecond: number;
  readonly times: Quantiles;
  /** All that were sent, those of the warming up too. */
  readonly count: number;
}

/** Keeps so many requests in flight for some seconds, after one of warming up. */
async function load(work: (round: number) => Promise<unknown>): Promise<Load> {
  const beganMs = performance.now() + 1_000;
  const endMs = beganMs + Number(values.seconds) * 1_000;
  const times: number[] = [];
  let round = 0;
  const worker = async () => {
    while (performance.now() < endMs) {
      const tookMs = await timed(() => work(round++));
      if (performance.now() >= beganMs) times.push(tookMs);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return { perSecond: Math.round(times.length / Number(values.seconds)), times: quantiles(times), count: round };
}

/** Prints a table in Markdown. */
function showTimes(title: string, rows: Readonly<Record<string, Quantiles>>, base: string): void {
  console.log(`| ${title} | p50 | p90 | p99 | ratio of p50 |\n|---|---|---|---|---|`);
  for (const [name, { p50, p90, p99, count }] of Object.entries(rows)) {
    const figures = [p50, p90, p99].map((value) => value.toPrecision(3)).join(' | ');
    const ratio = name === base ? `(${count} each)` : `${(p50 / (rows[base]?.p50 ?? Number.NaN)).toFixed(2)} × ${base}`;
    console.log(`| ${name} | ${figures} | ${ratio} |`);
  }
  console.log('');
}
