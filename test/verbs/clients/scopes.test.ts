// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { mkdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { importClient } from '../../../src/verbs/clients/import-client.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { removeServers } from '../../../src/verbs/clients/remove-servers.ts';
import { scanClients } from '../../../src/verbs/clients/scan-clients.ts';
import { undoDeploy } from '../../../src/verbs/clients/undo-deploy.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { type Machine, makeMachine } from './machine.ts';

const CLAUDE = '.claude.json';
const NAME = 'team/servers';
const DOCS = { type: 'streamable-http', url: 'https://docs.example.com/mcp' };

/** A machine whose Claude Code has servers for the user, in a project's file, and of its own for that project. */
async function withProject(): Promise<Machine & { readonly project: string; readonly before: string }> {
  const machine = await makeMachine();
  const project = machine.path('work/site');
  await mkdir(project, { recursive: true });
  const before = `{
  "numStartups": 7,
  "mcpServers": { "mine": { "command": "x" }, "docs": { "command": "old" } },
  "projects": {
    "/elsewhere": { "mcpServers": { "other": { "command": "o" } }, "history": ["a"] },
    ${JSON.stringify(project)}: {
      "allowedTools": [],
      "mcpServers": {
        "here": { "type": "stdio", "command": "y", "env": { "MY_TOKEN": "Zk7pQ2mX9rLt4VnB8wYc" } }
      },
      "disabledMcpServers": ["here"]
    }
  }
}
`;
  await machine.write(CLAUDE, before);
  return { ...machine, project, before };
}

describe('the list that Claude Code has for one project', () => {
  it('is looked at and taken in with the project, and not without it', async () => {
    const { ctx, project, read, before } = await withProject();
    const user = await scanClients(ctx, { client: 'claude-code' });
    expect(user.clients.map(({ scope, servers }) => [scope, servers.map(({ name }) => name)])).toEqual([
      ['user', ['mine', 'docs']],
    ]);
    const { clients } = await scanClients(ctx, { client: 'claude-code', project });
    expect(clients.map(({ scope, state }) => [scope, state])).toEqual([
      ['project', 'missing'],
      ['local', 'ok'],
    ]);
    expect(clients[1]?.servers).toMatchObject([{ name: 'here', owned: false, enabled: false }]);
    const imported = await importClient(ctx, { client: 'claude-code', project, name: NAME });
    expect(imported).toMatchObject({ refused: [{ server: 'here', variable: 'MY_TOKEN' }], leftOut: [] });
    expect(JSON.parse((await getConfig(ctx, { name: NAME })).content)).toEqual({
      mcpServers: { here: { type: 'stdio', command: 'y', env: { MY_TOKEN: '${env:MY_TOKEN}' } } },
    });
    expect(await read(CLAUDE)).toBe(before);
  });

  it('is written where its file is named, apart from the list of the user, and taken back apart from it', async () => {
    const { ctx, project, read, write, path, before } = await withProject();
    await putConfig(ctx, { name: NAME, json: { mcpServers: { docs: DOCS } } });
    await putConfig(ctx, { name: 'team/all', json: { mcpServers: { all: DOCS } } });
    // Without its file only the file of the project is meant.
    const plan = await planDeploy(ctx, { name: NAME, clients: ['claude-code'], project });
    expect(plan.targets.map((target) => target.path)).toEqual([`${project}/.mcp.json`]);
    const local = await planDeploy(ctx, { name: NAME, paths: [path(CLAUDE)], project });
    expect(local.targets).toMatchObject([{ state: 'changes', changes: [{ op: '+', server: 'docs' }] }]);
    expect(local.targets[0]?.notes).toContain("docs is in the user's file of Claude Code too, and is hidden here");
    expect((await applyDeploy(ctx, local)).targets).toMatchObject([{ state: 'written' }]);
    const both = await planDeploy(ctx, { name: 'team/all', clients: ['claude-code'] });
    await applyDeploy(ctx, both);
    const data = JSON.parse(await read(CLAUDE)) as { mcpServers: object; projects: Record<string, unknown> };
    expect([Object.keys(data.mcpServers), data.projects[project]]).toMatchObject([
      ['mine', 'docs', 'all'],
      { allowedTools: [], mcpServers: { here: {}, docs: { type: 'http', url: DOCS.url } } },
    ]);
    // What is ours in one list is not ours in the other.
    const { clients } = await scanClients(ctx, { client: 'claude-code' });
    expect(clients[0]?.servers.filter(({ owned }) => owned).map(({ name }) => name)).toEqual(['all']);
    expect(clients[0]?.config?.name).toBe('team/all');
    // Where it was before it is meant again without a word; a version that drops the server takes it out there alone.
    await putConfig(ctx, { name: NAME, json: { mcpServers: { docs2: DOCS } } });
    const next = await planDeploy(ctx, { name: NAME, clients: ['claude-code'], project });
    expect(next.targets.map(({ state, changes }) => [state, changes.map(({ op, server }) => op + server)])).toEqual([
      ['changes', ['+docs2']],
      ['changes', ['+docs2', '-docs']],
    ]);
    const record = JSON.parse((await getConfig(ctx, { name: 'deployments/claude-code' })).content) as object;
    expect(record).toMatchObject({
      targets: [
        { file: '~/.claude.json', part: '/projects/~~1work~1site/mcpServers', servers: ['docs'] },
        { file: '~/.claude.json', servers: ['all'] },
      ],
    });
    await undoDeploy(ctx, { client: 'claude-code', project });
    await removeServers(ctx, { clients: ['claude-code'] });
    expect(await read(CLAUDE)).toBe(before);
    await write(CLAUDE, '{ "projects": [1] }');
    expect((await scanClients(ctx, { client: 'claude-code', project })).clients.map(({ scope }) => scope)).toEqual([
      'project',
    ]);
  });

  it('hides what is in the file of the project, and that is said', async () => {
    const { ctx, project } = await withProject();
    await putConfig(ctx, { name: NAME, json: { mcpServers: { here: DOCS, mine: DOCS } } });
    const { targets } = await planDeploy(ctx, { name: NAME, clients: ['claude-code'], project });
    expect(targets[0]?.notes).toEqual([
      "here is in the user's own list for this project of Claude Code too, and hides this one",
      "mine is in the user's file of Claude Code too, and is hidden here",
    ]);
  });
});

describe('lists that keep a server off', () => {
  it.each([
    ['excluded', { excluded: ['theirs'] }],
    ['allowed', { allowed: ['docs'] }],
  ])('mcp.%s of Gemini CLI counts in a scan and in a plan', async (_, mcp) => {
    const { ctx, write } = await makeMachine();
    await write('.gemini/settings.json', JSON.stringify({ mcp, mcpServers: { theirs: { command: 'x' } } }));
    const { clients } = await scanClients(ctx, { client: 'gemini-cli' });
    expect(clients[0]?.servers).toMatchObject([{ name: 'theirs', enabled: false }]);
    await putConfig(ctx, { name: NAME, json: { mcpServers: { docs: DOCS, theirs: { type: 'stdio', command: 'x' } } } });
    const { targets } = await planDeploy(ctx, { name: NAME, clients: ['gemini-cli'] });
    expect(targets[0]?.notes).toEqual(['theirs is kept off by mcp.allowed and mcp.excluded in the same file']);
  });
});

describe('inputs of VS Code', () => {
  const FILE = '.config/Code/User/mcp.json';
  const INPUT = '{ "id": "key", "type": "promptString", "password": true }';
  const ENTRY = { type: 'stdio', command: 'x', env: { API_KEY: '${input:key}' } };

  it('stay in the file, are referred to in the store, and are reported', async () => {
    const { ctx, write, read } = await makeMachine();
    const before = `{\n\t// asked for once\n\t"inputs": [${INPUT}],\n\t"servers": { "a": ${JSON.stringify(ENTRY)} }\n}\n`;
    await write(FILE, before);
    const { leftOut, refused } = await importClient(ctx, { client: 'vscode', name: NAME });
    expect([leftOut, refused]).toEqual([
      [{ server: 'a', what: 'the input "key" is asked for by the client: it stays in its file' }],
      [],
    ]);
    expect(JSON.parse((await getConfig(ctx, { name: NAME })).content)).toEqual({ mcpServers: { a: ENTRY } });
    const same = await planDeploy(ctx, { name: NAME, clients: ['vscode'] });
    expect(same.targets).toMatchObject([{ state: 'unchanged', losses: [], notes: [] }]);
    await putConfig(ctx, { name: NAME, json: { mcpServers: { a: ENTRY, docs: DOCS } } });
    await applyDeploy(ctx, await planDeploy(ctx, { name: NAME, clients: ['vscode'] }));
    expect(await read(FILE)).toContain(`// asked for once\n\t"inputs": [${INPUT}]`);
  });

  it('that a file does not define are said; other clients know none', async () => {
    const { ctx } = await makeMachine();
    await putConfig(ctx, { name: NAME, json: { mcpServers: { a: ENTRY } } });
    const { targets } = await planDeploy(ctx, { name: NAME, clients: ['vscode', 'cursor'] });
    expect(targets[0]?.notes).toContain('a refers to the input "key", which the file does not define');
    expect(targets[1]?.losses).toEqual([
      'VARIABLE_UNSUPPORTED: cursor: a.env.API_KEY: it refers to something that only another client knows',
    ]);
  });
});

describe('variables that Kiro has to be allowed', () => {
  const servers = {
    a: { type: 'stdio', command: 'x', env: { ONE: '${env:ONE}', TWO: '${env:TWO}' } },
  };

  it.each([
    ['nothing is approved', undefined, 'approve ONE, TWO,'],
    ['one is approved', { 'kiroAgent.mcpApprovedEnvVars': ['ONE'] }, 'approve TWO,'],
    ['one is approved, nested', { kiroAgent: { mcpApprovedEnvVars: ['TWO'] } }, 'approve ONE,'],
  ])('are named where %s', async (_, settings, says) => {
    const { ctx, write } = await makeMachine();
    if (settings !== undefined) await write('.kiro/settings/cli.json', JSON.stringify(settings));
    await putConfig(ctx, { name: NAME, json: { mcpServers: servers } });
    const { targets } = await planDeploy(ctx, { name: NAME, clients: ['kiro'] });
    expect(targets[0]?.notes.join()).toContain(says);
    expect(targets[0]?.notes.join()).toContain('Mcp Approved Env Vars');
  });

  it('are no matter once all are approved', async () => {
    const { ctx, write } = await makeMachine();
    await write('.kiro/settings/cli.json', '{"kiroAgent.mcpApprovedEnvVars":["TWO","ONE"]}');
    await putConfig(ctx, { name: NAME, json: { mcpServers: servers } });
    const { targets } = await planDeploy(ctx, { name: NAME, clients: ['kiro'] });
    expect(targets[0]?.notes.join()).not.toContain('approve');
  });
});
