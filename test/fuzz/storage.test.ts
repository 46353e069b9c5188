import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Asker } from './asker.ts';
import { makeOriginal } from './installation.ts';
import { storageChanges } from './storage-changes.ts';

const SLOW = process.env['SLOW'] === '1';
const CASES = Number(process.env['FUZZ_CASES'] ?? (SLOW ? 10_000 : 40));
/** The same in each run but the slow one; with the seed of a failure it is that run again. */
const SEED = Number(process.env['FUZZ_SEED'] ?? (SLOW ? Math.floor(Math.random() * 2 ** 31) : 20_261_125));
const MAX_BYTES = 256 * 1_048_576;

let root: string;
const asker = new Asker();
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'fuzz-'));
  await makeOriginal(root);
});
afterAll(async () => {
  await asker.close();
  rmSync(root, { recursive: true, force: true });
});

it(
  `whatever is changed below storage (seed ${SEED}): every question is answered, and nothing unsigned is verified`,
  async () => {
    let made = 0;
    const property = fc.asyncProperty(storageChanges, fc.boolean(), fc.boolean(), async (changes, seen, open) => {
      const { problems, changes: words } = await asker.run({ root, name: `case-${made++}`, changes, seen, open });
      expect({ changes: words, problems }).toEqual({ changes: words, problems: [] });
    });
    await fc.assert(property, { numRuns: CASES, seed: SEED, endOnFailure: false });
    const { slowest, peakBytes } = asker;
    process.stdout.write(
      `${made} cases, seed ${SEED}; slowest ${Math.round(slowest.ms)} ms (${slowest.question}); at most ${Math.round(peakBytes / 1_048_576)} MiB\n`,
    );
    expect(peakBytes).toBeLessThan(MAX_BYTES);
  },
  6 * 3_600_000,
);
