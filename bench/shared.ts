import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openSharedStore } from '../src/app/stores/shared-store.ts';
import { parseAddress } from '../src/engine/postgres/address.ts';
import { preparePostgres } from '../src/engine/postgres/prepare.ts';
import type { Store } from '../src/store/api/store.ts';
import { debianBinaries, embeddedBinaries } from '../test/postgres/binaries.ts';
import { PostgresServer, serverFolder } from '../test/postgres/server.ts';
import { timed } from './calls.ts';
import { sampleConfig } from './sample-config.ts';
import { interleave, type Quantiles, quantiles } from './statistics.ts';

// A store in a real PostgreSQL with data checksums and fsync on, over loopback: node bench/shared.ts. See docs/shared-store.md.
const { values } = parseArgs({
  options: {
    server: { type: 'string', default: 'current' },
    writers: { type: 'string', default: '1,4,16' },
    'warm-up': { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '1000' },
    commits: { type: 'string', default: '10000' },
    states: { type: 'string', default: tmpdir() },
  },
});
const scriptOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const WRITER = scriptOf('shared-writer.ts');
const PEER = scriptOf('shared-peer.ts');
const author = { name: 'bench', version: '0', via: 'cli' } as const;
// What each installation keeps: on machines of their own it is not on the database's disk.
const folder = await mkdtemp(join(values.states, 'config-store-bench-'));
const programs = serverFolder();
const binaries = values.server === 'debian' ? debianBinaries() : embeddedBinaries(programs);
if (binaries === undefined) throw new Error('--server debian: no PostgreSQL is installed');
const server = await PostgresServer.start(binaries);

try {
  const { rows } = await server.query('SHOW server_version');
  console.log(
    `Node ${process.versions.node}, PostgreSQL ${rows[0].server_version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}\n`,
  );
  if (values.rounds !== '0') await oneProcess(Number(values.rounds));
  const writers = values.writers.split(',').map(Number);
  if (values.writers !== '0') await manyProcesses(writers, Number(values['warm-up']), Number(values.seconds));
  if (values.commits !== '0') await fromNothing(Number(values.commits));
} finally {
  await server.dispose();
  for (const each of [folder, programs]) await rm(each, { recursive: true, force: true });
}

/** Makes an empty store in a schema, and returns its address. */
async function place(schema: string): Promise<string> {
  const url = server.url('postgres', `?schema=${schema}`);
  await preparePostgres(parseAddress(url), async () => undefined, {});
  return url;
}

function open(url: string, state: string): Promise<Store> {
  const database = { address: parseAddress(url), given: url, passwordFile: undefined, password: undefined };
  return openSharedStore({ database, paths: { keys: join(folder, 'keys', new URL(url).search), state } });
}

function put(store: Store, name: string, text: string) {
  const change = { action: 'put', name, bytes: Buffer.from(text), mediaType: 'application/json' } as const;
  return store.writer.commit({ changes: [change], message: 'bench', author });
}

/** Puts and gets of one process, beside what the database alone takes for the same rows. */
async function oneProcess(rounds: number): Promise<void> {
  const url = await place('one');
  const [store, neighbour] = [await open(url, join(folder, 'one')), await open(url, join(folder, 'one-2'))];
  const bare = new pg.Client(server.url());
  await bare.connect();
  await bare.query('CREATE TABLE bare (n int PRIMARY KEY, a bytea, b bytea)');
  const [artifact, envelope] = [Buffer.from(sampleConfig(0)), Buffer.alloc(1_100, 'x')];
  const name = (round: number) => `bench/config-${round % 50}`;
  const taken = await interleave(
    { rounds, warmUpRounds: 50 },
    {
      'the database alone: one row in': (round) =>
        timed(() => bare.query('INSERT INTO bare VALUES ($1, $2, $3)', [round, artifact, envelope])),
      'the database alone: one row out': (round) => timed(() => bare.query('SELECT a FROM bare WHERE n = $1', [round])),
      put: (round) => timed(() => put(store, name(round), sampleConfig(round))),
      'get, own commit': (round) => timed(() => store.reader.read(name(round))),
      "get, a neighbour's": (round) => timed(() => neighbour.reader.read(name(round))),
      'get, verdict known': (round) => timed(() => neighbour.reader.read(name(round))),
    },
  );
  console.log('| 2 kB, one process, ms | p50 | p90 | p99 |\n|---|---|---|---|');
  for (const [what, { p50, p90, p99 }] of Object.entries<Quantiles>(taken))
    console.log(`| ${what} | ${[p50, p90, p99].map((ms) => ms.toPrecision(3)).join(' | ')} |`);
  await Promise.all([store.close(), neighbour.close(), bare.end()]);
}

/** Puts of several processes at once, beside the same statements alone and rows that one client of the database inserts. */
async function manyProcesses(counts: readonly number[], warmUp: number, seconds: number): Promise<void> {
  console.log(
    '\n| separate processes | puts per s | p50, ms | p99, ms | most, ms | processor for each, ms | of it the server | statements alone, per s | p99, ms | ratio | bare rows, per s |\n|---|---|---|---|---|---|---|---|---|---|---|',
  );
  for (const writers of counts) {
    const url = await place(`writers_${writers}`);
    const first = await open(url, join(folder, `w${writers}`));
    await put(first, 'first', sampleConfig(0));
    await first.close();
    const bare = await bareRows();
    const keys = join(folder, 'keys', new URL(url).search);
    const store = (i: number) => [WRITER, url, keys, join(folder, `state-${writers}-${i}`), `w${i}`];
    const ours = await atOnce(
      Array.from({ length: writers }, (_, i) => store(i)),
      warmUp,
      seconds,
    );
    const copy = await place(`statements_${writers}`);
    await server.query(`INSERT INTO statements_${writers}.log (idx, envelope) VALUES (0, 'the first')`);
    const alone = await atOnce(
      Array.from({ length: writers }, () => [PEER, copy]),
      warmUp,
      seconds,
    );
    const rows = (bare + (await bareRows())) / 2;
    const figures = [
      ...[ours.perSecond, ours.p50, ours.p99, ours.max, ours.processorMs, ours.serverMs],
      ...[alone.perSecond, alone.p99, ours.perSecond / alone.perSecond, rows],
    ];
    console.log(`| ${writers} | ${figures.map((value) => Number(value.toPrecision(3))).join(' | ')} |`);
  }
}

/** Runs writers at once, each a script with its arguments, and returns what they did in so many seconds after the warm-up. */
async function atOnce(scripts: readonly (readonly string[])[], warmUp: number, seconds: number) {
  const children = scripts.map((args) => startWriter([...args, String(warmUp), String(seconds)]));
  await Promise.all(children.map(({ ready }) => ready));
  for (const { child } of children) child.stdin?.write('go\n');
  await pause(warmUp * 1_000);
  const before = server.processorMs();
  await pause(seconds * 1_000);
  const serverMs = server.processorMs() - before;
  const results = await Promise.all(children.map(({ done }) => done));
  const taken = results.flatMap((result) => result.taken);
  const writersMs = results.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return {
    ...quantiles(taken),
    max: Math.max(...taken),
    perSecond: taken.length / seconds,
    processorMs: (writersMs + serverMs) / taken.length,
    serverMs: serverMs / taken.length,
  };
}

/** Rows like those of a commit that one client inserts one after another, for a second: how many. */
async function bareRows(): Promise<number> {
  const client = new pg.Client(server.url());
  await client.connect();
  await client.query('CREATE TABLE IF NOT EXISTS rows (n bigserial PRIMARY KEY, a bytea, b bytea)');
  const [artifact, envelope] = [Buffer.from(sampleConfig(0)), Buffer.alloc(1_100, 'x')];
  const until = performance.now() + 1_000;
  let count = 0;
  for (; performance.now() < until; count++)
    await client.query('INSERT INTO rows (a, b) VALUES ($1, $2)', [artifact, envelope]);
  await client.end();
  return count;
}

function startWriter(args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [...process.execArgv, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const said = async () => {
    const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as [unknown];
    if (typeof line !== 'string') throw new Error(`${args.join(' ')} ended`);
    return line;
  };
  const ready = said();
  const done = ready.then(async () => JSON.parse(await said()) as { taken: number[]; cpuMs: number });
  return { child, ready, done };
}

/** Every commit fetched and verified by an installation that has none of them. */
async function fromNothing(commits: number): Promise<void> {
  const url = await place('long');
  const store = await open(url, join(folder, 'long'));
  for (let n = 0; n < commits - 1; n += 100) {
    const batch = Array.from({ length: Math.min(100, commits - 1 - n) }, (_, i) => n + i);
    await Promise.all(batch.map((i) => put(store, `bench/config-${i % 500}`, `{"n":${i}}`)));
  }
  await store.close();
  console.log(`\n| ${commits.toLocaleString('en')} commits, s | |\n|---|---|`);
  for (const round of [1, 2, 3]) {
    let fresh: Store | undefined;
    const ms = await timed(async () => {
      fresh = await open(url, join(folder, `fresh-${round}`));
    });
    console.log(`| fetched and verified from nothing | ${(ms / 1_000).toFixed(2)} |`);
    await fresh?.close();
  }
}
