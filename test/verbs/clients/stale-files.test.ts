import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { guide } from '../../../src/mcp/advice.ts';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { undoDeploy } from '../../../src/verbs/clients/undo-deploy.ts';
import { deleteConfig } from '../../../src/verbs/configs/delete-config.ts';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { restoreConfig } from '../../../src/verbs/configs/restore-config.ts';
import { publishDrafts } from '../../../src/verbs/drafts/publish-drafts.ts';
import { type Machine, makeMachine } from './machine.ts';

const name = 'cursor/default';
const docs = (url: string) => ({ mcpServers: { docs: { type: 'streamable-http', url } } });
const FIRST = docs('https://docs.example.com/mcp');
const SECOND = docs('https://docs.example.com/v2/mcp');
const OLD = "No client's file was changed by this: cursor still has version 1.";
const PLAN = `See what it would change with plan_deploy (name ${name}).`;

/** A machine with one version of the config, which is deployed. */
async function deployed(clients = ['cursor']): Promise<Machine> {
  const machine = await makeMachine();
  await putConfig(machine.ctx, { name, json: FIRST });
  const { planId } = await planDeploy(machine.ctx, { name, clients });
  await applyDeploy(machine.ctx, { planId });
  return machine;
}

const nextOf = ({ next }: { next?: Parameters<typeof guide>[0] | undefined }) => next && guide(next);

it('a put, a patch, a restore and a publication say which clients still have the old version', async () => {
  const { ctx } = await deployed(['cursor', 'codex']);
  const both = "No client's file was changed by this: cursor still has version 1, codex still has version 1.";
  expect(nextOf(await putConfig(ctx, { name, json: SECOND }))).toBe(`${both} ${PLAN}`);
  expect(nextOf(await putConfig(ctx, { name, json: SECOND }))).toBe(`${both} ${PLAN}`);
  expect(nextOf(await patchConfig(ctx, { name, patch: { mcpServers: { docs: null } } }))).toBe(`${both} ${PLAN}`);
  expect(nextOf(await restoreConfig(ctx, { name, version: 2 }))).toBe(`${both} ${PLAN}`);
  await patchConfig(ctx, { name, patch: { mcpServers: { docs: null } }, draft: true });
  expect(nextOf(await publishDrafts(ctx, {}))).toBe(`${both} ${PLAN}`);
});

it('nothing is said where the clients have that content, of another config, and of a draft', async () => {
  const { ctx } = await deployed();
  expect((await putConfig(ctx, { name: 'team/other', json: SECOND })).next).toBeUndefined();
  await putConfig(ctx, { name, json: SECOND });
  expect((await restoreConfig(ctx, { name, version: 1 })).next).toBeUndefined();
  const draft = await putConfig(ctx, { name, json: SECOND, draft: true });
  expect(nextOf(draft)).not.toContain('No client');
});

it('a deletion leaves the servers where they are, and says how to take them out', async () => {
  const { ctx } = await deployed();
  expect(nextOf(await deleteConfig(ctx, { name }))).toBe(
    `${OLD} Bring it back with restore_config (name ${name}, version 1). Take what was deployed back with undo_deploy (client cursor).`,
  );
});

it('a draft that remains is said as well', async () => {
  const { ctx } = await deployed();
  await putConfig(ctx, { name, json: docs('https://docs.example.com/v3/mcp'), draft: true });
  const next = nextOf(await putConfig(ctx, { name, json: SECOND }));
  expect(next).toContain(OLD);
  expect(next).toContain(`There is still a draft of ${name}`);
});

it('what was undone, and what is on another machine, is not said', async () => {
  const { ctx } = await deployed();
  expect((await putConfig({ ...ctx, isRemote: true }, { name, json: SECOND })).next).toBeUndefined();
  await undoDeploy(ctx, { client: 'cursor' });
  expect((await putConfig(ctx, { name, json: FIRST })).next).toBeUndefined();
});

it('a memory of deployments that is damaged fails no write', async () => {
  const { ctx, state } = await deployed();
  await appendFile(
    join(state, 'deployments.jsonl'),
    '\n{"id":"x","time":"","client":"","path":"a","phase":"done","servers":{}}\n',
  );
  await appendFile(join(state, 'deployments.jsonl'), '\n{"torn":');
  expect(nextOf(await putConfig(ctx, { name, json: SECOND }))).toBe(`${OLD} ${PLAN}`);
});

it('a change of a config that the deployed one builds on is said, until it is deployed again', async () => {
  const { ctx } = await makeMachine();
  const base = (url: string) => ({ mcpServers: { shared: { type: 'streamable-http', url } } });
  await putConfig(ctx, { name: 'team/base', json: base('https://a.example.com/mcp') });
  await putConfig(ctx, { name, json: { extends: ['team/base'], ...FIRST } });
  const deploy = async () =>
    applyDeploy(ctx, { planId: (await planDeploy(ctx, { name, clients: ['cursor'] })).planId });
  await deploy();
  const told = `No client's file was changed by this: cursor has ${name}, which builds on team/base, as it was before. ${PLAN}`;
  const changed = base('https://b.example.com/mcp');
  expect(nextOf(await putConfig(ctx, { name: 'team/base', json: changed }))).toBe(told);
  await deploy();
  expect(nextOf(await putConfig(ctx, { name: 'team/base', json: changed }))).toBeUndefined();
  expect(nextOf(await deleteConfig(ctx, { name: 'team/base' }))).toContain(`${told.split(' See')[0]}`);
});
