import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../scripts/build.ts';
import { timed } from './calls.ts';
import { sampleConfig } from './sample-config.ts';
import { interleave } from './statistics.ts';
import { StdioPeer } from './stdio-peer.ts';

// What telemetry costs a call, as a ratio within one run, and how long a review of a million events takes; see bench/README.md.
const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '2000' },
    events: { type: 'string', default: '1000000' },
    folder: { type: 'string', default: tmpdir() },
  },
});

/** More commits than a review reads, each of a config of MCP servers: their contents are compared. */
const COMMITS = 1_500;

const { NODE_EXTRA_CA_CERTS: _, CONFIG_STORE_VAR: __, ...inherited } = process.env;
const folder = await mkdtemp(join(values.folder, 'config-store-bench-'));
try {
  const main = join(folder, 'server', 'main.js');
  const env = { ...inherited, HOME: folder };
  await build({ outdir: join(folder, 'server') });
  console.log(
    `Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  await showCalls(main, env);
  await showReview(main, env);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Two servers that differ in nothing but telemetry, called in turn. */
async function showCalls(main: string, env: NodeJS.ProcessEnv): Promise<void> {
  const start = async (telemetry: 'on' | 'off') => {
    const storeVar = join(folder, telemetry);
    await mkdir(storeVar);
    const peer = new StdioPeer(main, ['serve', '--var', storeVar], { ...env, CONFIG_STORE_TELEMETRY: telemetry });
    await peer.initialize();
    return peer;
  };
  const [on, off] = [await start('on'), await start('off')];
  const name = (round: number) => `bench/config-${round % 50}`;
  const calls = {
    put_config: (round: number) => ({
      name: name(round),
      content: sampleConfig(round),
      media_type: 'application/json',
    }),
    get_config: (round: number) => ({ name: name(round) }),
    list_configs: () => ({ limit: 10 }),
  };
  console.log('| tool, ms | p50 without | p50 with | ratio | p90 without | p90 with |\n|---|---|---|---|---|---|');
  try {
    for (const [tool, args] of Object.entries(calls)) {
      const contenders = {
        without: (round: number) => timed(() => off.call(tool, args(round))),
        with: (round: number) => timed(() => on.call(tool, args(round))),
      };
      const measured = await interleave({ rounds: Number(values.calls), warmUpRounds: 200 }, contenders);
      const figures = [measured.without.p50, measured.with.p50, measured.without.p90, measured.with.p90].map((ms) =>
        ms.toPrecision(3),
      );
      const ratio = (measured.with.p50 / measured.without.p50).toFixed(3);
      console.log(`| ${tool} | ${figures[0]} | ${figures[1]} | ${ratio} | ${figures[2]} | ${figures[3]} |`);
    }
  } finally {
    await Promise.allSettled([on.close(), off.close()]);
  }
}

/** `config-store telemetry` over a week of events, as a process of its own; its time and its greatest memory. */
async function showReview(main: string, env: NodeJS.ProcessEnv): Promise<void> {
  const storeVar = join(folder, 'review');
  await mkdir(storeVar);
  await commitEach(main, storeVar, { ...env, CONFIG_STORE_TELEMETRY: 'off' });
  const count = Number(values.events);
  const bytes = writeWeek(join(storeVar, 'telemetry'), count);
  // Printed by the process itself when it ends: what the kernel says was its most.
  const atExit =
    "data:text/javascript,process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))";
  console.log(
    `\n| review of ${count.toLocaleString('en')} events (${(bytes / 1e6).toFixed(0)} MB) and ${COMMITS.toLocaleString('en')} commits | s | MiB at most |\n|---|---|---|`,
  );
  for (const args of [['--json'], [], ['--html', join(folder, 'report.html')]]) {
    const beganMs = performance.now();
    const child = spawn(
      process.execPath,
      ['--import', atExit, main, 'telemetry', '--since', '30d', '--var', storeVar, ...args],
      { env, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString();
    });
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`the review failed: ${stderr}`);
    const seconds = (performance.now() - beganMs) / 1_000;
    console.log(`| telemetry ${args[0] ?? ''} | ${seconds.toFixed(2)} | ${(Number(stderr) / 1_024).toFixed(0)} |`);
  }
}

async function commitEach(main: string, storeVar: string, env: NodeJS.ProcessEnv): Promise<void> {
  const peer = new StdioPeer(main, ['serve', '--var', storeVar], env);
  await peer.initialize();
  for (let at = 0; at < COMMITS; at++) {
    const server = { command: 'npx', args: ['-y', `@example/server-${at % 7}@1.${at}`] };
    const json = { mcpServers: { one: server, two: { command: 'uvx', args: ['mcp-server-git==1.0'] } } };
    await peer.call('put_config', { name: `cursor/config-${at % 40}`, json });
  }
  await peer.close();
}

/** Writes events like those of a server, evenly over the last seven days; the number of bytes. */
function writeWeek(telemetry: string, count: number): number {
  mkdirSync(telemetry, { recursive: true });
  const tools = [
    'get_config',
    'list_configs',
    'put_config',
    'patch_config',
    'list_history',
    'diff_configs',
    'verify_store',
  ];
  const lastMs = Date.now();
  const stepMs = (7 * 86_400_000) / count;
  let bytes = 0;
  for (let at = 0; at < count; ) {
    const day = new Date(lastMs - (count - at) * stepMs).toISOString().slice(0, 10);
    const lines: string[] = [];
    for (; at < count && lines.length < 5_000; at++) {
      const time = new Date(lastMs - (count - at) * stepMs).toISOString();
      if (time.slice(0, 10) !== day) break;
      const failed = at % 97 === 0;
      const event = {
        level: failed ? 'warn' : 'info',
        time,
        'service.version': '0.1.0',
        'process.pid': 4242,
        'mcp.session.id': '0b5c39ac-5b1c-4d45-a9f7-6c1d7c1c0a11',
        'event.name': 'tool.called',
        'mcp.method.name': 'tools/call',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': tools[at % tools.length],
        outcome: failed ? 'error' : 'ok',
        ...(failed ? { 'error.type': 'NOT_FOUND' } : {}),
        duration_ms: (at % 1_000) / 100 + 0.123,
        'config.name': `team/config-${at % 40}`,
        bytes_in: 2_048,
        bytes_out: 512,
        'client.name': 'claude-ai',
        'client.version': '0.1.0',
        'mcp.protocol.version': '2025-11-25',
        'network.transport': 'pipe',
      };
      lines.push(JSON.stringify(event));
    }
    const text = `${lines.join('\n')}\n`;
    bytes += text.length;
    appendFileSync(join(telemetry, `events-${day}.jsonl`), text);
  }
  return bytes;
}
