import { describe, expect, it } from 'vitest';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'cursor/default';

describe('patch', () => {
  it('merges into the head and keeps its layout', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, {
      name,
      content: '{\n  "b": {"x": 1, "y": 2},\n  "a": [1]\n}\n',
      mediaType: 'application/json',
    });
    const patched = await patchConfig(ctx, { name, patch: { b: { x: null, z: 3 } } });
    expect(patched).toMatchObject({ created: true, version: 2 });
    expect(patched.changes).toEqual([
      { op: 'remove', path: '/b/x', before: 1 },
      { op: 'add', path: '/b/z', after: 3 },
    ]);
    expect((await getConfig(ctx, { name })).content).toBe('{\n  "b": {"y": 2, "z": 3},\n  "a": [1]\n}\n');
  });

  it('patches YAML, and says when all of it is written again', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, content: '# head\na: &x {b: 1} # why\nc: *x\nd: 1\n', mediaType: 'application/yaml' });
    expect(await patchConfig(ctx, { name, patch: { d: 2 } })).not.toHaveProperty('warnings');
    expect((await getConfig(ctx, { name })).content).toBe('# head\na: &x {b: 1} # why\nc: *x\nd: 2\n');
    const again = await patchConfig(ctx, { name, patch: { c: { d: 3 } } });
    expect(again.warnings).toMatchObject([{ code: 'LAID_OUT_AGAIN' }]);
    expect(again.changes).toEqual([{ op: 'add', path: '/c/d', after: 3 }]);
  });

  it('a document put onto a laid-out text keeps its layout', async () => {
    const { ctx } = await openContext();
    const content = '{\n  // why\n  "b": 1,\n  "a": [1, 2]\n}\n';
    await putConfig(ctx, { name, content, mediaType: 'application/jsonc' });
    expect(await putConfig(ctx, { name, json: { a: [1, 2], b: 1 } })).toMatchObject({ created: false });
    await putConfig(ctx, { name, json: { a: [1, 2], b: 2 } });
    expect(await getConfig(ctx, { name })).toMatchObject({
      content: content.replace('"b": 1', '"b": 2'),
      mediaType: 'application/jsonc',
    });
  });

  it('makes no version where nothing changes', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    expect(await patchConfig(ctx, { name, patch: { a: 1, b: null } })).toMatchObject({ created: false, version: 1 });
  });

  it('loses none of many patches made at once by several clients', async () => {
    const first = await openContext({ client: 'one' });
    await putConfig(first.ctx, { name, json: {} });
    const second = await openContext({ client: 'two', paths: first.paths });
    const keys = Array.from({ length: 10 }, (_, i) => `k${i}`);
    await Promise.all(
      keys.map((key, i) => patchConfig((i % 2 === 0 ? first : second).ctx, { name, patch: { [key]: i } })),
    );
    const { content, version } = await getConfig(first.ctx, { name });
    expect(Object.keys(JSON.parse(content) as object).sort()).toEqual(keys);
    expect(version).toBe(11);
  });

  it('holds to an expected version', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { a: 2 } });
    expect(await refusal(patchConfig(ctx, { name, patch: { b: 1 }, expectedVersion: 1 }))).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: { version: 2 },
    });
    expect(await patchConfig(ctx, { name, patch: { b: 1 }, expectedVersion: 2 })).toMatchObject({ version: 3 });
  });

  it('refuses what is not JSON, not there, deleted, or no object', async () => {
    const { ctx } = await openContext();
    expect((await refusal(patchConfig(ctx, { name, patch: {} }))).code).toBe('NOT_FOUND');
    await putConfig(ctx, { name, content: 'a: 1\n', mediaType: 'text/plain' });
    const text = await refusal(patchConfig(ctx, { name, patch: { a: 2 } }));
    expect(text.code).toBe('CONTENT_INVALID');
    expect(text.message).toContain('text/plain');
    expect((await refusal(patchConfig(ctx, { name, patch: [] as unknown as Record<string, unknown> }))).code).toBe(
      'ARGUMENT_INVALID',
    );
    await deleteConfig(ctx, { name });
    const deleted = await refusal(patchConfig(ctx, { name, patch: { a: 2 } }));
    expect(deleted.code).toBe('NOT_FOUND');
    expect(deleted.advice).toEqual([{ do: 'restore', name, version: 1 }]);
  });

  it('keeps a member called __proto__ a member', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, content: '{"__proto__":{"a":1}}', mediaType: 'application/json' });
    await patchConfig(ctx, { name, patch: JSON.parse('{"__proto__":{"b":2}}') as Record<string, unknown> });
    expect((await getConfig(ctx, { name })).content).toBe('{"__proto__":{"a":1,"b":2}}');
  });
});
