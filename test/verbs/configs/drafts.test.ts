import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import type { Store } from '../../../src/store/api/store.ts';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { diffConfigs } from '../../../src/verbs/configs/diff-configs.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { listConfigs } from '../../../src/verbs/configs/list-configs.ts';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { discardDraft } from '../../../src/verbs/drafts/discard-draft.ts';
import { publishDrafts } from '../../../src/verbs/drafts/publish-drafts.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { onEngine, onMemory } from '../../store/open-store.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'claude-code/settings';

/** The same context on the same store, with something happening right before or after it commits. */
function duringCommit(
  ctx: Context,
  store: Store,
  { before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
): Context {
  const commit: Store['writer']['commit'] = async (request) => {
    await before?.();
    const outcome = await store.writer.commit(request);
    await after?.();
    return outcome;
  };
  const writer = { commit, init: (options: Parameters<Store['writer']['init']>[0]) => store.writer.init(options) };
  const { reader, drafts, keys, maintenance, feed, state } = store;
  const racing: Store = { reader, writer, drafts, keys, maintenance, feed, state, close: () => store.close() };
  return { ...ctx, store: async () => racing };
}

describe.skipIf(onMemory)('a draft that somebody puts back who writes the storage', () => {
  const fileOf = (paths: { storage: string }, revision: number) =>
    join(paths.storage, 'drafts', sha256Hex(name), `${revision}.json`);

  it.each([
    ['discarded', (ctx: Context) => discardDraft(ctx, { name })],
    ['saved again', (ctx: Context) => putConfig(ctx, { name, json: { a: 2 }, draft: true })],
  ])('after it was %s is not published unless its digest is named', async (_, next) => {
    const { ctx, store, paths } = await openContext();
    const { digest } = await putConfig(ctx, { name, json: { a: 1 }, draft: true });
    const [older, newer] = [fileOf(paths, 1), fileOf(paths, 2)];
    const kept = readFileSync(older);
    expect((await store.drafts.list()).map(({ fromHere }) => fromHere)).toEqual([true]);
    await next(ctx);
    rmSync(newer);
    writeFileSync(older, kept);
    for (const request of [{}, { names: [name] }])
      expect(await refusal(publishDrafts(ctx, request))).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect((await store.drafts.get(name))?.fromHere).toBe(false);
    expect((await publishDrafts(ctx, { expected: [{ name, digest }] })).published).toHaveLength(1);
  });
});

describe('drafts', () => {
  it('are saved unsigned, read back unverified, and committed by publishing', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    const saved = await patchConfig(ctx, { name, patch: { b: 2 }, draft: true, message: 'add b' });
    expect(saved).toMatchObject({ created: true, draft: { revision: 1, baseVersion: 1 } });
    expect(saved).not.toHaveProperty('receipt');
    expect(saved.changes).toEqual([{ op: 'add', path: '/b', after: 2 }]);
    expect((await getConfig(ctx, { name })).content).toBe('{"a":1}');
    const draft = await getConfig(ctx, { name, draft: true });
    expect(draft).toMatchObject({ content: '{"a":1,"b":2}', verified: false });
    expect(draft).not.toHaveProperty('receipt');
    const published = await publishDrafts(ctx, { expected: [{ name, digest: saved.digest }] });
    expect(published.published).toEqual([
      { name, version: 2, digest: saved.digest, created: true, changes: saved.changes },
    ]);
    expect(published.receipt).not.toHaveProperty('name');
    expect(published.receipt).not.toHaveProperty('digest');
    expect((await store.reader.head(name))?.message).toBe('add b');
    expect(await store.drafts.has(name)).toBe(false);
  });

  it('says when a draft cannot be published because there is a newer version', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    const fresh = await patchConfig(ctx, { name, patch: { b: 2 }, draft: true });
    expect(fresh.next?.advice).toEqual([
      { do: 'compare-draft', name },
      { do: 'publish-drafts', drafts: [{ name, digest: fresh.digest }] },
    ]);
    await putConfig(ctx, { name, json: { a: 3 } });
    const stale = await patchConfig(ctx, { name, patch: { c: 4 }, draft: true });
    expect(stale.next).toEqual({
      hint: expect.stringMatching(/newest version is 2 by now/),
      advice: [
        { do: 'compare-draft', name },
        { do: 'save-draft', name, expectedVersion: 2 },
      ],
    });
  });

  it('are built on by further patches and puts', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await patchConfig(ctx, { name, patch: { b: 2 }, draft: true });
    const second = await patchConfig(ctx, { name, patch: { c: 3 }, draft: true });
    expect(second.draft).toEqual({ revision: 2, baseVersion: 1 });
    expect((await getConfig(ctx, { name, draft: true })).content).toBe('{"a":1,"b":2,"c":3}');
    expect(await patchConfig(ctx, { name, patch: { c: 3 }, draft: true })).toMatchObject({
      created: false,
      draft: { revision: 2 },
    });
  });

  it('lose none of many patches made at once by several clients', async () => {
    const first = await openContext();
    await putConfig(first.ctx, { name, json: {} });
    const second = await openContext({ paths: first.paths });
    const keys = Array.from({ length: 8 }, (_, i) => `k${i}`);
    await Promise.all(
      keys.map((key, i) => patchConfig((i % 2 === 0 ? first : second).ctx, { name, patch: { [key]: i }, draft: true })),
    );
    const { content } = await getConfig(first.ctx, { name, draft: true });
    expect(Object.keys(JSON.parse(content) as object).sort()).toEqual(keys);
  });

  it('of names that are new are listed, compared and published', async () => {
    const { ctx } = await openContext();
    const saved = await putConfig(ctx, { name, json: { a: 1 }, draft: true });
    expect(saved.draft?.baseVersion).toBe(0);
    expect(await listConfigs(ctx, {})).toMatchObject({ configs: [], total: 0, draftsOnly: [name] });
    expect((await refusal(getConfig(ctx, { name }))).hint).toContain('draft');
    const diff = await diffConfigs(ctx, { name, draft: true });
    expect(diff).toMatchObject({ equal: false, changes: [{ op: 'add', path: '', after: { a: 1 } }] });
    expect(diff.from).toBeUndefined();
    expect((await publishDrafts(ctx, {})).published[0]).toMatchObject({ version: 1 });
  });

  it('are published several in one commit, or none', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name: 'a', json: { n: 1 } });
    await putConfig(ctx, { name: 'a', json: { n: 2 }, draft: true, message: 'raise' });
    await putConfig(ctx, { name: 'b', json: { n: 2 }, draft: true });
    await putConfig(ctx, { name: 'c', content: 'text', draft: true });
    await putConfig(ctx, { name: 'a', json: { n: 5 } });
    const before = (await store.state.status()).head?.index;
    const moved = await refusal(publishDrafts(ctx, {}));
    expect(moved).toMatchObject({ code: 'VERSION_CONFLICT', details: { name: 'a', version: 2, base_version: 1 } });
    expect((await store.state.status()).head?.index).toBe(before);
    expect((await store.drafts.list()).map((draft) => draft.name)).toEqual(['a', 'b', 'c']);
    await putConfig(ctx, { name: 'a', json: { n: 6 }, draft: true, message: 'raise', expectedVersion: 2 });
    const { published, receipt } = await publishDrafts(ctx, {});
    expect(published.map(({ name, version }) => `${name}@${version}`)).toEqual(['a@3', 'b@1', 'c@1']);
    expect(receipt.index).toBe((before ?? 0) + 1);
    expect((await store.reader.head('b'))?.message).toBe('a: raise');
    expect(await store.drafts.list()).toEqual([]);
  });

  it('are published only as they were reviewed', async () => {
    const { ctx, store } = await openContext();
    const { digest } = await putConfig(ctx, { name: 'a', json: { n: 1 }, draft: true });
    await putConfig(ctx, { name: 'a', json: { n: 2 }, draft: true });
    const changed = await refusal(publishDrafts(ctx, { expected: [{ name: 'a', digest }] }));
    expect(changed.code).toBe('VERSION_CONFLICT');
    const now = (await getConfig(ctx, { name: 'a', draft: true })).digest;
    await putConfig(ctx, { name: 'b', json: {}, draft: true });
    const unseen = await refusal(publishDrafts(ctx, { expected: [{ name: 'a', digest: now }] }));
    expect(unseen).toMatchObject({ code: 'VERSION_CONFLICT', details: { name: 'b' } });
    expect((await store.reader.heads({ limit: 1 })).total).toBe(0);
    await publishDrafts(ctx, { names: ['a'], expected: [{ name: 'a', digest: now }] });
    expect(await store.drafts.has('b')).toBe(true);
  });

  it('lose no change that another client makes while they are published', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { a: 2 }, draft: true });
    const racing = duringCommit(ctx, store, { before: () => putConfig(ctx, { name, json: { a: 3 } }) });
    expect(await refusal(publishDrafts(racing, {}))).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { version: 2 },
    });
    expect((await getConfig(ctx, { name })).content).toBe('{"a":3}');
    expect(await store.drafts.has(name)).toBe(true);
  });

  it('that are saved again while they are published stay, and are named', async () => {
    const { ctx, store } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 }, draft: true });
    const racing = duringCommit(ctx, store, { after: () => putConfig(ctx, { name, json: { a: 2 }, draft: true }) });
    const { published, next } = await publishDrafts(racing, {});
    expect(published).toMatchObject([{ version: 1 }]);
    expect(next?.hint).toContain(name);
    expect((await getConfig(ctx, { name })).content).toBe('{"a":1}');
    expect((await getConfig(ctx, { name, draft: true })).content).toBe('{"a":2}');
  });

  it('that equal the head are published without a new version', async () => {
    const { ctx, store } = await openContext();
    const { receipt } = await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { a: 1 }, draft: true });
    const result = await publishDrafts(ctx, {});
    expect(result.published).toMatchObject([{ version: 1, created: false, changes: [] }]);
    expect(result.receipt.commit).toBe(receipt?.commit);
    expect(await store.drafts.has(name)).toBe(false);
  });

  it('are refused by the policy like any content', async () => {
    const { ctx, store } = await openContext();
    expect(
      (await refusal(putConfig(ctx, { name, content: '{', mediaType: 'application/json', draft: true }))).code,
    ).toBe('CONTENT_INVALID');
    expect(await store.drafts.has(name)).toBe(false);
  });

  it('may be text where the version before is JSON, and says so; broken JSON is refused', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    const saved = await putConfig(ctx, { name, content: 'notes to come', draft: true });
    expect(saved).toMatchObject({ mediaType: 'text/plain', summary: expect.stringContaining('taken as text/plain') });
    expect(saved.notices?.map(({ code }) => code)).toContain('MEDIA_TYPE_CHANGED');
    expect(
      (
        await refusal(
          putConfig(ctx, { name: 'b', json: {} }).then(() =>
            putConfig(ctx, { name: 'b', content: '{"a":', draft: true }),
          ),
        )
      ).code,
    ).toBe('CONTENT_INVALID');
  });

  it('that nobody saved are not found, with those there are', async () => {
    const { ctx } = await openContext();
    expect((await refusal(publishDrafts(ctx, {}))).message).toContain('no drafts');
    await putConfig(ctx, { name: 'other', json: {}, draft: true });
    const missing = await refusal(publishDrafts(ctx, { names: [name] }));
    expect(missing.code).toBe('NOT_FOUND');
    expect(missing.hint).toContain('other');
    expect((await refusal(getConfig(ctx, { name, draft: true }))).code).toBe('NOT_FOUND');
    expect((await refusal(publishDrafts(ctx, { names: [] }))).code).toBe('ARGUMENT_INVALID');
    expect((await refusal(publishDrafts(ctx, { expected: [{ name: 'other', digest: 'abc' }] }))).code).toBe(
      'ARGUMENT_INVALID',
    );
  });

  it('are discarded once', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: {}, draft: true });
    expect(await discardDraft(ctx, { name })).toMatchObject({ discarded: true });
    expect(await discardDraft(ctx, { name })).toMatchObject({ discarded: false });
  });

  it('outlive a deletion, and then conflict', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { a: 2 }, draft: true });
    expect((await deleteConfig(ctx, { name })).next).toEqual({
      hint: expect.stringContaining('draft'),
      advice: [
        { do: 'restore', name, version: 1 },
        { do: 'discard-draft', name },
      ],
    });
    expect(await refusal(publishDrafts(ctx, {}))).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { version: 2, deleted: true },
    });
  });

  it('whose file is damaged are mended by saving another', async () => {
    const { ctx, paths } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 }, draft: true });
    await onEngine(paths, ({ drafts }) =>
      drafts.insert({ key: sha256Hex(name), revision: 2, body: Buffer.from('{"torn'), live: true }),
    );
    expect((await refusal(getConfig(ctx, { name, draft: true }))).code).toBe('CORRUPT');
    expect(await putConfig(ctx, { name, json: { a: 2 }, draft: true })).toMatchObject({ draft: { revision: 3 } });
    expect((await getConfig(ctx, { name, draft: true })).content).toBe('{"a":2}');
  });
});
