import { spawnSync } from 'node:child_process';
import { createPrivateKey, sign } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../scripts/build.ts';
import { openLocalStore } from '../src/app/stores/local-store.ts';
import { encodeEnvelope, PAYLOAD_TYPE, preAuthEncoding } from '../src/core/commit/envelope.ts';
import { encodeStatement } from '../src/core/commit/statement.ts';
import { sha256Hex } from '../src/core/digest.ts';
import { commitPath, objectPath } from '../src/engine/files/layout.ts';
import { timed } from './calls.ts';
import { textOf } from './contenders.ts';
import { quantiles } from './statistics.ts';
import { StdioPeer } from './stdio-peer.ts';

// What a long log costs: `node bench/scale.ts --commits 10,1000,100000`. See docs/performance.md.
const { values } = parseArgs({
  options: {
    commits: { type: 'string', default: '10,1000,100000' },
    folder: { type: 'string', default: tmpdir() },
    rounds: { type: 'string', default: '60' },
    keep: { type: 'boolean', default: false },
  },
});
const NAMES = 1_000;
const CONTENT_BYTES = 200;
const rounds = Number(values.rounds);
const root = mkdtempSync(join(values.folder, 'config-store-scale-'));
const { NODE_EXTRA_CA_CERTS: _, CONFIG_STORE_VAR: __, ...inherited } = process.env;
const env = { ...inherited, HOME: root };
const author = { name: 'bench', version: '0', via: 'cli' } as const;
const main = join(root, 'dist/main.js');

try {
  await build({ outdir: dirname(main) });
  console.log(
    '| commits | get, ms | put, ms | list, ms | start to first get, ms | verify --depth structure, s (processor) | verify, s (processor) | rebuild, s (processor) | most memory, MiB |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const commits of values.commits.split(',').map(Number)) await measure(commits);
} finally {
  if (!values.keep) rmSync(root, { recursive: true, force: true });
}

async function measure(commits: number): Promise<void> {
  const folder = join(root, `${commits}`);
  await fill(folder, commits);
  command(folder, 'list', '--limit', '1'); // from here on there is a cache
  const rebuild = command(folder, 'rebuild');
  const structure = command(folder, 'verify', '--depth', 'structure');
  const bytes = command(folder, 'verify');
  const peer = new StdioPeer(main, ['serve', '--var', folder], env);
  await peer.initialize();
  await peer.call('get_config', { name: 'n/0' });
  const startMs = peer.ageMs;
  const times = async (call: (round: number) => Promise<unknown>) => {
    const taken: number[] = [];
    for (let round = 0; round < rounds; round++) taken.push(await timed(() => call(round)));
    return quantiles(taken).p50;
  };
  const get = await times((round) =>
    peer.call('get_config', { name: `n/${2 + (round % (Math.min(NAMES, commits) - 2))}` }),
  );
  const put = await times((round) =>
    peer.call('put_config', { name: `p/${round}`, content: textOf(2_048, `${round}`) }),
  );
  const list = await times(() => peer.call('list_configs', {}));
  await peer.close();
  const short = (cell: number) => Number(cell.toPrecision(3));
  const commands = [structure, bytes, rebuild];
  const spent = commands.map(({ seconds, processor }) => `${short(seconds)} (${short(processor)})`);
  const peak = Math.max(...commands.map(({ mib }) => mib));
  console.log(`| ${[commits, ...[get, put, list, startMs].map(short), ...spent, short(peak)].join(' | ')} |`);
}

/** Runs a command of the bundle; its time, the processor's, both in seconds, and the most memory it had. */
function command(folder: string, ...args: string[]): { seconds: number; processor: number; mib: number } {
  const report = join(root, 'usage');
  const hook = `process.on('exit',()=>require('node:fs').writeFileSync(${JSON.stringify(report)},JSON.stringify(process.resourceUsage())))`;
  writeFileSync(join(root, 'hook.cjs'), hook);
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--require', join(root, 'hook.cjs'), main, ...args, '--var', folder],
    { env, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  const seconds = (performance.now() - began) / 1_000;
  const usage = JSON.parse(readFileSync(report, 'utf8')) as NodeJS.ResourceUsage;
  const processor = (usage.userCPUTime + usage.systemCPUTime) / 1_000_000;
  return { seconds, processor, mib: usage.maxRSS / 1_024 };
}

/** Makes a store of so many commits: the first two as the product makes them, the rest in the same form but without waiting for the disk. */
async function fill(folder: string, commits: number): Promise<void> {
  const paths = { storage: join(folder, 'storage'), keys: join(folder, 'keys'), state: join(folder, 'state') };
  const store = await openLocalStore({ paths });
  const change = { action: 'put', name: 'n/0', bytes: Buffer.from('first'), mediaType: 'text/plain' } as const;
  const { receipt } = await store.writer.commit({ changes: [change], message: '', author });
  await store.close();
  const keyFile = readdirSync(paths.keys).find((name) => name.endsWith('.key.pem')) ?? '';
  const key = createPrivateKey(readFileSync(join(paths.keys, keyFile)));
  const keyId = sha256Hex(
    Buffer.from(
      readFileSync(join(paths.keys, keyFile.replace('.key.', '.pub.')), 'utf8').replace(/-----.*-----|\s/g, ''),
      'base64',
    ),
  );
  let previous = sha256Hex(readFileSync(join(paths.storage, 'log', commitPath(receipt.index))));
  const versions = new Map([['n/0', 1]]);
  for (let index = receipt.index + 1; index < commits; index++) {
    const name = `n/${index % NAMES}`;
    const version = (versions.get(name) ?? 0) + 1;
    versions.set(name, version);
    const content = Buffer.from(textOf(CONTENT_BYTES, `${index}`));
    const digest = sha256Hex(content);
    const payload = Buffer.from(
      encodeStatement({
        index,
        store: keyId,
        previous,
        keyring: 0,
        time: new Date(Date.now()).toISOString(),
        author,
        message: `commit ${index}`,
        changes: [{ action: 'put', name, version, digest, size: content.length, mediaType: 'text/plain' }],
        keys: [],
      }),
    );
    const envelope = encodeEnvelope({
      payload,
      keyId,
      signature: sign(null, preAuthEncoding(PAYLOAD_TYPE, payload), key),
    });
    previous = sha256Hex(envelope);
    place(join(paths.storage, 'objects', objectPath(digest)), content);
    place(join(paths.storage, 'log', commitPath(index)), envelope);
  }
}

function place(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, bytes, { mode: 0o444 });
  chmodSync(path, 0o444);
}
