import { describe, expect, it } from 'vitest';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { openContext } from './open-context.ts';

const name = 'claude-desktop/default';
const pinned = { command: 'npx', args: ['-y', '@scope/server@1.2.3'] };

describe('a write of MCP server entries', () => {
  it('remarks on what it brought, and not on what stood there before', async () => {
    const { ctx } = await openContext();
    const first = await putConfig(ctx, { name, json: { mcpServers: { a: { command: 'npx', args: ['server'] } } } });
    expect(first.warnings).toMatchObject([{ code: 'UNPINNED_PACKAGE', path: '/mcpServers/a/args' }]);
    const second = await patchConfig(ctx, { name, patch: { mcpServers: { b: pinned } } });
    expect(second).not.toHaveProperty('warnings');
    const env = { TOKEN: `\${env:TOKEN}` };
    const third = await patchConfig(ctx, { name, patch: { mcpServers: { b: { env } } }, draft: true });
    expect(third.warnings).toMatchObject([{ code: 'VARIABLE_NOT_EXPANDED', path: '/mcpServers/b/env/TOKEN' }]);
  });

  it('says what cannot work, and stores it all the same', async () => {
    const { ctx } = await openContext();
    const stored = await putConfig(ctx, { name, json: { mcpServers: { a: { comand: 'npx' } } } });
    expect(stored).toMatchObject({ created: true, warnings: [{ code: 'MISSING_COMMAND', path: '/mcpServers/a' }] });
    expect(await putConfig(ctx, { name, json: { mcpServers: { a: { comand: 'npx' } } } })).not.toHaveProperty(
      'warnings',
    );
  });

  it('has at most ten remarks', async () => {
    const { ctx } = await openContext();
    const mcpServers = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`s${i}`, {}]));
    expect((await putConfig(ctx, { name, json: { mcpServers } })).warnings).toHaveLength(10);
  });

  it('of anything else has none', async () => {
    const { ctx } = await openContext();
    expect(await putConfig(ctx, { name, content: 'the servers' })).not.toHaveProperty('warnings');
    expect(await putConfig(ctx, { name: 'x', json: { observers: [] } })).not.toHaveProperty('warnings');
  });
});
