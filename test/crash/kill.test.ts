import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { makeVar, puts } from '../store/temporary-var.ts';

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));
const KILLS_PER_LANE = process.env['SLOW'] === '1' ? 500 : 12;

/** Numbers from 0 to 1, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Killed {
  readonly tried: ReadonlySet<string>;
  readonly answered: ReadonlyMap<string, number>;
}

/** Starts a writer and kills it with SIGKILL a moment after it said its `lines`th line. */
async function runAndKill(
  root: string,
  prefix: string,
  inFlight: number,
  lines: number,
  delayMs: number,
): Promise<Killed> {
  const child = spawn(process.execPath, [WRITER, root, prefix, String(inFlight)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  let killing = false;
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (killing || said.split('\n').length <= lines) return;
    killing = true;
    if (delayMs < 1) child.kill('SIGKILL');
    else setTimeout(() => child.kill('SIGKILL'), delayMs);
  });
  expect(await once(child, 'close')).toEqual([null, 'SIGKILL']);
  const words = said
    .slice(0, said.lastIndexOf('\n'))
    .split('\n')
    .map((line) => line.split(' '));
  return {
    tried: new Set(words.filter(([verb]) => verb === 'try').map(([, name]) => name ?? '')),
    answered: new Map(
      words.filter(([verb]) => verb === 'answered').map(([, name, index]) => [name ?? '', Number(index)]),
    ),
  };
}

/** What holds after every kill: answered writes are there and verified, the others whole or absent, and the store goes on. */
async function checkAfter(paths: StorePaths, round: number, { tried, answered }: Killed): Promise<void> {
  const store = await openStore({ paths });
  try {
    const { items } = await store.reader.heads({ prefix: `r${round}/`, limit: 10_000 });
    const present = new Set(items.map(({ name }) => name));
    for (const name of answered.keys()) expect(present).toContain(name);
    for (const { name, version } of items) {
      expect(tried).toContain(name);
      expect(version).toBe(1);
      const read = await store.reader.read(name);
      expect(read.verified).toBe(true);
      expect(Buffer.from(read.bytes).toString()).toBe(`content of ${name}`);
      expect(read.receipt.index).toBe(answered.get(name) ?? read.receipt.index);
    }
    const { receipt } = await store.writer.commit(puts({ 'after/a-kill': `round ${round}` }));
    expect((await store.state.status()).head?.index).toBe(receipt.index);
    if (round % 5 === 4) expect((await store.maintenance.verify({})).findings).toEqual([]);
  } finally {
    await store.close();
  }
}

it.concurrent.each([1, 2])(
  'survives SIGKILL at any moment, again and again on one store: lane %i',
  async (lane) => {
    const { paths, dispose } = await makeVar();
    const random = randomFrom(lane);
    try {
      for (let round = 0; round < KILLS_PER_LANE; round++) {
        const inFlight = random() < 0.5 ? 1 : 4;
        const killed = await runAndKill(paths.root, `r${round}`, inFlight, Math.floor(random() * 24), random() * 4);
        await checkAfter(paths, round, killed);
      }
      const store = await openStore({ paths });
      const report = await store.maintenance.verify({});
      await store.close();
      expect(report.findings).toEqual([]);
      expect(report.checked.commits).toBeGreaterThan(KILLS_PER_LANE);
    } finally {
      await dispose();
    }
  },
  600_000,
);

it('makes one store, with its key in place, however often genesis is killed', async () => {
  const random = randomFrom(3);
  for (let round = 0; round < 20; round++) {
    const { paths, dispose } = await makeVar();
    try {
      for (let attempt = 0; attempt < 2; attempt++) await runAndKill(paths.root, `r${attempt}`, 1, 2, random() * 30);
      const store = await openStore({ paths });
      await store.writer.commit(puts({ 'after/all': 'x' }));
      expect((await store.reader.read('after/all')).verified).toBe(true);
      expect((await store.maintenance.verify({})).findings).toEqual([]);
      expect((await store.state.status()).keys).toHaveLength(1);
      await store.close();
    } finally {
      await dispose();
    }
  }
}, 120_000);
