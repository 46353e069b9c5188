import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { timed } from './calls.ts';
import { sampleConfig } from './sample-config.ts';
import { interleave, type Quantiles } from './statistics.ts';
import { StdioPeer } from './stdio-peer.ts';

// Two builds in one run, in turn: `node bench/beside.ts --before DIST --after DIST`. See bench/README.md.
const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    after: { type: 'string', default: 'dist' },
    rounds: { type: 'string', default: '300' },
    starts: { type: 'string', default: '30' },
    folder: { type: 'string', default: tmpdir() },
  },
});
if (values.before === undefined) throw new Error('--before DIST: the folder of the other build is missing');

const BUILDS = ['before', 'after'] as const;
type Build = (typeof BUILDS)[number];

const run = promisify(execFile);
const root = await mkdtemp(join(values.folder, 'config-store-beside-'));
const { NODE_EXTRA_CA_CERTS: _, CONFIG_STORE_VAR: __, ...inherited } = process.env;
const env = { ...inherited, HOME: root };
const mains = { before: resolve(values.before, 'main.js'), after: resolve(values.after, 'main.js') };
const folderOf = (build: Build) => join(root, build);
const start = (build: Build) => new StdioPeer(mains[build], ['serve', '--var', folderOf(build)], env);
const nameOf = (round: number) => `bench/config-${round % 50}`;

try {
  show({ ...(await calls(Number(values.rounds))), ...(await wholeProcesses(Number(values.starts))) });
} finally {
  await rm(root, { recursive: true, force: true });
}

/** Round trips in milliseconds, to servers that have been running for a while. */
async function calls(rounds: number): Promise<Record<string, Quantiles>> {
  const peers = { before: start('before'), after: start('after') };
  try {
    for (const build of BUILDS) await peers[build].initialize();
    const call = (tool: string, input: (round: number) => object) =>
      pair(tool, (build, round) => timed(() => peers[build].call(tool, input(round))));
    return await interleave(
      { rounds, warmUpRounds: 50 },
      {
        ...call('put_config', (round) => ({
          name: nameOf(round),
          content: sampleConfig(round),
          media_type: 'application/json',
        })),
        ...call('get_config', (round) => ({ name: nameOf(round) })),
        ...call('list_configs', () => ({})),
      },
    );
  } finally {
    await Promise.allSettled(BUILDS.map((build) => peers[build].close()));
  }
}

/** Milliseconds of whole processes on the store that the round trips left. */
function wholeProcesses(rounds: number): Promise<Record<string, Quantiles>> {
  return interleave(
    { rounds, warmUpRounds: 2 },
    {
      ...pair('start to first get', async (build) => {
        const peer = start(build);
        await peer.initialize();
        await peer.call('get_config', { name: nameOf(0) });
        const { ageMs } = peer;
        await peer.close();
        return ageMs;
      }),
      ...pair('verify', (build) =>
        timed(() => run(process.execPath, [mains[build], 'verify', '--var', folderOf(build)], { env })),
      ),
    },
  );
}

/** One thing measured for both builds. */
function pair(what: string, measure: (build: Build, round: number) => Promise<number>) {
  return Object.fromEntries(BUILDS.map((build) => [`${what}, ${build}`, (round: number) => measure(build, round)]));
}

/** Prints a table in Markdown. */
function show(rows: Readonly<Record<string, Quantiles>>): void {
  console.log('| ms | p50 | p90 | p99 | ratio of p50 |\n|---|---|---|---|---|');
  for (const [name, { p50, p90, p99, count }] of Object.entries(rows)) {
    const before = rows[name.replace(/, after$/, ', before')]?.p50 ?? Number.NaN;
    const ratio = name.endsWith(', before') ? `(${count} each)` : `${(p50 / before).toFixed(2)} × before`;
    console.log(`| ${name} | ${[p50, p90, p99].map((value) => value.toPrecision(3)).join(' | ')} | ${ratio} |`);
  }
}
