// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { importClient } from '../../../src/verbs/clients/import-client.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { scanClients } from '../../../src/verbs/clients/scan-clients.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { refusal } from '../configs/open-context.ts';
import { type Machine, makeMachine } from './machine.ts';

const NAME = 'team/servers';
const SERVER = { type: 'stdio', command: 'x' };
const put = (machine: Machine, mcpServers: object = { a: SERVER }) =>
  putConfig(machine.ctx, { name: NAME, json: { mcpServers } });
async function deploy(machine: Machine, clients: readonly string[], project?: string) {
  const plan = await planDeploy(machine.ctx, { name: NAME, clients, project });
  const applied = await applyDeploy(machine.ctx, { planId: plan.planId });
  return { plan, states: applied.targets.map(({ state }) => state) };
}

describe('a project whose files are links out of it', () => {
  it.each([
    ['the file', '.mcp.json', 'claude-code'],
    ['its folder', '.cursor', 'cursor'],
  ])('%s: neither read nor written, and the others are done', async (_, link, client) => {
    const machine = await makeMachine();
    await put(machine);
    const other = JSON.stringify({ mcpServers: { private: { command: 'x' } } });
    await machine.write('elsewhere/mcp.json', other);
    await mkdir(machine.path('work'));
    await symlink(machine.path(link === '.cursor' ? 'elsewhere' : 'elsewhere/mcp.json'), machine.path(`work/${link}`));
    const project = machine.path('work');
    const { plan, states } = await deploy(machine, [client, 'vscode'], project);
    expect(states).toEqual(['refused', 'written']);
    expect(plan.targets[0]?.notes.join()).toContain('out of the project');
    expect(await machine.read('elsewhere/mcp.json')).toBe(other);
    const scanned = await scanClients(machine.ctx, { client, project });
    expect(JSON.stringify(scanned)).not.toContain('private');
    expect((await refusal(importClient(machine.ctx, { client, project }))).code).toBe('ARGUMENT_INVALID');
  });

  it('a project that is reached through a link, or has links within, is one like any other', async () => {
    const machine = await makeMachine();
    await put(machine);
    await machine.write('real/shared.json', '{}');
    await symlink(machine.path('real/shared.json'), machine.path('real/.mcp.json'));
    await symlink(machine.path('real'), machine.path('work'));
    expect((await deploy(machine, ['claude-code'], machine.path('work'))).states).toEqual(['written']);
    expect(await machine.read('real/shared.json')).toContain('"a"');
  });
});

it('a client that is only looked at is planned as refused, and its file stays', async () => {
  const machine = await makeMachine();
  await put(machine);
  const text = '{"mcpServers":{}}';
  await machine.write('.config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json', text);
  await machine.write('.factory/mcp.json', text);
  await machine.write('.continue/mcpServers/one.yaml', 'mcpServers: []\n');
  const { plan, states } = await deploy(machine, ['roo', 'factory', 'continue']);
  expect(states).toEqual(['refused', 'refused', 'refused']);
  for (const { notes } of plan.targets) expect(notes.join()).toContain('is looked at and never written');
  expect((await scanClients(machine.ctx, {})).clients.map(({ readOnly }) => readOnly)).toEqual([true, true, true]);
  expect(await machine.read('.factory/mcp.json')).toBe(text);
  expect(await machine.read('.continue/mcpServers/one.yaml')).toBe('mcpServers: []\n');
});

it('a folder in which no lock can be made refuses that one target', async () => {
  const machine = await makeMachine();
  await put(machine);
  const file = '.cline/data/settings/cline_mcp_settings.json';
  await machine.write(file, '{}');
  await machine.write(`${file}.lock`, 'a file, and no folder');
  await rm(machine.path(`${file}.lock`));
  await chmod(machine.path('.cline/data/settings'), 0o555);
  const { states } = await deploy(machine, ['cline', 'cursor']);
  await chmod(machine.path('.cline/data/settings'), 0o755);
  expect(states).toEqual([process.geteuid?.() === 0 ? 'written' : 'refused', 'written']);
});

describe('names that objects have from birth', () => {
  const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty'];

  it('are names of servers like any other', async () => {
    const machine = await makeMachine();
    const servers = (version: string) =>
      JSON.parse(
        `{${NAMES.map((name) => `"${name}":{"type":"stdio","command":"x","args":["${version}"]}`).join()}}`,
      ) as object;
    await put(machine, servers('1'));
    expect((await deploy(machine, ['cursor', 'codex', 'goose', 'continue'])).states).toEqual(
      Array.from({ length: 4 }, () => 'written'),
    );
    await put(machine, servers('2'));
    expect((await deploy(machine, ['cursor', 'codex', 'goose', 'continue'])).states).toEqual(
      Array.from({ length: 4 }, () => 'written'),
    );
    for (const { servers: found } of (await scanClients(machine.ctx, {})).clients)
      expect(found.map(({ name, owned, drift }) => [name, owned, drift])).toEqual(
        expect.arrayContaining(NAMES.map((name) => [name, true, undefined])),
      );
  });

  it('in a file of another are a conflict', async () => {
    const machine = await makeMachine();
    await machine.write(
      '.cursor/mcp.json',
      `{"mcpServers":{${NAMES.map((name) => `"${name}":{"command":"theirs","env":{"constructor":"1"}}`).join()}}}`,
    );
    await put(
      machine,
      JSON.parse(
        `{${NAMES.map((name) => `"${name}":{"type":"stdio","command":"theirs","env":{"toString":"\${env:A}"}}`).join()}}`,
      ) as object,
    );
    expect((await deploy(machine, ['cursor'])).states).toEqual(['conflict']);
  });
});

describe('what lies in the state folder', () => {
  it.each([
    ['no layers', (plan: Record<string, unknown>) => ({ ...plan, layers: undefined })],
    ['no request', (plan: Record<string, unknown>) => ({ ...plan, request: null })],
    ['targets that are none', (plan: Record<string, unknown>) => ({ ...plan, targets: [null, 1] })],
    ['a time that is none', (plan: Record<string, unknown>) => ({ ...plan, time: 'soon' })],
    ['a time to come', (plan: Record<string, unknown>) => ({ ...plan, time: '2999-01-01T00:00:00Z' })],
    ['another file', (plan: Record<string, unknown>) => ({ ...plan, request: { name: NAME, paths: ['/etc/passwd'] } })],
    [
      'a wider request',
      (plan: Record<string, unknown>) => ({ ...plan, request: { name: NAME, clients: ['cursor'], takeOver: true } }),
    ],
  ])('a plan with %s writes nothing', async (_, tampered) => {
    const machine = await makeMachine();
    await put(machine);
    const before = '{"mcpServers":{"a":{"command":"theirs"}}}';
    await machine.write('.cursor/mcp.json', before);
    const { planId } = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor'] });
    const file = join(machine.state, 'plans', `${planId}.json`);
    await writeFile(
      file,
      JSON.stringify(tampered(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>)),
    );
    const outcome = await applyDeploy(machine.ctx, { planId }).then(
      ({ targets }) => targets.map(({ state }) => state).join(),
      ({ code }: { code: string }) => code,
    );
    expect(outcome).toMatch(/^(?:PLAN_STALE|ARGUMENT_INVALID|stale)$/);
    expect(await machine.read('.cursor/mcp.json')).toBe(before);
  });

  it('a record of a deployment that is none is left out', async () => {
    const machine = await makeMachine();
    await put(machine);
    await deploy(machine, ['cursor']);
    const file = join(machine.state, 'deployments.jsonl');
    const [line = ''] = (await readFile(file, 'utf8')).trim().split('\n').slice(-1);
    const record = JSON.parse(line) as Record<string, unknown>;
    for (const more of [{ servers: { a: null } }, { servers: { a: { '/command': 1 } } }, { config: 7 }, { after: 1 }])
      await writeFile(file, `${JSON.stringify({ ...record, ...more })}\n`, { flag: 'a' });
    const { clients } = await scanClients(machine.ctx, { client: 'cursor' });
    expect(clients[0]).toMatchObject({ config: { name: NAME, version: 1 }, servers: [{ name: 'a', owned: true }] });
  });
});

it('a file that is gone since the plan is in the answer', async () => {
  const machine = await makeMachine();
  await put(machine);
  for (const editor of ['Code', 'VSCodium']) await machine.write(`.config/${editor}/User/mcp.json`, '{}');
  const { planId } = await planDeploy(machine.ctx, { name: NAME, clients: ['vscode'] });
  await rm(machine.path('.config/VSCodium/User/mcp.json'));
  const { targets } = await applyDeploy(machine.ctx, { planId });
  expect(targets.map(({ state }) => state)).toEqual(['written', 'stale']);
});

it('deep and large files are refused or done, and never end the others', async () => {
  const machine = await makeMachine();
  await put(machine);
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  await machine.write('.cursor/mcp.json', `{"x":${deep}}`);
  await machine.write('.codex/config.toml', `x = ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`);
  await machine.write('.config/goose/config.yaml', `x: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`);
  await machine.write('.kiro/settings/mcp.json', `{"mcpServers":{"b":{"command":"x","env":{"A":${deep}}}}}`);
  const { states } = await deploy(machine, ['cursor', 'codex', 'goose', 'kiro', 'warp']);
  expect(states.at(-1)).toBe('written');
  for (const state of states) expect(state).toMatch(/^(?:refused|written)$/);
  expect((await readdir(machine.home)).length).toBeGreaterThan(0);
});
