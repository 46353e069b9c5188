import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openLocalStore as openStore } from '../src/app/stores/local-store.ts';
import { timed } from './calls.ts';
import { DiskFloor } from './disk-floor.ts';
import { sampleConfig } from './sample-config.ts';
import { interleave, type Quantiles } from './statistics.ts';

/** About what the store's own envelopes have. */
const ENVELOPE_BYTES = 1_200;

/** 2 kB puts and verified reads of the store itself, in milliseconds, beside what the disk alone asks for. */
export async function measureInProcess(rounds: number, folder: string): Promise<Record<string, Quantiles>> {
  const folders = {
    storage: join(folder, 'storage'),
    keys: join(folder, 'keys'),
    state: join(folder, 'state'),
    telemetry: join(folder, 'telemetry'),
  };
  const paths = { root: folder, ...folders };
  const store = await openStore({ paths });
  // A second view of the same store, as another process has one: it has to find and verify what the first one wrote.
  const neighbour = await openStore({ paths });
  const floor = new DiskFloor(join(folder, 'floor'));
  const author = { name: 'bench', version: '0', via: 'cli' } as const;
  const name = (round: number) => `bench/config-${round % 50}`;
  try {
    return await interleave(
      { rounds, warmUpRounds: 50 },
      {
        'disk floor of a put': (round) =>
          timed(() => floor.put(Buffer.from(sampleConfig(round)), randomBytes(ENVELOPE_BYTES))),
        put: (round) => {
          const bytes = Buffer.from(sampleConfig(round));
          const change = { action: 'put', name: name(round), bytes, mediaType: 'application/json' } as const;
          return timed(() => store.writer.commit({ changes: [change], message: 'bench', author }));
        },
        'get, own commit': (round) => timed(() => store.reader.read(name(round))),
        "get, a neighbour's": (round) => timed(() => neighbour.reader.read(name(round))),
        'get, verdict known': (round) => timed(() => neighbour.reader.read(name(round))),
      },
    );
  } finally {
    await Promise.allSettled([store.close(), neighbour.close()]);
  }
}
