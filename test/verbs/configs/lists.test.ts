import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { listConfigs } from '../../../src/verbs/configs/list-configs.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { listHistory } from '../../../src/verbs/history/list-history.ts';
import { purgeArtifact } from '../../../src/verbs/store/purge-artifact.ts';
import { setArtifact } from '../../store/damage.ts';
import { openContext, refusal } from './open-context.ts';

describe('the list of configs', () => {
  it('is empty without a store', async () => {
    const { ctx } = await openContext();
    expect(await listConfigs(ctx, {})).toMatchObject({ configs: [], total: 0 });
  });

  it('has each newest version, without deleted ones unless asked', async () => {
    const { ctx } = await openContext();
    const put = await putConfig(ctx, { name: 'b/one', json: { a: 1 }, message: 'why' });
    await putConfig(ctx, { name: 'a/two', content: 'text' });
    await putConfig(ctx, { name: 'a/three', content: 'text' });
    await deleteConfig(ctx, { name: 'a/three' });
    await putConfig(ctx, { name: 'a/two', content: 'other', draft: true });
    const { configs, total } = await listConfigs(ctx, {});
    expect(total).toBe(2);
    expect(configs.map((config) => config.name)).toEqual(['a/two', 'b/one']);
    expect(configs[0]).toMatchObject({ hasDraft: true, deleted: false, mediaType: 'text/plain', size: 4 });
    expect(configs[1]).toMatchObject({
      version: 1,
      digest: put.digest,
      message: 'why',
      time: put.receipt?.time,
      hasDraft: false,
    });
    expect((await listConfigs(ctx, { prefix: 'a/' })).configs.map((config) => config.name)).toEqual(['a/two']);
    const all = await listConfigs(ctx, { prefix: 'a/', includeDeleted: true });
    expect(all.configs.map((config) => [config.name, config.deleted])).toEqual([
      ['a/three', true],
      ['a/two', false],
    ]);
  });

  it('says so when all that was there is deleted', async () => {
    const { ctx } = await openContext();
    const { location } = await (await ctx.store()).state.status();
    const none = { hint: `There is no store yet at ${location}.`, advice: [{ do: 'put-config' }] };
    expect((await listConfigs(ctx, {})).next).toEqual(none);
    await putConfig(ctx, { name: 'a', json: {} });
    await deleteConfig(ctx, { name: 'a' });
    expect((await listConfigs(ctx, {})).next).toEqual({
      hint: '1 config was deleted.',
      advice: [{ do: 'list-configs', includeDeleted: true }],
    });
    expect((await listConfigs(ctx, { prefix: 'b' })).next).toEqual({
      hint: 'No config name starts with "b".',
      advice: [{ do: 'list-configs' }],
    });
  });

  it('comes in pages that together are the whole', async () => {
    const { ctx } = await openContext();
    const names = Array.from({ length: 7 }, (_, i) => `n${i}`);
    await Promise.all(names.map((name) => putConfig(ctx, { name, json: {} })));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listConfigs(ctx, { limit: 3, cursor });
      expect(page.total).toBe(7);
      seen.push(...page.configs.map((config) => config.name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(names);
  });

  it('treats characters of patterns in a prefix as themselves', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'a_b', json: {} });
    await putConfig(ctx, { name: 'axb', json: {} });
    expect((await listConfigs(ctx, { prefix: 'a_' })).configs.map((config) => config.name)).toEqual(['a_b']);
    expect((await listConfigs(ctx, { prefix: '%' })).total).toBe(0);
  });

  it.each([{ cursor: 'nonsense' }, { cursor: '' }, { limit: 0 }, { limit: 201 }, { limit: 1.5 }])(
    'refuses %j',
    async (request) => {
      const { ctx } = await openContext();
      expect((await refusal(listConfigs(ctx, request))).code).toBe('ARGUMENT_INVALID');
    },
  );

  it("does not take a history's cursor", async () => {
    const { ctx } = await openContext();
    for (let n = 0; n < 3; n++) await putConfig(ctx, { name: 'a', json: { n } });
    const { nextCursor } = await listHistory(ctx, { name: 'a', limit: 1 });
    expect(nextCursor).toBeDefined();
    expect((await refusal(listConfigs(ctx, { cursor: nextCursor }))).code).toBe('ARGUMENT_INVALID');
  });
});

describe('a history', () => {
  it('is newest first, with who, why, which key and the verdict', async () => {
    const { ctx } = await openContext({ client: 'claude-ai' });
    await putConfig(ctx, { name: 'a', json: { n: 1 }, message: 'one' });
    await putConfig(ctx, { name: 'a', json: { n: 2 } });
    const { receipt } = await restoreConfig(ctx, { name: 'a', version: 1, message: 'back' });
    await deleteConfig(ctx, { name: 'a' });
    const { versions, total } = await listHistory(ctx, { name: 'a' });
    expect(total).toBe(4);
    expect(versions.map(({ version, action, verified }) => [version, action, verified])).toEqual([
      [4, 'delete', 'ok'],
      [3, 'restore', 'ok'],
      [2, 'put', 'ok'],
      [1, 'put', 'ok'],
    ]);
    expect(versions[1]).toMatchObject({
      restoredFrom: 1,
      message: 'back',
      commit: receipt?.commit,
      keyId: receipt?.keyId,
      index: receipt?.index,
      author: { name: 'claude-ai', version: '1.0.0', via: 'mcp' },
    });
  });

  it('says of which versions the content was purged, is damaged, or is gone', async () => {
    const { ctx, paths } = await openContext();
    const long = 'x'.repeat(70_000);
    for (const content of ['one', 'two', 'three', long, 'five']) await putConfig(ctx, { name: 'a', content });
    await purgeArtifact(ctx, { digest: `sha256:${sha256Hex('one')}`, reason: 'test' });
    setArtifact(paths, 'two', 'other');
    setArtifact(paths, 'three', undefined);
    setArtifact(paths, long, undefined);
    const { versions } = await listHistory(ctx, { name: 'a' });
    expect(versions.map(({ verified }) => verified)).toEqual(['ok', 'corrupt', 'corrupt', 'corrupt', 'purged']);
  });

  it('comes in pages that together are the whole', async () => {
    const { ctx } = await openContext();
    for (let n = 0; n < 5; n++) await putConfig(ctx, { name: 'a', json: { n } });
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await listHistory(ctx, { name: 'a', limit: 2, cursor });
      seen.push(...page.versions.map((version) => version.version));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  it('of an unknown name suggests another', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'claude', json: {} });
    expect(await refusal(listHistory(ctx, { name: 'cluade' }))).toMatchObject({
      code: 'NOT_FOUND',
      hint: 'Did you mean claude?',
    });
    expect((await refusal(listHistory(ctx, { name: 'claude', cursor: 'x' }))).code).toBe('ARGUMENT_INVALID');
  });
});
