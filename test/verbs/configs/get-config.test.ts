import { describe, expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'claude-desktop/default';

describe('get', () => {
  it('reads the newest, a version, and a digest in full or by prefix', async () => {
    const { ctx } = await openContext();
    const first = await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { a: 2 } });
    expect(await getConfig(ctx, { name })).toMatchObject({ version: 2, content: '{"a":2}', verified: true });
    expect(await getConfig(ctx, { name, version: 1 })).toMatchObject({
      version: 1,
      content: '{"a":1}',
      verified: true,
    });
    for (const digest of [first.digest, first.digest.slice(0, 15), first.digest.slice(7, 20).toUpperCase()]) {
      expect(await getConfig(ctx, { digest })).toMatchObject({ name, version: 1, digest: first.digest });
    }
    const { receipt } = await getConfig(ctx, { name, version: 1 });
    expect(receipt).toMatchObject({ name, version: 1, digest: first.digest, commit: first.receipt?.commit });
  });

  it('is verified for a client that was there before the store was', async () => {
    const late = await openContext();
    const first = await openContext({ paths: late.paths });
    await putConfig(first.ctx, { name, json: {} });
    expect(await getConfig(late.ctx, { name })).toMatchObject({ version: 1, verified: true });
  });

  it('says where content ends that was asked for beyond its end', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, content: 'short' });
    expect(await getConfig(ctx, { name, offset: 9 })).toMatchObject({
      content: '',
      next: { hint: 'The content ends at character 5: read from an earlier one.' },
    });
    expect((await getConfig(ctx, { name, offset: 5 })).next).toBeUndefined();
  });

  it('gives long content in windows that name the version, and together are the whole', async () => {
    const { ctx } = await openContext();
    const content = '0123456789😀'.repeat(30);
    await putConfig(ctx, { name, content });
    let whole = '';
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const part: Awaited<ReturnType<typeof getConfig>> = await getConfig(ctx, {
        name,
        version: 1,
        offset,
        maxChars: 50,
      });
      expect(part.content.length).toBeLessThanOrEqual(50);
      expect(part).toMatchObject({
        truncated: part.next !== undefined,
        totalChars: content.length,
        size: Buffer.byteLength(content),
      });
      whole += part.content;
      const at: number = part.offset + part.content.length;
      if (part.next !== undefined) expect(part.next.advice).toEqual([{ do: 'read-on', name, version: 1, offset: at }]);
      offset = part.next === undefined ? undefined : at;
    }
    expect(whole).toBe(content);
  });

  it('suggests names that are near', async () => {
    const { ctx } = await openContext();
    expect((await refusal(getConfig(ctx, { name }))).advice).toEqual([{ do: 'put-config', name }]);
    await putConfig(ctx, { name, json: {} });
    await putConfig(ctx, { name: 'cursor/default', json: {} });
    expect((await refusal(getConfig(ctx, { name: 'claude-desktpo/default' }))).hint).toContain(name);
    expect((await refusal(getConfig(ctx, { name: 'cursor' }))).hint).toContain('cursor/default');
    expect((await refusal(getConfig(ctx, { name: 'zzzz' }))).advice).toEqual([{ do: 'list-configs', total: 2 }]);
  });

  it('names the range of versions, and what to do after a deletion', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: {} });
    expect(await refusal(getConfig(ctx, { name, version: 2 }))).toMatchObject({
      code: 'NOT_FOUND',
      details: { newest_version: 1 },
    });
    await deleteConfig(ctx, { name });
    for (const version of [undefined, 2]) {
      const deleted = await refusal(getConfig(ctx, { name, version }));
      expect(deleted.code).toBe('NOT_FOUND');
      expect([deleted.hint, deleted.advice]).toEqual([
        'Its history is still there.',
        [{ do: 'restore', name, version: 1 }],
      ]);
    }
    expect(await getConfig(ctx, { name, version: 1 })).toMatchObject({ content: '{}' });
  });

  it.each([
    [{}, 'ARGUMENT_INVALID'],
    [{ name, digest: 'sha256:0123456789' }, 'ARGUMENT_INVALID'],
    [{ name, draft: true, version: 1 }, 'ARGUMENT_INVALID'],
    [{ digest: 'sha256:0123' }, 'ARGUMENT_INVALID'],
    [{ digest: 'not a digest' }, 'ARGUMENT_INVALID'],
    [{ digest: '0123456789abcdef' }, 'NOT_FOUND'],
    [{ name: '../etc' }, 'NAME_INVALID'],
    [{ name, version: 0 }, 'ARGUMENT_INVALID'],
    [{ name, version: 1.5 }, 'ARGUMENT_INVALID'],
    [{ name, offset: -1 }, 'ARGUMENT_INVALID'],
    [{ name, maxChars: 0 }, 'ARGUMENT_INVALID'],
    [{ name, maxChars: 262_145 }, 'ARGUMENT_INVALID'],
  ])('refuses %j', async (request, code) => {
    const { ctx } = await openContext();
    expect((await refusal(getConfig(ctx, request))).code).toBe(code);
  });
});
