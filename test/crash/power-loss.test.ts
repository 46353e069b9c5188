import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStoreError } from '../../src/core/errors.ts';
import { Durable } from '../../src/disk/durable.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { makeVar, pathsBelow, puts } from '../store/temporary-var.ts';
import { VolatileDisk } from './volatile-disk.ts';

const author = { name: 'test', version: '1', via: 'cli' } as const;

/** What callers were told, in the order they were told. */
interface Answered {
  readonly contents: Map<string, string>;
  readonly deleted: Set<string>;
  /** Texts of drafts; null: discarded. */
  readonly drafts: Map<string, string | null>;
}

/** Everything that writes, one after another; notes what was answered, and ends quietly when the disk fails. */
async function work(store: Store): Promise<Answered> {
  const answered: Answered = { contents: new Map(), deleted: new Set(), drafts: new Map() };
  const put = async (contents: Record<string, string>) => {
    await store.writer.commit(puts(contents));
    for (const [name, text] of Object.entries(contents)) answered.contents.set(name, text);
  };
  const draft = async (text: string) => {
    await store.drafts.save({
      name: 'd',
      bytes: Buffer.from(text),
      mediaType: 'text/plain',
      message: '',
      author,
      baseVersion: 0,
    });
    answered.drafts.set('d', text);
  };
  const steps = [
    () => put({ a: 'one' }),
    () => Promise.all([put({ b: 'two' }), put({ c: 'three' }), put({ d: 'four', e: 'five' })]),
    () => put({ 'same/bytes': 'one' }),
    () => draft('first'),
    () => draft('second'),
    async () => {
      await store.drafts.discard('d');
      answered.drafts.set('d', null);
    },
    async () => {
      await store.writer.commit({ changes: [{ action: 'delete', name: 'a' }], message: '', author });
      answered.contents.delete('a');
      answered.deleted.add('a');
    },
    async () => {
      await store.writer.commit({ changes: [{ action: 'restore', name: 'a', version: 1 }], message: '', author });
      answered.deleted.delete('a');
      answered.contents.set('a', 'one');
    },
  ];
  for (const step of steps) {
    try {
      await step();
    } catch {
      break; // the power is off
    }
  }
  return answered;
}

/** The invariants, on a disk that works: answered writes are there, everything there verifies, and the store goes on. */
async function check(paths: StorePaths, { contents, deleted, drafts }: Answered): Promise<void> {
  const store = await openStore({ paths });
  try {
    for (const [name, text] of contents) {
      const head = await store.reader.head(name);
      if (head?.action === 'delete') continue; // the deletion that was not answered took place all the same
      const { bytes, verified } = await store.reader.read(name);
      expect(Buffer.from(bytes).toString()).toBe(text);
      expect(verified).toBe(true);
    }
    for (const name of deleted) expect(['delete', 'restore']).toContain((await store.reader.head(name))?.action);
    for (const [name, text] of drafts) {
      const draft = await store.drafts.get(name);
      const now = draft === undefined ? null : Buffer.from(draft.bytes).toString();
      expect(text === 'first' ? ['first', 'second'] : text === 'second' ? ['second', null] : [null]).toContain(now);
    }
    await store.writer.commit(puts({ afterwards: 'x' }));
    expect((await store.maintenance.verify({})).findings).toEqual([]);
    expect((await store.state.status()).keys).toHaveLength(1);
  } finally {
    await store.close();
  }
}

/** Opening makes what it found durable, so that the power can go off before anything is asked. */
async function workAfterOpening(paths: StorePaths, disk: VolatileDisk): Promise<Answered> {
  let store: Store;
  try {
    store = await openStore({ paths, disk: new Durable(disk) });
  } catch (error) {
    if (!isStoreError(error, 'STATE_UNKNOWN')) throw error;
    return { contents: new Map(), deleted: new Set(), drafts: new Map() };
  }
  const answered = await work(store);
  await store.close();
  return answered;
}

/** Runs the work on a copy of `from` with the power going off at system call `at`; returns the calls made up to then. */
async function cut(from: string | undefined, at: number, keeps: () => number): Promise<readonly string[]> {
  const { paths, dispose } = await makeVar();
  const limbo = `${paths.root}-limbo`;
  try {
    if (from !== undefined) {
      cpSync(from, paths.root, { recursive: true });
      chmodSync(paths.keys, 0o700); // the copy has the usual mode
    }
    const disk = new VolatileDisk(paths.root, limbo, { at, moment: 'before', code: 'EIO', forever: true });
    const answered = await workAfterOpening(paths, disk);
    disk.losePower(keeps);
    try {
      await check(paths, answered);
    } catch (cause) {
      throw new Error(`power lost at call ${at} (${disk.calls[at] ?? 'after the last'})`, { cause });
    }
    return disk.calls;
  } finally {
    await dispose();
    await rm(limbo, { recursive: true, force: true });
  }
}

/** More of what the default leaves out because it is like the rest. */
const SLOW = process.env['SLOW'] === '1';

describe('power loss at every system call', () => {
  let template: string;
  let dispose: () => Promise<void>;

  beforeAll(async () => {
    const made = await makeVar();
    ({ dispose } = made);
    template = join(made.paths.root, 'template');
    const store = await openStore({ paths: pathsBelow(template) });
    await store.writer.init({ author });
    await store.close();
    // Copied for each cut: without the 256 folders, which are made again where they are needed.
    rmSync(join(template, 'storage/objects'), { recursive: true });
    mkdirSync(join(template, 'storage/objects'));
  });
  afterAll(() => dispose());

  it.each([
    ['nothing that was not fsynced is kept', 3, () => 0],
    ['everything is kept', 5, () => 1],
    ['half of each folder is kept', 5, () => 0.5],
  ])(
    'of the work on a store: %s',
    async (_, step, keeps) => {
      const calls = await cut(template, Number.POSITIVE_INFINITY, keeps);
      expect(calls.length).toBeGreaterThan(100);
      for (let at = 0; at < calls.length; at += SLOW ? 1 : step) await cut(template, at, keeps);
    },
    600_000,
  );

  it('of making the store', async () => {
    const calls = await cut(undefined, Number.POSITIVE_INFINITY, () => 0);
    // The 256 folders of objects/ are alike: a few of them stand for all.
    const points = [...calls.keys()].filter((at) => at % 97 === 0 || SLOW || !/objects(\/..)?$/.test(calls[at] ?? ''));
    expect(points.length).toBeGreaterThan(100);
    const step = SLOW ? 1 : 3;
    for (const [n, at] of points.entries()) if (n % step === 0) await cut(undefined, at, () => 0);
  }, 600_000);
});
