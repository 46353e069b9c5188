import { describe, expect, it } from 'vitest';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { validateConfig } from '../../../src/verbs/configs/validate-config.ts';
import { openContext, refusal } from './open-context.ts';

const name = 'claude-desktop/default';
const token = `ghp_${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bD1fG3hJ5'}`;

describe('validate', () => {
  it('finds nothing wrong with good content, and writes nothing', async () => {
    const { ctx, store } = await openContext();
    expect(await validateConfig(ctx, { json: { theme: 'dark' } })).toMatchObject({ valid: true, errors: [] });
    expect((await store.state.status()).head).toBeUndefined();
  });

  it('names place and rule of a credential, never its value', async () => {
    const { ctx } = await openContext();
    const result = await validateConfig(ctx, { json: { env: { GITHUB_TOKEN: token } } });
    expect(result).toMatchObject({ valid: false, errors: [{ code: 'SECRET_FOUND', path: '/env/GITHUB_TOKEN' }] });
    expect(JSON.stringify(result)).not.toContain(token.slice(0, 12));
  });

  it('answers broken content with findings, not with failure', async () => {
    const { ctx } = await openContext();
    expect(await validateConfig(ctx, { content: '{"a":1', mediaType: 'application/json' })).toMatchObject({
      valid: false,
      errors: [{ code: 'CONTENT_INVALID' }],
    });
    expect(await validateConfig(ctx, { json: { a: '\uD800' } })).toMatchObject({
      valid: false,
      errors: [{ code: 'CONTENT_INVALID', path: '/a' }],
    });
  });

  it('checks a stored version, a draft, and content as the newest version is read', async () => {
    const { ctx } = await openContext({ allowSecrets: true });
    await putConfig(ctx, { name, json: { env: { GITHUB_TOKEN: token } } });
    await putConfig(ctx, { name, json: { a: 1 } });
    await putConfig(ctx, { name, json: { env: { GITHUB_TOKEN: token } }, draft: true });
    expect((await validateConfig(ctx, { name })).valid).toBe(true);
    expect((await validateConfig(ctx, { name, version: 1 })).valid).toBe(false);
    expect((await validateConfig(ctx, { name, draft: true })).valid).toBe(false);
    expect((await validateConfig(ctx, { name, content: '{' })).valid).toBe(false);
    expect((await validateConfig(ctx, { content: '{' })).valid).toBe(true);
  });

  it('asks for the name where the limits of an MCP client depend on it', async () => {
    const { ctx } = await openContext();
    const json = { mcpServers: { a: { command: 'node', args: ['server.js'] } } };
    const unnamed = await validateConfig(ctx, { json });
    expect(unnamed.warnings).toContainEqual({
      code: 'UNKNOWN_CLIENT',
      path: '',
      message: expect.stringContaining('give the name'),
    });
    expect(JSON.stringify(await validateConfig(ctx, { name, json }))).not.toContain('UNKNOWN_CLIENT');
  });

  it('refuses nothing and two things to check', async () => {
    const { ctx } = await openContext();
    for (const request of [
      {},
      { content: 'x', json: {} },
      { name, content: 'x', draft: true },
      { name, json: {}, version: 1 },
      { name, mediaType: 'text/plain' },
    ]) {
      expect((await refusal(validateConfig(ctx, request))).code).toBe('ARGUMENT_INVALID');
    }
    expect((await refusal(validateConfig(ctx, { name }))).code).toBe('NOT_FOUND');
  });
});
