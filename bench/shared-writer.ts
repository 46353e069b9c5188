import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSharedStore } from '../src/app/stores/shared-store.ts';
import { parseAddress } from '../src/engine/postgres/address.ts';

// One of several processes that put 2 kB into one store in a database, for so many seconds; prints the milliseconds of each.
const [url = '', keys = '', state = '', prefix = '', seconds = '1'] = process.argv.slice(2);
const database = { address: parseAddress(url), given: url, passwordFile: undefined, password: undefined };
const store = await openSharedStore({ database, paths: { keys, state } });
const author = { name: 'bench', version: '0', via: 'cli' } as const;

async function put(n: number): Promise<number> {
  const bytes = Buffer.from(randomBytes(1_024).toString('hex'));
  const change = { action: 'put', name: `${prefix}/${n % 50}`, bytes, mediaType: 'text/plain' } as const;
  const since = performance.now();
  await store.writer.commit({ changes: [change], message: 'bench', author });
  return performance.now() - since;
}

for (let n = 0; n < 20; n++) await put(n);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const until = performance.now() + Number(seconds) * 1_000;
const taken: number[] = [];
for (let n = 0; performance.now() < until; n++) taken.push(await put(n));
process.stdout.write(`${JSON.stringify(taken)}\n`);
await store.close();
process.exit();
