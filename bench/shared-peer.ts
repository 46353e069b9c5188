import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { parseAddress } from '../src/engine/postgres/address.ts';
import { loadSigner, newSeed } from '../src/keys/ed25519.ts';
import { writeTimed } from './timed-writer.ts';

// What `shared-writer.ts` is measured beside: the statements of a store alone. One of several processes that take a turn, read
// the newest row, sign, and insert an artifact with the next row, on a log that is there; nothing is verified, planned or kept.
const [url = '', warmUp = '0', seconds = '1'] = process.argv.slice(2);
const { host, port, user, database, schema } = parseAddress(url);
const connected = async () => {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  await client.query(`SET search_path = "${schema}"`);
  return client;
};
const [turns, line] = [await connected(), await connected()];
const [signer, seed] = [await loadSigner(), newSeed()];
signer.warm();
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const TURN = [
  'BEGIN',
  "SET LOCAL lock_timeout = '2s'",
  "SET LOCAL idle_in_transaction_session_timeout = '2s'",
  'SELECT pg_advisory_xact_lock(1)',
  'SELECT idx, envelope FROM log ORDER BY idx DESC LIMIT 1',
].join('; ');
const PUT = `WITH stored AS (INSERT INTO objects AS o (digest, bytes) VALUES ($1, $2)
    ON CONFLICT (digest) DO UPDATE SET bytes = EXCLUDED.bytes WHERE o.bytes IS DISTINCT FROM EXCLUDED.bytes)
  INSERT INTO log (idx, envelope) VALUES ($3, $4)`;

async function put(): Promise<void> {
  const bytes = Buffer.from(randomBytes(1_024).toString('hex'));
  const results = (await turns.query(TURN)) as unknown as pg.QueryResult[];
  const newest = results.at(-1)?.rows[0] as { idx: string; envelope: Uint8Array };
  const payload = Buffer.from(
    JSON.stringify({ previous: sha256(newest.envelope).toString('hex'), rest: 'x'.repeat(600) }),
  );
  const signature = Buffer.from(signer.sign(seed, payload)).toString('base64');
  const envelope = Buffer.from(JSON.stringify({ payload: payload.toString('base64'), signature }));
  await line.query(PUT, [sha256(bytes), bytes, Number(newest.idx) + 1, envelope]);
  turns.query('COMMIT').catch(() => process.exit(1)); // the next turn waits for it
}

await writeTimed(put, warmUp, seconds);
process.exit();
