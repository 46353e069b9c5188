import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { keepHeapSmall } from '../src/app/small-heap.ts';
import { openSharedStore } from '../src/app/stores/shared-store.ts';
import { parseAddress } from '../src/engine/postgres/address.ts';

// One of several processes that put 2 kB into one store in a database, for so many seconds after others that are not
// counted; prints the milliseconds of each, and those of the processor for all of them.
const [url = '', keys = '', state = '', prefix = '', warmUp = '0', seconds = '1'] = process.argv.slice(2);
const database = { address: parseAddress(url), given: url, passwordFile: undefined, password: undefined };
const store = await openSharedStore({ database, paths: { keys, state } });
keepHeapSmall(); // as a server does
const author = { name: 'bench', version: '0', via: 'cli' } as const;

async function put(n: number): Promise<number> {
  const bytes = Buffer.from(randomBytes(1_024).toString('hex'));
  const change = { action: 'put', name: `${prefix}/${n % 50}`, bytes, mediaType: 'text/plain' } as const;
  const since = performance.now();
  await store.writer.commit({ changes: [change], message: 'bench', author });
  return performance.now() - since;
}

async function putFor(ms: number): Promise<number[]> {
  const until = performance.now() + ms;
  const taken: number[] = [];
  while (performance.now() < until) taken.push(await put(taken.length));
  return taken;
}

await put(0);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
await putFor(Number(warmUp) * 1_000);
const before = process.cpuUsage();
const taken = await putFor(Number(seconds) * 1_000);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ taken, cpuMs: (user + system) / 1_000 })}\n`);
await store.close();
process.exit();
