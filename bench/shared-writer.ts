import { randomBytes } from 'node:crypto';
import { keepHeapSmall } from '../src/app/small-heap.ts';
import { openSharedStore } from '../src/app/stores/shared-store.ts';
import { parseAddress } from '../src/engine/postgres/address.ts';
import { writeTimed } from './timed-writer.ts';

// One of several processes that put 2 kB into one store in a database, each with a state folder of its own.
const [url = '', keys = '', state = '', prefix = '', warmUp = '0', seconds = '1'] = process.argv.slice(2);
const database = { address: parseAddress(url), given: url, passwordFile: undefined, password: undefined };
keepHeapSmall(); // as a server does
const store = await openSharedStore({ database, paths: { keys, state } });
const author = { name: 'bench', version: '0', via: 'cli' } as const;

async function put(n: number): Promise<void> {
  const bytes = Buffer.from(randomBytes(1_024).toString('hex'));
  const change = { action: 'put', name: `${prefix}/${n % 50}`, bytes, mediaType: 'text/plain' } as const;
  await store.writer.commit({ changes: [change], message: 'bench', author });
}

await writeTimed(put, warmUp, seconds);
await store.close();
process.exit();
