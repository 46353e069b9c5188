import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { sha256Hex } from '../../src/core/digest.ts';
import { puts } from '../store/temporary-var.ts';
import { accept, textOf } from '../trust/stores.ts';
import { refusal } from '../verbs/configs/open-context.ts';
import type { Binaries } from './binaries.ts';
import { machine, openAt, preparedPlace } from './installations.ts';
import { proxyTo } from './proxy.ts';
import { PostgresServer } from './server.ts';
import { DatabasePlace, inSchema } from './subject.ts';

const { current, binaries } = inject('postgres');

describe.skipIf(current === undefined)('while the database is away', () => {
  /** A store with two versions of `a` and one of `b`, behind a line that can be cut. */
  async function behindProxy() {
    const proxy = proxyTo(current ?? '');
    onTestFinished(proxy.close);
    const place = await preparedPlace(current ?? '', proxy.url);
    const paths = await machine();
    const store = await openAt(place.url, paths);
    for (const text of ['one', 'two']) await store.writer.commit(puts({ a: text }));
    await store.writer.commit(puts({ b: 'never read here' }));
    return { proxy, place, paths, store };
  }

  it('reads go on from what was verified here, and say since when', async () => {
    const { proxy, place, paths, store } = await behindProxy();
    const before = Date.now();
    proxy.block(true);
    const read = await store.reader.read('a');
    expect([textOf(read), read.verified, read.receipt.index]).toEqual(['two', true, 2]);
    const [notice] = read.notices;
    expect(notice).toMatchObject({ code: 'STORE_UNREACHABLE', severity: 'warning', advice: [{ do: 'check-storage' }] });
    const since = Date.parse(/not answered since (\S+)/.exec(notice?.message ?? '')?.[1] ?? '');
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(textOf(await store.reader.read('a', 1))).toBe('one');
    expect((await store.reader.heads({ limit: 10 })).items.map(({ name }) => name)).toEqual(['a', 'b']);
    expect((await store.state.status()).notices.map(({ code }) => code)).toContain('STORE_UNREACHABLE');

    // A process that starts now knows no more than the files of this installation.
    const fresh = await openAt(place.url, paths);
    const again = await fresh.reader.read('a');
    expect([textOf(again), again.verified]).toEqual(['two', true]);
    expect(again.notices.map(({ code }) => code)).toContain('STORE_UNREACHABLE');

    proxy.block(false);
    await expect.poll(async () => (await store.reader.read('a')).notices, { timeout: 10_000 }).toEqual([]);
    await store.writer.commit(puts({ a: 'three' }));
    await expect.poll(async () => (await fresh.reader.read('a')).notices, { timeout: 10_000 }).toEqual([]); // it asks by itself
    expect(textOf(await fresh.reader.read('a'))).toBe('three');
  });

  it('an artifact that was never read here is not to be had, nor one that was purged', async () => {
    const { proxy, place, paths, store } = await behindProxy();
    const { message, author } = puts({});
    const purge = { action: 'purge', digest: sha256Hex('one'), reason: 'test' } as const;
    await store.writer.commit({ changes: [purge], message, author });
    await store.close();
    const other = await openAt(place.url, { ...paths, state: `${paths.state}-of-another` });
    expect(textOf(await other.reader.read('a'))).toBe('two');
    await other.close();
    proxy.block(true);
    const fresh = await openAt(place.url, paths);
    expect(await refusal(fresh.reader.read('a', 1))).toMatchObject({ code: 'STORE_UNREADABLE' });
    const another = await openAt(place.url, { ...paths, state: `${paths.state}-of-another` });
    expect(textOf(await another.reader.read('a'))).toBe('two');
    expect(await refusal(another.reader.read('b'))).toMatchObject({
      code: 'STORE_UNREADABLE',
      message: expect.stringContaining('the database does not answer'),
    });
  });

  it('writes are refused with what to do, nothing is left of them, and they work again after', async () => {
    const { proxy, store } = await behindProxy();
    proxy.block(true);
    await new Promise((resolve) => setTimeout(resolve, 100)); // else it has not heard of it, and cannot know what came of it
    const refused = await refusal(store.writer.commit(puts({ a: 'three' })));
    expect(refused).toMatchObject({ code: 'STORE_BUSY', advice: [{ do: 'check-storage' }] });
    expect(refused.hint).toMatch(/Nothing was committed/);
    const draft = { name: 'a', bytes: Buffer.from('x'), mediaType: 'text/plain', baseVersion: 2 };
    const { message, author } = puts({});
    expect(await refusal(store.drafts.save({ ...draft, message, author }))).toMatchObject({
      code: expect.stringMatching(/STORE_(BUSY|UNREADABLE)/),
    });
    proxy.block(false);
    const { receipt } = await store.writer.commit(puts({ a: 'three' }));
    expect(receipt.index).toBe(4);
  });

  it('an installation that has never been there says so, and makes no store', async () => {
    const { proxy, place } = await behindProxy();
    proxy.block(true);
    expect(await refusal(openAt(place.url, await machine()))).toMatchObject({ code: 'STORE_UNREADABLE' });
  });
});

describe.skipIf(binaries === undefined)('a failover to a server that lacks commits', () => {
  it('is ROLLED_BACK, for a process that runs and for one that starts, until a person decides', async () => {
    const server = await PostgresServer.start(binaries as Binaries);
    onTestFinished(() => server.dispose());
    const place = new DatabasePlace(server.url());
    await place.prepare();
    const url = inSchema(server.url(), place.schema);
    const paths = await machine();
    const store = await openAt(url, paths);
    await store.writer.commit(puts({ a: 'one' }));
    await server.stop('SIGINT');
    execFileSync('cp', ['-a', server.data, `${server.data}-older`]);
    await server.run();
    await expect.poll(async () => (await store.reader.read('a')).notices, { timeout: 10_000 }).toEqual([]);
    for (const text of ['two', 'three']) await store.writer.commit(puts({ a: text }));

    await server.stop('SIGINT');
    renameSync(server.data, `${server.data}-lost`);
    renameSync(`${server.data}-older`, server.data);
    await server.run();
    await expect
      .poll(async () => (await store.reader.read('a')).notices.map(({ code }) => code), { timeout: 10_000 })
      .toContain('ROLLED_BACK');
    const read = await store.reader.read('a');
    expect([textOf(read), read.verified]).toEqual(['one', false]);
    expect(await refusal(store.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'ROLLED_BACK' });
    await store.close();
    const fresh = await openAt(url, paths);
    expect(await refusal(fresh.writer.commit(puts({ a: 'four' })))).toMatchObject({ code: 'ROLLED_BACK' });
    await accept(fresh, 'the standby had no more');
    await fresh.writer.commit(puts({ a: 'four' }));
    expect(textOf(await fresh.reader.read('a'))).toBe('four');
    expect((await fresh.maintenance.verify({})).findings).toEqual([]);
    rmSync(`${server.data}-lost`, { recursive: true });
  });
});
