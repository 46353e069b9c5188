import { type MessagePort, workerData } from 'node:worker_threads';
import pg from 'pg';
import { parseAddress } from '../../src/engine/postgres/address.ts';
import { preparePostgres } from '../../src/engine/postgres/prepare.ts';
import type { Ask, Asked } from './sync-database.ts';

const { port, flag } = workerData as { port: MessagePort; flag: Int32Array };
const pools = new Map<string, pg.Pool>();

function poolOf(url: string): pg.Pool {
  const known = pools.get(url) ?? new pg.Pool({ connectionString: url, max: 1 }).on('error', () => undefined);
  pools.set(url, known);
  return known;
}

port.on('message', async (data: Ask) => {
  let asked: Asked;
  try {
    if (data.prepare !== undefined) await preparePostgres(parseAddress(data.prepare), async () => undefined, {});
    const { rows } = await poolOf(data.url).query<Record<string, unknown>>(data.text, data.values as unknown[]);
    asked = { rows };
  } catch (error) {
    asked = { error: (error as Error).message };
  }
  port.postMessage(asked);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});
