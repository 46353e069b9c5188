import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build as esbuild } from 'esbuild';
import { build, bundleOptions, hostPlatform } from '../scripts/build.ts';
import { timed } from './calls.ts';
import { type Contender, contendersOf, place, textOf } from './contenders.ts';
import { DiskFloor } from './disk-floor.ts';
import { cpuMs, memoryMib } from './process-figures.ts';
import { interleave, quantiles } from './statistics.ts';
import type { StdioPeer } from './stdio-peer.ts';

// This server beside an echo, two published servers and the disk, all in one run and in turn; see docs/performance.md.
const { values } = parseArgs({
  options: {
    peers: { type: 'string' },
    rounds: { type: 'string', default: '300' },
    starts: { type: 'string', default: '25' },
    folder: { type: 'string', default: tmpdir() },
    json: { type: 'string' },
  },
});
if (values.peers === undefined) throw new Error('--peers DIR: where the published servers were installed is missing');
const [rounds, starts] = [Number(values.rounds), Number(values.starts)];
const { NODE_EXTRA_CA_CERTS: _, CONFIG_STORE_VAR: __, ...inherited } = process.env;
const root = await mkdtemp(join(values.folder, 'config-store-peers-'));
/** Figures by row and contender. */
const table: Record<string, Record<string, number>> = {};

try {
  await mkdir(join(root, 'home'));
  const env = { ...inherited, HOME: join(root, 'home'), CONFIG_STORE_LOG_LEVEL: 'warn' };
  // The echo says what it is, as every package does: else Node reads it twice.
  await writeFile(join(root, 'package.json'), '{"type":"module"}\n');
  await build({ outdir: join(root, 'server') });
  await esbuild({
    ...bundleOptions(hostPlatform()),
    entryPoints: ['bench/echo-server.ts'],
    outdir: join(root, 'echo'),
  });
  const contenders = contendersOf(
    {
      echo: join(root, 'echo/echo-server.js'),
      echoCache: join(root, 'cache'),
      server: join(root, 'server/main.js'),
      peers: values.peers,
    },
    env,
  );
  await roundTrips(contenders);
  await manyAtOnce(contenders);
  await manyProcesses(contenders);
  await coldStarts(contenders);
  print(contenders);
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(table, null, 2)}\n`);
} finally {
  await rm(root, { recursive: true, force: true });
}

function note(row: string, contender: string, value: number): void {
  table[row] = { ...table[row], [contender]: value };
}

/** One call at a time to servers that have been running for a while: times, processor time, memory. */
async function roundTrips(contenders: Record<string, Contender>): Promise<void> {
  const peers = new Map<string, StdioPeer>();
  const folders = new Map<string, string>();
  for (const [short, contender] of Object.entries(contenders)) {
    folders.set(short, place(root, `calls-${short}`));
    const peer = contender.start(folders.get(short) ?? '');
    peers.set(short, peer);
    await peer.initialize();
  }
  const floor = new DiskFloor(place(root, 'floor'));
  const envelope = Buffer.alloc(1_100, 'x');
  const spent = new Map<string, number>();
  for (const size of [2_048, 262_144]) {
    const what = size === 2_048 ? 'small' : 'large';
    const named = size === 2_048 ? '2 kB' : '256 kB';
    const name = (round: number) => `bench/${what}-${round % 50}`;
    const measures: Record<string, (round: number) => Promise<number>> = {};
    for (const how of ['put', 'get'] as const) {
      for (const [short, contender] of Object.entries(contenders)) {
        const [peer, folder] = [peers.get(short) as StdioPeer, folders.get(short) ?? ''];
        measures[`${how} ${named}, ms|${short}`] = async (round) => {
          const text = textOf(size, `${short} ${round}`);
          const before = cpuMs(peer.pid);
          const ms = await timed(() =>
            how === 'put' ? contender.put(peer, folder, name(round), text) : contender.get(peer, folder, name(round)),
          );
          const row = `processor time of a ${how} of ${named}, ms|${short}`;
          spent.set(row, (spent.get(row) ?? 0) + cpuMs(peer.pid) - before);
          return ms;
        };
      }
      if (how === 'put')
        measures[`put ${named}, ms|disk alone`] = (round) =>
          timed(() => floor.put(Buffer.from(textOf(size, `floor ${round}`)), envelope));
    }
    const count = size === 2_048 ? rounds : Math.ceil(rounds / 6);
    const warmUpRounds = size === 2_048 ? rounds : 10; // a server runs all day: V8 has seen each path often
    const taken = await interleave({ rounds: count, warmUpRounds }, measures);
    for (const [row, { p50 }] of Object.entries(taken)) note(...split(row), p50);
    for (const [row, ms] of spent) note(...split(row), ms / (count + warmUpRounds));
    spent.clear();
    for (const [short, peer] of peers) {
      const { now, peak } = memoryMib(peer.pid);
      note(`memory after ${named}, MiB`, short, now);
      note(`most memory up to ${named}, MiB`, short, peak);
    }
  }
  for (const peer of peers.values()) await peer.close();
}

/** 32 calls in flight to one server. */
async function manyAtOnce(contenders: Record<string, Contender>): Promise<void> {
  for (const how of ['put', 'get'] as const)
    for (const [short, contender] of Object.entries(contenders)) {
      const folder = place(root, `many-${short}`);
      const peer = contender.start(folder);
      await peer.initialize();
      const total = contender.stores && how === 'put' ? 1_000 : 4_000;
      for (let n = 0; n < 50; n++) await contender.put(peer, folder, `bench/small-${n}`, textOf(2_048, `${n}`));
      let next = 0;
      const work = async () => {
        for (let n = next++; n < total; n = next++) {
          if (how === 'put') await contender.put(peer, folder, `bench/small-${n % 50}`, textOf(2_048, `again ${n}`));
          else await contender.get(peer, folder, `bench/small-${n % 50}`);
        }
      };
      const ms = await timed(() => Promise.all(Array.from({ length: 32 }, work)));
      note(`${how}s with 32 in flight, per s`, short, (total * 1_000) / ms);
      await peer.close();
    }
}

/** Four servers on one folder, 200 puts each. */
async function manyProcesses(contenders: Record<string, Contender>): Promise<void> {
  for (const [short, contender] of Object.entries(contenders)) {
    if (!contender.stores) continue;
    const folder = place(root, `four-${short}`);
    const peers = Array.from({ length: 4 }, () => contender.start(folder));
    for (const peer of peers) await peer.initialize();
    for (const [i, peer] of peers.entries()) await contender.put(peer, folder, `p${i}/first`, textOf(2_048, `f${i}`));
    const taken: number[] = [];
    let failed = 0;
    const put = async (peer: StdioPeer, i: number, n: number) => {
      try {
        taken.push(await timed(() => contender.put(peer, folder, `p${i}/${n % 50}`, textOf(2_048, `${i} ${n}`))));
      } catch {
        failed++; // one process overwrote what another had written
      }
    };
    const ms = await timed(() =>
      Promise.all(
        peers.map(async (peer, i) => {
          for (let n = 0; n < 200; n++) await put(peer, i, n);
        }),
      ),
    );
    note('puts of 4 processes, per s', short, (taken.length * 1_000) / ms);
    note('of 800 of these, failed', short, failed);
    note('one of these, p99 ms', short, quantiles(taken).p99);
    for (const peer of peers) await peer.close();
  }
}

/** Whole processes: from asking for one to its first answers. */
async function coldStarts(contenders: Record<string, Contender>): Promise<void> {
  const second: Record<string, number[]> = {};
  const measures: Record<string, (round: number) => Promise<number>> = {};
  for (const [short, contender] of Object.entries(contenders)) {
    const old = place(root, `calls-${short}`);
    measures[`start to the first get, store there, ms|${short}`] = async (round) => {
      const peer = contender.start(old);
      await peer.initialize();
      await contender.get(peer, old, 'bench/small-0');
      const { ageMs } = peer;
      const ms = await timed(() => contender.get(peer, old, 'bench/small-1'));
      if (round > 1) second[short] = [...(second[short] ?? []), ms];
      await peer.close();
      return ageMs;
    };
    measures[`start to the first put, no store there, ms|${short}`] = async (round) => {
      const folder = place(root, `new-${short}-${round}`);
      const peer = contender.start(folder);
      await peer.initialize();
      await contender.put(peer, folder, 'bench/small-0', textOf(2_048, 'x'));
      const { ageMs } = peer;
      await peer.close();
      return ageMs;
    };
  }
  const taken = await interleave({ rounds: starts, warmUpRounds: 2 }, measures);
  for (const [row, { p50 }] of Object.entries(taken)) note(...split(row), p50);
  for (const [short, ms] of Object.entries(second)) note('second call after the first, ms', short, quantiles(ms).p50);
}

function split(row: string): [string, string] {
  const at = row.indexOf('|');
  return [row.slice(0, at), row.slice(at + 1)];
}

function print(contenders: Record<string, Contender>): void {
  console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`);
  const columns = [...Object.keys(contenders), 'disk alone'];
  const title = (short: string) => contenders[short]?.title ?? short;
  console.log(`| p50 | ${columns.map(title).join(' | ')} |\n|---|${columns.map(() => '---|').join('')}`);
  for (const [row, figures] of Object.entries(table))
    console.log(
      `| ${row} | ${columns.map((short) => (figures[short] === undefined ? '' : Number(figures[short].toPrecision(3)))).join(' | ')} |`,
    );
}
