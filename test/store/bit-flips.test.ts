import { chmodSync, closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { commitPath, objectPath } from '../../src/engine/files/layout.ts';
import type { Store } from '../../src/store/api/store.ts';
import { onMemory, openStore, type StorePaths } from './open-store.ts';
import { makeVar, puts } from './temporary-var.ts';

/** Every bit in the slow run; else every seventh, which is a bit of every byte, and each of the eight in turn. */
const STEP = process.env['SLOW'] === '1' ? 1 : 7;

// The same checks on the same bytes, whichever engine hands them over.
describe.skipIf(onMemory)('every single-bit flip is found', () => {
  const content = 'sixty-four bytes of content, so that all flips are soon through.';
  let paths: StorePaths;
  let dispose: () => Promise<void>;
  let store: Store;

  beforeAll(async () => {
    ({ paths, dispose } = await makeVar());
    store = await openStore({ paths });
    await store.writer.commit(puts({ a: 'first' }));
    await store.writer.commit(puts({ b: content }));
  });
  afterAll(async () => {
    await store.close();
    await dispose();
  });

  /** Calls `check` once for every `step`th bit of the file, with that bit the other way round; returns how often. */
  async function flipEach(path: string, step: number, check: (bit: number) => Promise<void>): Promise<number> {
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    const file = openSync(path, 'r+');
    const write = (at: number, byte: number) => writeSync(file, Uint8Array.of(byte), 0, 1, at);
    let flips = 0;
    for (let bit = 0; bit < bytes.length * 8; bit += step) {
      const at = bit >> 3;
      const byte = bytes[at] ?? 0;
      write(at, byte ^ (1 << (bit & 7)));
      await check(bit);
      write(at, byte);
      flips++;
    }
    closeSync(file);
    chmodSync(path, 0o444);
    return flips;
  }

  // The newest commit: no later one names it, so it must give itself away.
  it('in the newest envelope, by verify', async () => {
    const flips = await flipEach(join(paths.storage, 'log', commitPath(2)), STEP, async (bit) => {
      const { ok, findings } = await store.maintenance.verify({ depth: 'signatures' });
      expect(ok, `bit ${bit}`).toBe(false);
      expect(findings[0], `bit ${bit}`).toMatchObject({ severity: 'error', where: 'log/2' });
    });
    expect(flips).toBeGreaterThan(8_000 / STEP);
    expect(await store.maintenance.verify({})).toMatchObject({ ok: true, findings: [] });
  }, 300_000);

  it('in an older envelope, whose hash the next one names, by verify and wherever a proof is asked for', async () => {
    const path = join(paths.storage, 'log', commitPath(1));
    // All of the newest are tried above; here every 41st.
    await flipEach(path, 41, async (bit) => {
      expect(await store.maintenance.verify({ depth: 'signatures' }), `bit ${bit}`).toMatchObject({ ok: false });
      const { items } = await store.reader.versions('a', { limit: 9 });
      expect(
        items.map(({ verdict }) => verdict),
        `bit ${bit}`,
      ).toEqual(['corrupt']);
      // No proof is given out; what was verified before is still answered, as it was signed.
      await expect(store.reader.exportVersion('a'), `bit ${bit}`).rejects.toMatchObject({ code: 'CORRUPT' });
      expect(Buffer.from((await store.reader.read('a')).bytes).toString(), `bit ${bit}`).toBe('first');
    });
  });

  it('in an artifact, by verify and by every read', async () => {
    const digest = sha256Hex(content);
    const flips = await flipEach(join(paths.storage, 'objects', objectPath(digest)), 1, async (bit) => {
      const { ok, findings } = await store.maintenance.verify({});
      expect(ok, `bit ${bit}`).toBe(false);
      expect(findings, `bit ${bit}`).toHaveLength(1);
      expect(findings[0]?.where, `bit ${bit}`).toContain(digest);
      await expect(store.reader.read('b'), `bit ${bit}`).rejects.toMatchObject({ code: 'CORRUPT' });
    });
    expect(flips).toBe(512);
    expect(Buffer.from((await store.reader.read('b')).bytes).toString()).toBe(content);
  });
});
