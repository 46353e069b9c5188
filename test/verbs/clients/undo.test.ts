import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { removeServers } from '../../../src/verbs/clients/remove-servers.ts';
import { scanClients } from '../../../src/verbs/clients/scan-clients.ts';
import { undoDeploy } from '../../../src/verbs/clients/undo-deploy.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { type Machine, makeMachine } from './machine.ts';

const NAME = 'team/servers';
const CURSOR = '.cursor/mcp.json';
const program = (version: string) => ({
  type: 'stdio',
  command: 'npx',
  args: ['-y', `a@${version}`],
  env: { LEVEL: version },
});

async function deploy(machine: Machine, mcpServers: object, options: object = {}): Promise<void> {
  await putConfig(machine.ctx, { name: NAME, json: { mcpServers } });
  const { planId } = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor'], ...options });
  const { targets } = await applyDeploy(machine.ctx, { planId });
  expect(targets.map(({ state }) => state)).toEqual(['written']);
}

const servers = async (machine: Machine, file = CURSOR) =>
  (JSON.parse(await machine.read(file)) as { mcpServers: Record<string, unknown> }).mcpServers;

async function change(machine: Machine, work: (servers: Record<string, Record<string, unknown>>) => void) {
  const value = JSON.parse(await machine.read(CURSOR)) as { mcpServers: Record<string, Record<string, unknown>> };
  work(value.mcpServers);
  await machine.write(CURSOR, JSON.stringify(value));
}

async function removeCopies(machine: Machine): Promise<void> {
  const folder = dirname(machine.path(CURSOR));
  for (const name of await readdir(folder)) if (name.endsWith('.bak')) await rm(join(folder, name));
}

describe('undo, entry by entry', () => {
  it('takes back what was written, and keeps what a person did to the entry since', async () => {
    const machine = await makeMachine();
    await deploy(machine, { a: program('1.0.0') });
    await deploy(machine, { a: program('2.0.0') });
    await change(machine, ({ a }) => Object.assign(a ?? {}, { timeout: 30, env: { LEVEL: '2.0.0', MORE: 'mine' } }));
    expect((await undoDeploy(machine.ctx, { client: 'cursor' })).targets).toMatchObject([
      { how: 'entries', state: 'written' },
    ]);
    expect(await servers(machine)).toEqual({
      a: { command: 'npx', args: ['-y', 'a@1.0.0'], env: { LEVEL: '1.0.0', MORE: 'mine' }, timeout: 30 },
    });
    expect((await scanClients(machine.ctx, { client: 'cursor' })).clients[0]?.servers[0]).not.toHaveProperty('drift');
  });

  it('leaves a field that a person changed since', async () => {
    const machine = await makeMachine();
    await deploy(machine, { a: program('1.0.0') });
    await deploy(machine, { a: program('2.0.0') });
    await change(machine, ({ a }) => Object.assign(a ?? {}, { env: { LEVEL: 'by hand' } }));
    await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(await servers(machine)).toMatchObject({ a: { args: ['-y', 'a@1.0.0'], env: { LEVEL: 'by hand' } } });
  });

  it('brings back no entry that a person removed, leaves one that runs another program by now, and removes what was not there before', async () => {
    const machine = await makeMachine();
    await deploy(machine, { a: program('1.0.0'), b: program('1.0.0'), c: program('1.0.0') });
    await deploy(machine, { a: program('2.0.0'), b: program('2.0.0'), d: program('2.0.0') });
    await change(machine, (all) => {
      delete all['a'];
      all['b'] = { command: 'mine' };
      all['d'] = { command: 'mine too' };
      all['e'] = { command: 'x' };
    });
    const { targets } = await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(targets[0]?.notes.join('\n')).toMatch(/a was removed.*\n.*b runs another program/);
    expect(await readFile(targets[0]?.backup ?? '', 'utf8')).toContain('mine too');
    expect(await servers(machine)).toEqual({
      b: { command: 'mine' },
      c: { command: 'npx', args: ['-y', 'a@1.0.0'], env: { LEVEL: '1.0.0' } },
      e: { command: 'x' },
    });
  });

  it('gives an entry that was taken over its own program back, whatever its transport was', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, '{"mcpServers":{"a":{"url":"https://a.example.com/mcp","auth":{"scopes":[]}}}}');
    await deploy(machine, { a: program('1.0.0') }, { takeOver: ['a'] });
    await change(machine, (all) => {
      all['e'] = { command: 'x' };
    });
    await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(await servers(machine)).toMatchObject({ a: { url: 'https://a.example.com/mcp', auth: { scopes: [] } } });
    expect((await servers(machine))['a']).not.toHaveProperty('command');
  });

  it('without the copy takes away what the deployment added, and leaves what was there before', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, '{"mcpServers":{"a":{"command":"theirs"}}}');
    await deploy(machine, { a: program('1.0.0'), b: program('1.0.0') }, { takeOver: ['a'] });
    await removeCopies(machine);
    await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(Object.keys(await servers(machine))).toEqual(['a']);
  });
});

it('a client that writes while its copy is brought back loses nothing', async () => {
  const machine = await makeMachine();
  const path = await machine.write('.claude.json', '{"history": 1}');
  await deployTo(machine, 'claude-code');
  const raced = `{"history": 2, ${readFileSync(path, 'utf8').slice('{"history": 1,'.length)}`;
  const now = () => {
    writeFileSync(path, raced);
    return new Date();
  };
  const { targets } = await undoDeploy(machine.ctx, { client: 'claude-code' }, { now });
  expect(targets).toMatchObject([{ state: 'refused' }]);
  expect(await machine.read('.claude.json')).toBe(raced);
});

async function deployTo(machine: Machine, client: string, options: object = {}): Promise<void> {
  await putConfig(machine.ctx, { name: NAME, json: { mcpServers: { a: program('1.0.0') } } });
  const { planId } = await planDeploy(machine.ctx, { name: NAME, clients: [client], ...options });
  await applyDeploy(machine.ctx, { planId });
}

it('a file that two clients share is undone once', async () => {
  const machine = await makeMachine();
  const project = machine.path('work');
  await machine.write('work/.mcp.json', '{"mcpServers":{"mine":{"command":"x"}}}');
  await deployTo(machine, 'claude-code', { project });
  await putConfig(machine.ctx, { name: NAME, json: { mcpServers: { a: program('2.0.0') } } });
  const { planId } = await planDeploy(machine.ctx, { name: NAME, clients: ['claude-code'], project });
  await applyDeploy(machine.ctx, { planId });
  const { targets } = await undoDeploy(machine.ctx, { project });
  expect(targets.map(({ client }) => client)).toEqual(['claude-code']);
  expect(await servers(machine, 'work/.mcp.json')).toMatchObject({ a: { args: ['-y', 'a@1.0.0'] } });
  const [scanned] = (await scanClients(machine.ctx, { client: 'claude-code', project })).clients;
  expect(scanned?.servers.map(({ name, owned }) => [name, owned])).toEqual([
    ['mine', false],
    ['a', true],
  ]);
});

it('what is only forgotten leaves the file as it is, a byte order mark too', async () => {
  const machine = await makeMachine();
  await deploy(machine, { a: program('1.0.0') });
  const text = `\uFEFF${await machine.read(CURSOR)}`;
  await machine.write(CURSOR, text);
  await removeServers(machine.ctx, { keepFiles: true });
  expect(await machine.read(CURSOR)).toBe(text);
});
