import { expect, it } from 'vitest';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { probeServers } from '../../../src/verbs/servers/probe-servers.ts';
import { serversNamed } from '../../../src/verbs/servers/server-start.ts';
import type { Context } from '../../../src/verbs/shared/context.ts';
import { openContext, refusal } from '../configs/open-context.ts';
import { makeMachine } from './machine.ts';

const SERVERS = { mcpServers: { a: { type: 'stdio', command: 'x' } } };

it('of a store that is not ours nothing is written into a file, and no program is started', async () => {
  const machine = await makeMachine();
  await putConfig(machine.ctx, { name: 'team/base', json: SERVERS });
  const { ctx: foreign } = await openContext({
    paths: machine.ctx.installation.settings().paths,
    storeId: '0'.repeat(64),
  });
  const started: unknown[] = [];
  const probe = async (entry: unknown) => {
    started.push(entry);
    return { name: 'a', version: '1', tools: [], startMs: 1 };
  };
  const ctx: Context = { ...foreign, installation: { ...machine.ctx.installation, probe } };
  const { planId } = await planDeploy(ctx, { name: 'team/base', clients: ['cursor'] });
  for (const attempt of [
    applyDeploy(ctx, { planId }),
    serversNamed(ctx, 'team/base'),
    serversNamed(ctx, 'team/base/a'),
    probeServers(ctx, { servers: 'team/base' }),
    probeServers(ctx, {}),
  ])
    expect((await refusal(attempt)).code).toBe('KEY_UNTRUSTED');
  expect(started).toEqual([]);
  await expect(machine.read('.cursor/mcp.json')).rejects.toThrow('ENOENT');
});
