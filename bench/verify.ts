import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLocalStore as openStore } from '../src/app/stores/local-store.ts';
import { timed } from './calls.ts';
import { sampleConfig } from './sample-config.ts';
import { interleave } from './statistics.ts';

/** How many commits the store has, and how often its key was rotated on the way. */
const COMMITS = 1_000;
const ROTATIONS = 5;
const ROUNDS = 9;

// Verifies a whole store from the disk, nothing remembered, at each depth: `node bench/verify.ts`. The target is 2 s.
const root = await mkdtemp(join(tmpdir(), 'config-store-bench-'));
const folders = { storage: join(root, 'storage'), keys: join(root, 'keys'), state: join(root, 'state') };
const store = await openStore({ paths: folders });
const author = { name: 'bench', version: '0', via: 'cli' } as const;
const put = (round: number) => {
  const bytes = Buffer.from(sampleConfig(round));
  const change = { action: 'put', name: `bench/config-${round % 50}`, bytes, mediaType: 'application/json' } as const;
  return store.writer.commit({ changes: [change], message: 'bench', author });
};
try {
  for (let round = 0, index = 0; index < COMMITS - 1; round++) {
    if (round > 0 && round % Math.floor(COMMITS / (ROTATIONS + 1)) === 0)
      index = (await store.keys.rotate({ author, label: `key ${round}` })).receipt.index;
    if (index < COMMITS - 1) index = (await put(round)).receipt.index;
  }
  const verify = (depth: 'structure' | 'signatures' | 'bytes') => async () => {
    let report: Awaited<ReturnType<typeof store.maintenance.verify>> | undefined;
    const ms = await timed(async () => {
      report = await store.maintenance.verify({ depth });
    });
    if (report?.ok !== true || report.checked.commits !== COMMITS) throw new Error('the store is not what was built');
    return ms;
  };
  const { keys } = await store.state.status();
  console.log(`| verify, ${COMMITS} commits, ${keys.length - 1} rotations, ms | p50 | p90 |\n|---|---|---|`);
  const depths = { structure: verify('structure'), signatures: verify('signatures'), bytes: verify('bytes') };
  const results = await interleave({ rounds: ROUNDS, warmUpRounds: 1 }, depths);
  for (const [depth, { p50, p90 }] of Object.entries(results))
    console.log(`| ${depth} | ${p50.toPrecision(3)} | ${p90.toPrecision(3)} |`);
} finally {
  await store.close();
  await rm(root, { recursive: true, force: true });
}
