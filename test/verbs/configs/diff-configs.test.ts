import { describe, expect, it } from 'vitest';
import { diffConfigs } from '../../../src/verbs/configs/diff-configs.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'claude-desktop/default';

describe('diff', () => {
  it('compares versions of a document value by value', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1, b: 2 } });
    await putConfig(ctx, { name, json: { a: 1, c: 3 } });
    const diff = await diffConfigs(ctx, { name, from: 1, to: 2 });
    expect(diff).toMatchObject({ equal: false, from: { name, version: 1 }, to: { name, version: 2 } });
    expect(diff.changes).toEqual([
      { op: 'remove', path: '/b', before: 2 },
      { op: 'add', path: '/c', after: 3 },
    ]);
    expect((await diffConfigs(ctx, { name, from: 1 })).to.version).toBe(2);
    expect((await diffConfigs(ctx, { name, to: 1 })).from?.version).toBe(2);
    expect(await diffConfigs(ctx, { name, from: 2, to: 2 })).toMatchObject({ equal: true });
  });

  it('shows the lines where only comments or layout differ', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    const diff = await diffConfigs(ctx, { name, content: '{ "a": 1 }' });
    expect(diff).toMatchObject({ equal: false, changes: [] });
    expect(diff.summary).toContain('only the layout differs');
    expect(diff.unified).toContain('+{ "a": 1 }');
    await putConfig(ctx, { name: 'v/mcp', content: '{\n  // approved\n  "a": 1\n}\n', mediaType: 'application/jsonc' });
    const stripped = await diffConfigs(ctx, { name: 'v/mcp', content: '{\n  "a": 1\n}\n' });
    expect(stripped).toMatchObject({ changes: [] });
    expect(stripped.summary).toContain('comments differ');
    expect(stripped.unified).toContain('-  // approved');
    const both = await diffConfigs(ctx, { name: 'v/mcp', content: '{\n  "a": 2\n}\n' });
    expect(both.changes).toHaveLength(1);
    expect(both.unified).toContain('-  // approved');
  });

  it('compares lines where that is asked for', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    const diff = await diffConfigs(ctx, { name, content: '{"a":2}', unified: true });
    expect(diff).not.toHaveProperty('changes');
    expect(diff.unified).toContain('-{"a":1}');
  });

  it('answers for content that takes the parser very long', async () => {
    const { ctx } = await openContext();
    let aliases = '';
    for (let i = 0; aliases.length < 250_000; i++) aliases += `- &a${i} x\n- *a${i}\n`;
    await putConfig(ctx, { name: 'y/y', content: 'a: 1', mediaType: 'application/yaml' });
    await putConfig(ctx, { name: 'y/y', content: aliases });
    const diff = await diffConfigs(ctx, { name: 'y/y', from: 1, to: 2 });
    expect(diff.unified).toContain('-a: 1');
  });

  it('shows lines of other text, and of documents that are damaged', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, content: 'one\ntwo\nthree\n' });
    const { unified, changes } = await diffConfigs(ctx, { name, content: 'one\n2\nthree\n' });
    expect(changes).toBeUndefined();
    expect(unified).toContain(`--- ${name}@1`);
    expect(unified).toContain('-two\n+2\n');
    await putConfig(ctx, { name, json: { a: 1 } });
    expect((await diffConfigs(ctx, { name, content: '{"a":1' })).unified).toContain('-{"a":1}');
  });

  it('says that content is binary', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, content: '/wA=', encoding: 'base64' });
    expect(await diffConfigs(ctx, { name, content: 'text' })).toMatchObject({ equal: false, binary: true });
  });

  it('compares with another config and with a draft', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name: 'other', content: 'a: 2\n', mediaType: 'application/yaml' });
    await putConfig(ctx, { name, json: { a: 3 }, draft: true });
    expect((await diffConfigs(ctx, { name, toName: 'other' })).changes).toEqual([
      { op: 'replace', path: '/a', before: 1, after: 2 },
    ]);
    const draft = await diffConfigs(ctx, { name, draft: true });
    expect(draft.changes).toEqual([{ op: 'replace', path: '/a', before: 1, after: 3 }]);
    expect(draft.to).not.toHaveProperty('version');
  });

  it('cuts what is very long unless all is asked for', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, content: 'a\n' });
    const content = 'b'.repeat(200_000);
    const cut = await diffConfigs(ctx, { name, content });
    expect(cut).toMatchObject({ truncated: true });
    expect(cut.unified?.length).toBe(100_000);
    const full = await diffConfigs(ctx, { name, content, full: true });
    expect(full).not.toHaveProperty('truncated');
    expect(full.unified?.length).toBeGreaterThan(200_000);
  });

  it('refuses nothing and two things to compare with', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: {} });
    for (const request of [
      {},
      { to: 1, draft: true },
      { toName: 'other', content: 'x' },
      { draft: true, content: 'x' },
      { from: 0 },
    ]) {
      expect((await refusal(diffConfigs(ctx, { name, ...request }))).code).toBe('ARGUMENT_INVALID');
    }
    expect((await refusal(diffConfigs(ctx, { name, to: 7 }))).code).toBe('NOT_FOUND');
    expect((await refusal(diffConfigs(ctx, { name: 'nobody', content: '' }))).code).toBe('NOT_FOUND');
  });
});
