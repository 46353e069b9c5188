import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/core/digest.ts';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'claude-desktop/default';

describe('put', () => {
  it('makes version 1 with a receipt, and reads back verified', async () => {
    const { ctx } = await openContext();
    const put = await putConfig(ctx, { name, json: { b: 1, a: 2 }, message: 'first' });
    const digest = `sha256:${sha256Hex('{"a":2,"b":1}')}`;
    expect(put).toMatchObject({ created: true, version: 1, digest, receipt: { name, version: 1, digest } });
    expect(put.changes).toEqual([{ op: 'add', path: '', after: { a: 2, b: 1 } }]);
    const got = await getConfig(ctx, { name });
    expect(got).toMatchObject({
      content: '{"a":2,"b":1}',
      mediaType: 'application/json',
      verified: true,
      truncated: false,
      digest,
    });
    expect(got.receipt?.commit).toBe(put.receipt?.commit);
  });

  it('makes no version of equal content, but one of another media type', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1 } });
    const again = await putConfig(ctx, { name, content: '{"a":1}' });
    expect(again).toMatchObject({ created: false, version: 1, changes: [] });
    expect(again.receipt).toMatchObject({ version: 1 });
    const other = await putConfig(ctx, { name, content: '{"a":1}', mediaType: 'text/plain' });
    expect(other).toMatchObject({ created: true, version: 2, changes: [] });
  });

  it('says what changed against the version before', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name, json: { a: 1, b: [1, 2] } });
    const { changes, summary } = await putConfig(ctx, { name, json: { a: 2, b: [1, 2] } });
    expect(changes).toEqual([{ op: 'replace', path: '/a', before: 1, after: 2 }]);
    expect(summary).toContain('version 2');
  });

  it('keeps text and binary content byte for byte', async () => {
    const { ctx } = await openContext();
    await putConfig(ctx, { name: 'notes/a', content: '\uFEFFone\r\ntwo' });
    expect(await getConfig(ctx, { name: 'notes/a' })).toMatchObject({
      content: '\uFEFFone\r\ntwo',
      encoding: 'utf-8',
      mediaType: 'text/plain',
    });
    await putConfig(ctx, { name: 'notes/b', content: '/wA=', encoding: 'base64' });
    expect(await getConfig(ctx, { name: 'notes/b' })).toMatchObject({
      content: '/wA=',
      encoding: 'base64',
      mediaType: 'application/octet-stream',
      size: 2,
    });
  });

  it('holds an expected version against the head, tombstones included', async () => {
    const { ctx } = await openContext();
    const missing = await refusal(putConfig(ctx, { name, json: {}, expectedVersion: 1 }));
    expect(missing).toMatchObject({ code: 'VERSION_CONFLICT', details: { version: 0 } });
    await putConfig(ctx, { name, json: {}, expectedVersion: 0 });
    const { digest } = await putConfig(ctx, { name, json: { a: 1 }, expectedVersion: 1 });
    const late = await refusal(putConfig(ctx, { name, json: { b: 1 }, expectedVersion: 1 }));
    expect(late).toMatchObject({ code: 'VERSION_CONFLICT', details: { version: 2, digest, deleted: false } });
    expect(late.advice).toEqual([{ do: 'merge', name, newest: 2, expectedVersion: 2 }]);
    expect((await refusal(putConfig(ctx, { name, json: {}, expectedVersion: 0 }))).code).toBe('VERSION_CONFLICT');
    await deleteConfig(ctx, { name });
    expect(await putConfig(ctx, { name, json: { a: 1 }, expectedVersion: 0 })).toMatchObject({
      created: true,
      version: 4,
    });
  });

  it('lets exactly one of two racing clients win', async () => {
    const first = await openContext({ client: 'one' });
    await putConfig(first.ctx, { name, json: { n: 0 } });
    const second = await openContext({ client: 'two', paths: first.paths });
    const outcomes = await Promise.allSettled(
      [first, second].map(({ ctx }, n) => putConfig(ctx, { name, json: { n: n + 1 }, expectedVersion: 1 })),
    );
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')?.reason).toMatchObject({
      code: 'VERSION_CONFLICT',
    });
    expect((await getConfig(first.ctx, { name })).version).toBe(2);
  });

  it('refuses what the policy refuses, and stores nothing', async () => {
    const { ctx, store } = await openContext({ maxContentBytes: 100 });
    const secret = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bD1fG3hJ5'}`;
    const found = await refusal(putConfig(ctx, { name, json: { env: { GITHUB_TOKEN: secret } } }));
    expect(found.code).toBe('SECRET_FOUND');
    expect(JSON.stringify([found.message, found.hint, found.details])).not.toContain(secret.slice(0, 12));
    expect((await refusal(putConfig(ctx, { name, content: '{', mediaType: 'application/json' }))).code).toBe(
      'CONTENT_INVALID',
    );
    expect((await refusal(putConfig(ctx, { name, content: 'x'.repeat(101) }))).code).toBe('CONTENT_TOO_LARGE');
    expect((await refusal(putConfig(ctx, { name: 'Bad Name', json: {} }))).code).toBe('NAME_INVALID');
    expect((await refusal(putConfig(ctx, { name, json: {}, message: 'x'.repeat(2_001) }))).code).toBe(
      'ARGUMENT_INVALID',
    );
    expect((await refusal(putConfig(ctx, { name, json: {}, expectedVersion: -1 }))).code).toBe('ARGUMENT_INVALID');
    expect((await store.state.status()).head).toBeUndefined();
    const allowed = await openContext({ allowSecrets: true });
    expect(await putConfig(allowed.ctx, { name, json: { env: { GITHUB_TOKEN: secret } } })).toMatchObject({
      created: true,
    });
  });
});
