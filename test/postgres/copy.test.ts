import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openLocalStore } from '../../src/app/stores/local-store.ts';
import { copyStore } from '../../src/archive/copy-store.ts';
import { openFilesEngine } from '../../src/engine/files/files-engine.ts';
import type { Engine } from '../../src/engine/port.ts';
import type { StorePaths } from '../../src/store/api/paths.ts';
import type { Store } from '../../src/store/api/store.ts';
import { ALL, append } from '../engine/append.ts';
import { puts } from '../store/temporary-var.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import { machine, openAt, preparedPlace } from './installations.ts';

const { current } = inject('postgres');
const admin = current ?? '';
const isSlow = process.env['SLOW'] === '1';

/** A store in files with a history of every kind, and a draft. */
async function filesStore(): Promise<{ paths: StorePaths; store: Store }> {
  const paths = await machine();
  const store = await openLocalStore({ paths });
  onTestFinished(() => store.close());
  const { author, message } = puts({});
  for (const text of ['one', 'two', 'three']) await store.writer.commit(puts({ a: text, [`b/${text}`]: text }));
  await store.writer.commit({ changes: [{ action: 'delete', name: 'b/two' }], message, author });
  await store.writer.commit({ changes: [{ action: 'restore', name: 'a', version: 1 }], message, author });
  await store.keys.rotate({ author, label: 'second' });
  await store.writer.commit(puts({ big: 'x'.repeat(5_000_000) }));
  const draft = { name: 'a', bytes: Buffer.from('draft'), mediaType: 'text/plain', baseVersion: 4 };
  await store.drafts.save({ ...draft, message, author });
  return { paths, store };
}

function filesAt(storage: string, state: string): Engine {
  const engine = openFilesEngine({ storage, gates: state });
  onTestFinished(() => engine.close());
  return engine;
}

const logOf = async (engine: Engine) =>
  (await engine.log.readRange(0, ALL)).envelopes.map((envelope) => Buffer.from(envelope).toString());
const plainly = { drafts: false, move: false } as const;

describe.skipIf(current === undefined)('a copy', () => {
  it('goes from files to a database and back, byte for byte, and verifies at each end', async () => {
    const { paths, store } = await filesStore();
    const place = await preparedPlace(admin);
    const there = place.open();
    onTestFinished(() => there.close());
    const from = filesAt(paths.storage, paths.state);
    const out = await copyStore({ from, to: there, drafts: true, move: false });
    const { head } = await store.state.status();
    expect(out).toMatchObject({ head, copied: { commits: (head?.index ?? 0) + 1, drafts: 1 }, moved: false });

    const shared = await openAt(place.url, { ...paths, state: `${paths.state}-2` });
    expect((await shared.state.status()).head).toEqual(head);
    expect((await shared.maintenance.verify({})).findings).toEqual([]);
    expect((await shared.drafts.get('a'))?.bytes).toEqual(Buffer.from('draft'));
    await shared.writer.commit(puts({ a: 'in the database' }));

    const backPaths = await machine();
    const back = filesAt(backPaths.storage, backPaths.state);
    await copyStore({ from: place.open(), to: back, drafts: true, move: false });
    expect(await logOf(back)).toEqual(await logOf(there));
    expect((await logOf(back)).slice(0, -1)).toEqual(await logOf(from));
    const local = await openLocalStore({ paths: { ...backPaths, keys: paths.keys } });
    onTestFinished(() => local.close());
    expect((await local.state.status()).head).toEqual((await shared.state.status()).head);
    expect((await local.maintenance.verify({})).findings).toEqual([]);
    expect(Buffer.from((await local.reader.read('a')).bytes).toString()).toBe('in the database');
  });

  it.skipIf(!isSlow)('goes on where it was cut short, and copies nothing twice', async () => {
    const { paths } = await filesStore();
    const place = await preparedPlace(admin);
    const there = place.open();
    onTestFinished(() => there.close());
    const from = filesAt(paths.storage, paths.state);
    const log = await logOf(from);
    for (const [index, envelope] of log.slice(0, 3).entries()) await append(there, index, envelope);
    const done = await copyStore({ from, to: there, ...plainly });
    expect(done.copied.commits).toBe(log.length - 3);
    expect(await logOf(there)).toEqual(log);
    expect((await copyStore({ from, to: there, ...plainly })).copied).toEqual({ commits: 0, artifacts: 0, drafts: 0 });
    const shared = await openAt(place.url, { ...paths, state: `${paths.state}-2` });
    expect((await shared.maintenance.verify({})).findings).toEqual([]);
  });

  it.skipIf(!isSlow)('is refused where there is something else, and leaves that as it was', async () => {
    const { paths, store } = await filesStore();
    const place = await preparedPlace(admin);
    const other = await openAt(place.url, await machine());
    await other.writer.commit(puts({ other: 'store' }));
    const there = place.open();
    onTestFinished(() => there.close());
    const before = await logOf(there);
    const from = filesAt(paths.storage, paths.state);
    expect(await refusal(copyStore({ from, to: there, ...plainly }))).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await logOf(there)).toEqual(before);

    const longer = await preparedPlace(admin);
    const copy = longer.open();
    onTestFinished(() => copy.close());
    await copyStore({ from, to: copy, ...plainly });
    const shared = await openAt(longer.url, { ...paths, state: `${paths.state}-2` });
    await shared.writer.commit(puts({ a: 'newer' }));
    expect(await refusal(copyStore({ from, to: copy, ...plainly }))).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(store.state.notices()).toEqual([]);
  });

  it.skipIf(!isSlow)('does not carry a damaged store on', async () => {
    const { paths } = await filesStore();
    const place = await preparedPlace(admin);
    const there = place.open();
    onTestFinished(() => there.close());
    const from = filesAt(paths.storage, paths.state);
    await copyStore({ from, to: there, ...plainly });
    const { rows } = await place.query('SELECT digest FROM ?.objects ORDER BY digest LIMIT 1');
    await place.damageObject(Buffer.from(rows[0].digest).toString('hex'), Buffer.from('other'));
    const empty = await machine();
    const to = filesAt(empty.storage, empty.state);
    expect(await refusal(copyStore({ from: place.open(), to, ...plainly }))).toMatchObject({ code: 'CORRUPT' });
    const none = filesAt(`${empty.root}/none`, empty.state);
    expect(await refusal(copyStore({ from: none, to, ...plainly }))).toMatchObject({ code: 'STORE_MISSING' });
  });
});

describe.skipIf(current === undefined)('a move', () => {
  it('leaves the source read-only, loses nothing that is being written, and can be taken back', async () => {
    const { paths, store } = await filesStore();
    const place = await preparedPlace(admin);
    const there = place.open();
    onTestFinished(() => there.close());
    const from = filesAt(paths.storage, paths.state);
    const answered: string[] = [];
    let refused: unknown;
    const writing = (async () => {
      for (let n = 0; n < 10_000; n++) {
        try {
          await store.writer.commit(puts({ [`busy/${n}`]: `${n}` }));
          answered.push(`busy/${n}`);
        } catch (error) {
          refused = error;
          return;
        }
      }
    })();
    await copyStore({ from, to: there, drafts: true, move: true });
    await writing;
    expect(refused).toMatchObject({ code: 'STORE_READONLY', details: { moved_to: there.location } });
    expect(store.state.notices()).toEqual([]);

    const shared = await openAt(place.url, { ...paths, state: `${paths.state}-2` });
    const names = new Set((await shared.reader.heads({ limit: 10_000 })).items.map(({ name }) => name));
    for (const name of answered) expect(names).toContain(name);
    expect(await logOf(there)).toEqual(await logOf(from));
    await shared.writer.commit(puts({ a: 'in the database' }));
    expect(await refusal(copyStore({ from, to: there, ...plainly }))).toMatchObject({ code: 'VERSION_CONFLICT' });

    // And home again: now the database is the one that is left.
    expect(await refusal(copyStore({ from: place.open(), to: from, ...plainly }))).toMatchObject({
      code: 'STORE_READONLY',
    });
    await copyStore({ from: place.open(), to: from, drafts: true, move: true });
    expect(await refusal(shared.writer.commit(puts({ a: 'too late' })))).toMatchObject({
      code: 'STORE_READONLY',
      details: { moved_to: from.location },
    });
    const { message, author } = puts({});
    const draft = { name: 'a', bytes: Buffer.from('x'), mediaType: 'text/plain', baseVersion: 5, message, author };
    expect(await refusal(shared.drafts.save(draft))).toMatchObject({ code: 'STORE_READONLY' });
    await store.writer.commit(puts({ a: 'in files again' }));
    expect((await store.maintenance.verify({})).findings).toEqual([]);
    expect(await logOf(there)).toEqual((await logOf(from)).slice(0, -1));
  });
});
