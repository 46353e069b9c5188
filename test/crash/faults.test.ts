import { chmodSync, cpSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStoreError } from '../../src/core/errors.ts';
import { Durable } from '../../src/disk/durable.ts';
import type { Store } from '../../src/store/api/store.ts';
import { openStore, type StorePaths } from '../store/open-store.ts';
import { makeVar, pathsBelow, puts } from '../store/temporary-var.ts';
import { type Fault, VolatileDisk } from './volatile-disk.ts';

const author = { name: 'test', version: '1', via: 'cli' } as const;

/** The system calls of one put, in order, and what they work on. */
const POINTS = [
  'open tmp/artifact',
  'write tmp/artifact',
  'link objects/',
  'unlink tmp/artifact',
  'open-folder objects/',
  'fsync tmp/artifact',
  'fsync-folder objects/',
  'open tmp/envelope',
  'write tmp/envelope',
  'fsync tmp/envelope',
  'link log/',
  'unlink tmp/envelope',
  'open-folder log/',
  'fsync-folder log/',
] as const;

const CODES = ['EIO', 'ENOSPC'] as const;

/** Every point, failing without and with its effect, once as a full disk and once as a broken one. */
const ROWS = POINTS.flatMap((point) =>
  CODES.flatMap((code) => (['before', 'after'] as const).map((moment) => ({ point, code, moment }))),
);

/** Names calls as POINTS does: the first temporary file of a put is its artifact, the second its envelope. */
function namer(): (call: string) => string {
  const tmp: string[] = [];
  return (call) => {
    const [verb = '', path = ''] = call.split(' ');
    const file = /tmp\/\S+$/.exec(path)?.[0];
    if (file === undefined) return `${verb} ${path.replace(/^storage\//, '').replace(/\/.*$/, '/')}`;
    if (!tmp.includes(file)) tmp.push(file);
    return `${verb} tmp/${file === tmp[0] ? 'artifact' : 'envelope'}`;
  };
}

/** What the caller of the put is told; undefined: success. */
function expectedCode(point: string, code: string, moment: Fault['moment']): string | undefined {
  if (point.startsWith('unlink') || (point.startsWith('link') && moment === 'after')) return undefined;
  if (point.startsWith('fsync') || point === 'open-folder log/' || code === 'EIO') return 'STATE_UNKNOWN';
  return 'STORE_FULL';
}

async function put(store: Store, name: string): Promise<{ code?: string; version?: number }> {
  try {
    const { versions } = await store.writer.commit(puts({ [name]: `content of ${name}` }));
    return { version: versions[0]?.version ?? 0 };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    expect(error.hint).not.toBe('');
    return { code: error.code };
  }
}

async function checkAll(paths: StorePaths, answered: ReadonlySet<string>): Promise<void> {
  const store = await openStore({ paths });
  for (const name of answered)
    expect(Buffer.from((await store.reader.read(name)).bytes).toString()).toBe(`content of ${name}`);
  // Whatever became of the put that failed, doing it again leads to one version of it, and something else still works.
  expect(await put(store, 'f')).toEqual({ version: 1 });
  expect(await put(store, 'g')).toEqual({ version: 1 });
  expect((await store.maintenance.verify({})).findings).toEqual([]);
  await store.close();
}

describe('a disk that fails during a put', () => {
  let template: string;
  let dispose: () => Promise<void>;

  beforeAll(async () => {
    const made = await makeVar();
    ({ dispose } = made);
    template = join(made.paths.root, 'template');
    const store = await openStore({ paths: pathsBelow(template) });
    await store.writer.init({ author });
    await store.close();
  });
  afterAll(() => dispose());

  /** Opens a copy of the store; only what is called after it is open counts, and can fail. */
  async function withCopy(
    fault: (Omit<Fault, 'at'> & { readonly at: (call: string) => boolean }) | undefined,
    run: (store: Store, disk: VolatileDisk, paths: StorePaths) => Promise<void>,
  ): Promise<void> {
    const made = await makeVar();
    const limbo = `${made.paths.root}-limbo`;
    try {
      cpSync(template, made.paths.root, { recursive: true });
      chmodSync(made.paths.keys, 0o700); // the copy has the usual mode
      let isOpen = false;
      const disk = new VolatileDisk(
        made.paths.root,
        limbo,
        fault && { ...fault, at: (call) => isOpen && fault.at(call) },
      );
      const store = await openStore({ paths: made.paths, disk: new Durable(disk) });
      isOpen = true;
      disk.calls.length = 0;
      await run(store, disk, made.paths);
    } finally {
      await made.dispose();
      await rm(limbo, { recursive: true, force: true });
    }
  }

  it('makes the system calls of the table: artifact, envelope, and the commit once both are on the disk', async () => {
    await withCopy(undefined, async (store, disk) => {
      await put(store, 'f');
      await store.close();
      // The pin follows when it likes; before its first one the folder that holds `state` is flushed.
      const calls = disk.calls.map(namer()).filter((call) => !/ (?:state|keys)\b|-folder $/.test(call));
      expect(calls.toSorted()).toEqual(POINTS.toSorted());
      const artifact = POINTS.filter((point) => /artifact|objects|link log/.test(point));
      const envelope = POINTS.filter((point) => /envelope|log/.test(point));
      // The two are written side by side; the link waits for both.
      expect(calls.filter((call) => artifact.includes(call as (typeof POINTS)[number]))).toEqual(artifact);
      expect(calls.filter((call) => envelope.includes(call as (typeof POINTS)[number]))).toEqual(envelope);
    });
  });

  it.each(ROWS)('$point: $code, reported $moment it took effect', async ({ point, code, moment }) => {
    const name = namer();
    await withCopy({ at: (call) => name(call) === point, moment, code }, async (store, disk, paths) => {
      const answered = new Set<string>();
      const first = await put(store, 'f');
      expect(first).toEqual(
        expectedCode(point, code, moment) === undefined ? { version: 1 } : { code: expectedCode(point, code, moment) },
      );
      if (first.code === undefined) answered.add('f');
      const callsBefore = disk.calls.length;
      for (const config of ['f', 'g']) {
        const next = await put(store, config);
        // After an fsync error nothing more is written by this process; after any other it goes on.
        expect(next).toEqual(first.code === 'STATE_UNKNOWN' ? { code: 'STATE_UNKNOWN' } : { version: 1 });
        if (next.code === undefined) answered.add(config);
      }
      const written = disk.calls.slice(callsBefore).filter((call) => !call.includes('folder'));
      if (first.code === 'STATE_UNKNOWN') expect(written).toEqual([]);
      await store.close();
      disk.losePower();
      await checkAll(paths, answered);
    });
  });
});
