// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WRITABLE } from '../../../src/clients/dialects/index.ts';
import { applyDeploy, deploy as runDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { importClient } from '../../../src/verbs/clients/import-client.ts';
import { installServer, planServerInstall } from '../../../src/verbs/clients/install-server.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { removeServers } from '../../../src/verbs/clients/remove-servers.ts';
import { scanClients } from '../../../src/verbs/clients/scan-clients.ts';
import { undoDeploy } from '../../../src/verbs/clients/undo-deploy.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { listConfigs } from '../../../src/verbs/configs/list-configs.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { LAYOUTS, livedIn } from '../../clients/lived-in.ts';
import { refusal } from '../configs/open-context.ts';
import { type Machine, makeMachine } from './machine.ts';

const NAME = 'team/servers';
const GITHUB = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@x/github@1.2.3'],
  env: { GITHUB_TOKEN: '${env:GITHUB_TOKEN}' },
};
const DOCS = { type: 'streamable-http', url: 'https://docs.example.com/mcp' };
const CURSOR = '.cursor/mcp.json';
const PERSONAL = `{
  "mcpServers": {
    "mine": { "command": "x", "env": { "SECRET_TOKEN": "Tk9tR4vQx2Lw8ZpY7bNc" } }
  }
}
`;

const put = (machine: Machine, mcpServers: object, more: object = {}, name = NAME) =>
  putConfig(machine.ctx, { name, json: { mcpServers, ...more } });
async function deploy(machine: Machine, clients: readonly string[], options: object = {}, name = NAME) {
  const plan = await planDeploy(machine.ctx, { name, clients, ...options });
  return { plan, applied: await applyDeploy(machine.ctx, { planId: plan.planId }) };
}
const states = ({ targets }: { targets: ReadonlyArray<{ state: string }> }) => targets.map(({ state }) => state);
const drift = async (machine: Machine, client = 'cursor') =>
  Object.fromEntries(
    (await scanClients(machine.ctx, { client })).clients.flatMap(({ servers }) =>
      servers.map((one) => [one.name, one.drift]),
    ),
  );

describe('import, put, plan, apply, drift, undo', () => {
  it('goes round, and ends with the exact old bytes', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, PERSONAL);
    const imported = await importClient(machine.ctx, { client: 'cursor' });
    expect(imported).toMatchObject({
      name: 'cursor/default',
      version: 1,
      refused: [{ server: 'mine', field: 'env.SECRET_TOKEN', variable: 'SECRET_TOKEN' }],
    });
    expect(await machine.read(CURSOR)).toBe(PERSONAL);
    const stored = JSON.parse((await getConfig(machine.ctx, { name: 'cursor/default' })).content) as {
      mcpServers: object;
    };
    expect(stored.mcpServers).toEqual({
      mine: { type: 'stdio', command: 'x', env: { SECRET_TOKEN: '${env:SECRET_TOKEN}' } },
    });
    // What was imported is there already: it is taken over without a byte being written.
    const same = await deploy(machine, ['cursor'], {}, 'cursor/default');
    expect([states(same.plan), states(same.applied)]).toEqual([['unchanged'], ['adopted']]);
    expect(await machine.read(CURSOR)).toBe(PERSONAL);
    await put(machine, { ...stored.mcpServers, github: GITHUB }, {}, 'cursor/default');
    const { plan, applied } = await deploy(machine, ['cursor'], {}, 'cursor/default');
    expect(plan.targets[0]?.changes.map(({ op, server }) => op + server)).toEqual(['+github']);
    expect(plan.targets[0]?.diff).toContain('+ github/env/GITHUB_TOKEN "${env:GITHUB_TOKEN}"');
    expect(states(applied)).toEqual(['written']);
    expect(await drift(machine)).toEqual({ mine: undefined, github: undefined });
    const written = await machine.read(CURSOR);
    expect(written).toContain('Tk9tR4vQx2Lw8ZpY7bNc');
    await machine.write(CURSOR, written.replace('@x/github@1.2.3', 'evil'));
    expect(await drift(machine)).toEqual({ mine: undefined, github: 'other-program' });
    await machine.write(CURSOR, written);
    const undone = await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(undone.targets).toMatchObject([{ state: 'written', how: 'backup' }]);
    expect(await machine.read(CURSOR)).toBe(PERSONAL);
  });

  it.each(WRITABLE.map((dialect) => [dialect.client, dialect] as const))(
    '%s: from a lived-in file and back',
    async (client, dialect) => {
      const machine = await makeMachine();
      const scanned = await scanClients(machine.ctx, { client });
      const path = scanned.clients[0]?.path.slice(machine.home.length + 1) ?? '';
      const before = livedIn(dialect, LAYOUTS['two spaces'] as (typeof LAYOUTS)[string]);
      await machine.write(path, before);
      const { env: _, ...bare } = GITHUB;
      await put(machine, { github: bare, ...(dialect.http && { docs: DOCS }) });
      const { applied } = await deploy(machine, [client]);
      expect(states(applied)).toEqual(['written']);
      const again = await deploy(machine, [client]);
      expect(states(again.applied)).toEqual(['unchanged']);
      expect(
        (await scanClients(machine.ctx, { client })).clients[0]?.servers
          .filter(({ owned }) => owned)
          .map(({ drift: one }) => one),
      ).toEqual(dialect.http ? [undefined, undefined] : [undefined]);
      await undoDeploy(machine.ctx, { client });
      expect(await machine.read(path)).toBe(before);
    },
  );
});

describe('ownership', () => {
  it('changes only its own fields: what a person added survives the next version', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB });
    await deploy(machine, ['kiro']);
    const file = '.kiro/settings/mcp.json';
    const text = await machine.read(file);
    await machine.write(
      file,
      text
        .replace('"command": "npx"', '"disabled": true, "autoApprove": ["a"], "command": "npx"')
        .replace('"${GITHUB_TOKEN}"', '"in-the-clear-1"'),
    );
    expect(await drift(machine, 'kiro')).toEqual({ github: undefined });
    await put(machine, { github: { ...GITHUB, args: ['-y', '@x/github@2.0.0'] } });
    const { applied, plan } = await deploy(machine, ['kiro']);
    expect(states(applied)).toEqual(['written']);
    expect(plan.targets[0]?.notes.join()).toContain('switched off');
    const after = await machine.read(file);
    for (const kept of ['"disabled": true', '"autoApprove": ["a"]', 'in-the-clear-1', '@x/github@2.0.0'])
      expect(after).toContain(kept);
    expect(JSON.stringify(plan)).not.toContain('in-the-clear-1');
  });

  it('of a removed server is a conflict, until it is put back or dropped', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB, docs: DOCS });
    await deploy(machine, ['cursor']);
    const removed = (await machine.read(CURSOR)).replace(/,\n {4}"github": \{[\s\S]*?\n {4}\}/, '');
    await machine.write(CURSOR, removed);
    expect(await drift(machine)).toEqual({ docs: undefined, github: 'missing' });
    const refused = await deploy(machine, ['cursor']);
    expect(states(refused.applied)).toEqual(['conflict']);
    expect(await machine.read(CURSOR)).toBe(removed);
    const restored = await deploy(machine, ['cursor'], { restore: true });
    expect(states(restored.applied)).toEqual(['written']);
    await put(machine, { docs: DOCS });
    const dropped = await deploy(machine, ['cursor']);
    expect(dropped.plan.targets[0]?.changes.map(({ op, server }) => op + server)).toEqual(['-github']);
    expect(JSON.parse(await machine.read(CURSOR))).toEqual({ mcpServers: { docs: { url: DOCS.url } } });
  });

  it('never takes an entry of another under the same name, unless that is said', async () => {
    const machine = await makeMachine();
    await machine.write(
      CURSOR,
      '{"mcpServers":{"github":{"command":"theirs","env":{"A_TOKEN":"aZ9kQ2mX7pLr4TnB8vWc"}}}}',
    );
    await put(machine, { github: GITHUB });
    const { applied, plan } = await deploy(machine, ['cursor']);
    expect(states(applied)).toEqual(['conflict']);
    expect(plan.targets[0]?.conflicts[0]?.message).toMatch(/import it, give this one another name, or take it over/);
    const taken = await deploy(machine, ['cursor'], { takeOver: ['github'] });
    expect(states(taken.applied)).toEqual(['written']);
    expect(JSON.stringify([plan, taken])).not.toContain('aZ9kQ2mX7pLr4TnB8vWc');
    for (const name of await readdir(machine.state, { recursive: true }))
      expect(await readFile(join(machine.state, name), 'utf8').catch(() => '')).not.toContain('aZ9kQ2mX7pLr4TnB8vWc');
    expect(JSON.parse(await machine.read(CURSOR))).toMatchObject({
      mcpServers: { github: { command: 'npx', env: { A_TOKEN: 'aZ9kQ2mX7pLr4TnB8vWc' } } },
    });
  });

  it('of one config at a time: another needs to be switched to, and what it drops goes', async () => {
    const machine = await makeMachine();
    await put(machine, { a: GITHUB, b: DOCS });
    await deploy(machine, ['cursor']);
    await put(machine, { b: DOCS, c: DOCS }, {}, 'other/servers');
    expect(states((await deploy(machine, ['cursor'], {}, 'other/servers')).applied)).toEqual(['conflict']);
    const { plan } = await deploy(machine, ['cursor'], { switch: true }, 'other/servers');
    expect(plan.targets[0]?.changes.map(({ op, server }) => op + server)).toEqual(['+c', '-a']);
    expect(Object.keys((JSON.parse(await machine.read(CURSOR)) as { mcpServers: object }).mcpServers)).toEqual([
      'b',
      'c',
    ]);
  });

  it('without a client means every file that has it, whatever its name begins with', async () => {
    const machine = await makeMachine();
    const name = 'cursor/default';
    await put(machine, { docs: DOCS }, {}, name);
    await deploy(machine, ['cursor', 'codex'], {}, name);
    const { targets } = await planDeploy(machine.ctx, { name });
    expect(targets.map(({ client, state }) => [client, state])).toEqual([
      ['cursor', 'unchanged'],
      ['codex', 'unchanged'],
    ]);
    // Also one that was removed altogether.
    await rm(machine.path(CURSOR));
    expect((await planDeploy(machine.ctx, { name })).targets[0]).toMatchObject({ client: 'cursor', state: 'conflict' });
  });

  it('is signed in the store: names and files, no value', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB });
    await deploy(machine, ['cursor']);
    const { configs } = await listConfigs(machine.ctx, { prefix: 'deployments/' });
    expect(configs.map(({ name }) => name)).toEqual(['deployments/cursor']);
    const { content, verified } = await getConfig(machine.ctx, { name: 'deployments/cursor' });
    expect([JSON.parse(content), verified]).toMatchObject([
      {
        client: 'cursor',
        targets: [{ file: '~/.cursor/mcp.json', servers: ['github'], config: { name: NAME, version: 1 } }],
      },
      true,
    ]);
  });

  it('can be given up: one server, or all, and the files go back to the others', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, PERSONAL);
    await put(machine, { github: GITHUB, docs: DOCS });
    await deploy(machine, ['cursor', 'codex']);
    await removeServers(machine.ctx, { server: 'docs' });
    expect(Object.keys((JSON.parse(await machine.read(CURSOR)) as { mcpServers: object }).mcpServers)).toEqual([
      'mine',
      'github',
    ]);
    await removeServers(machine.ctx, {});
    expect(await machine.read(CURSOR)).toBe(PERSONAL);
    expect(await machine.read('.codex/config.toml')).not.toContain('github');
    expect((await refusal(removeServers(machine.ctx, {}))).code).toBe('NOT_FOUND');
  });
});

describe('my servers are gone', () => {
  it('the scan says what, one command puts back ours, and undo brings the exact bytes', async () => {
    const machine = await makeMachine();
    await machine.write('.claude.json', '{"numStartups": 4, "mcpServers": {"mine": {"command": "x"}}}\n');
    await put(machine, { github: GITHUB, docs: DOCS });
    await deploy(machine, ['claude-code']);
    await machine.write('.claude.json', '{"numStartups": 5}\n');
    const { clients, summary, next } = await scanClients(machine.ctx, { client: 'claude-code' });
    expect(clients[0]).toMatchObject({ state: 'ok', changedAt: expect.any(String), config: { name: NAME } });
    expect(await drift(machine, 'claude-code')).toEqual({ github: 'missing', docs: 'missing' });
    expect([summary, next?.advice]).toEqual([
      expect.stringContaining('1 with drift'),
      [{ do: 'deploy', name: NAME, client: 'claude-code', restore: true }],
    ]);
    await deploy(machine, ['claude-code'], { restore: true });
    expect(JSON.parse(await machine.read('.claude.json'))).toMatchObject({
      numStartups: 5,
      mcpServers: { github: {}, docs: {} },
    });
    await undoDeploy(machine.ctx, { client: 'claude-code' });
    expect(await machine.read('.claude.json')).toBe('{"numStartups": 5}\n');
  });

  it('a client that brings its own copy back is said to have undone it', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, PERSONAL);
    await put(machine, { github: GITHUB });
    await deploy(machine, ['cursor']);
    await machine.write(CURSOR, PERSONAL);
    expect(await drift(machine)).toMatchObject({ github: 'undone' });
  });
});

describe('between plan and apply', () => {
  it('any change of the file makes the plan stale, and the other targets are done all the same', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, PERSONAL);
    await put(machine, { github: GITHUB });
    const plan = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor', 'kiro'] });
    await machine.write(CURSOR, `${PERSONAL} `);
    const applied = await applyDeploy(machine.ctx, { planId: plan.planId });
    expect(states(applied)).toEqual(['stale', 'written']);
    expect(await machine.read(CURSOR)).toBe(`${PERSONAL} `);
    expect((await refusal(applyDeploy(machine.ctx, { planId: plan.planId }))).code).toBe('PLAN_STALE');
  });

  it('a client that rewrites the rest all the time may do so: its newest bytes are kept', async () => {
    const machine = await makeMachine();
    await machine.write('.claude.json', '{"history": 1, "mcpServers": {"mine": {"command": "x"}}}');
    await put(machine, { github: GITHUB });
    const plan = await planDeploy(machine.ctx, { name: NAME, clients: ['claude-code'] });
    await machine.write('.claude.json', '{"history": 2, "more": true, "mcpServers": {"mine": {"command": "x"}}}');
    expect(states(await applyDeploy(machine.ctx, { planId: plan.planId }))).toEqual(['written']);
    expect(JSON.parse(await machine.read('.claude.json'))).toMatchObject({
      history: 2,
      more: true,
      mcpServers: { mine: {}, github: {} },
    });
    const next = await planDeploy(machine.ctx, { name: NAME, clients: ['claude-code'], restore: true });
    await machine.write('.claude.json', (await machine.read('.claude.json')).replace('"x"', '"y"'));
    expect(states(await applyDeploy(machine.ctx, { planId: next.planId }))).toEqual(['stale']);
  });

  it('a new version of the config does not change the plan; a purged id or another one is stale', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB });
    const plan = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor'] });
    await put(machine, { github: GITHUB, docs: DOCS });
    expect(await applyDeploy(machine.ctx, { planId: plan.planId })).toMatchObject({ version: 1 });
    expect(await machine.read(CURSOR)).not.toContain('docs');
    for (const planId of ['0123456789abcdef', '../../keys/a', ''])
      expect((await refusal(applyDeploy(machine.ctx, { planId }))).code).toBe('PLAN_STALE');
  });
});

it('a plan holds for an hour', async () => {
  const machine = await makeMachine();
  await put(machine, { github: GITHUB });
  const { planId } = await planDeploy(machine.ctx, { name: NAME, clients: ['cursor'] });
  const file = join(machine.state, 'plans', `${planId}.json`);
  const text = await readFile(file, 'utf8');
  expect(text).not.toContain('@x/github');
  await writeFile(file, text.replace(/"time":"[^"]*"/, `"time":"${new Date(Date.now() - 3_700_000).toISOString()}"`));
  expect((await refusal(applyDeploy(machine.ctx, { planId }))).code).toBe('PLAN_STALE');
});

it('in a container only what is mounted, or what a setting names, is a target', async () => {
  const machine = await makeMachine();
  await machine.write(CURSOR, '{}');
  const named = await machine.write('mounted/mcp.json', '{}');
  const settings = { ...machine.ctx.installation.settings(), expectVolume: true };
  const inContainer = (targets: Record<string, string>) => ({
    ...machine.ctx,
    installation: { ...machine.ctx.installation, settings: () => ({ ...settings, targets }) },
  });
  expect((await scanClients(inContainer({}), {})).clients).toEqual([]);
  expect((await scanClients(inContainer({ cursor: named }), {})).clients.map(({ path }) => path)).toEqual([named]);
  const { message } = await refusal(scanClients(inContainer({ cursr: named }), {}));
  expect(message).toBe('there is no client "cursr"');
});

describe('targets in a bad state', () => {
  it.each([
    ['zero bytes', '\0'.repeat(4_096), 'zero bytes'],
    ['half a file', PERSONAL.slice(0, 60), 'not valid JSON'],
    ['duplicate keys', '{"mcpServers":{},"mcpServers":{}}', 'occurs twice'],
    ['servers that are a list', '{"mcpServers":[]}', 'is not an object'],
  ])('%s: refused as it is, while the others are done', async (_, text, why) => {
    const machine = await makeMachine();
    await machine.write(CURSOR, text);
    await put(machine, { github: GITHUB });
    const { plan, applied } = await deploy(machine, ['cursor', 'kiro']);
    expect([states(plan), states(applied)]).toEqual([
      ['refused', 'changes'],
      ['refused', 'written'],
    ]);
    expect(plan.targets[0]?.notes.join()).toContain(why);
    expect(await machine.read(CURSOR)).toBe(text);
    expect((await scanClients(machine.ctx, { client: 'cursor' })).clients[0]).toMatchObject({
      state: 'unparsable',
      servers: [],
    });
  });

  it('a folder in the place of a file, a link, a link to nothing, 5 MB, a mode', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB });
    await mkdir(machine.path(CURSOR), { recursive: true });
    await machine.write('dotfiles/kiro.json', '{}\n');
    await chmod(machine.path('dotfiles/kiro.json'), 0o640);
    await mkdir(dirname(machine.path('.kiro/settings/mcp.json')), { recursive: true });
    await symlink(machine.path('dotfiles/kiro.json'), machine.path('.kiro/settings/mcp.json'));
    await mkdir(machine.path('.warp'));
    await symlink(machine.path('nowhere.json'), machine.path('.warp/.mcp.json'));
    const large = `{"big": ${JSON.stringify('x'.repeat(5_000_000))}, "mcpServers": {}}`;
    await machine.write('.claude.json', large);
    await chmod(machine.path('.claude.json'), 0o644);
    const { applied } = await deploy(machine, ['cursor', 'kiro', 'warp', 'claude-code']);
    expect(states(applied)).toEqual(['refused', 'written', 'refused', 'written']);
    expect((await lstat(machine.path('.kiro/settings/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await machine.read('dotfiles/kiro.json')).toContain('github');
    expect([await machine.mode('dotfiles/kiro.json'), await machine.mode('.claude.json')]).toEqual([0o640, 0o644]);
    const backups = (await readdir(machine.home, { recursive: true })).filter((name) => name.endsWith('.bak'));
    expect(backups).toHaveLength(2);
    for (const backup of backups) expect(await machine.mode(backup)).toBe(0o600);
    await rm(machine.path(CURSOR), { recursive: true });
  });

  it('a file that is not there is made, 0600, and undo takes it away again', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB });
    const { plan } = await deploy(machine, ['cursor']);
    expect(plan.targets[0]?.notes.join()).toContain('was not found here');
    expect(await machine.mode(CURSOR)).toBe(0o600);
    await undoDeploy(machine.ctx, { client: 'cursor' });
    expect(await readdir(dirname(machine.path(CURSOR)))).toEqual([]);
  });

  it('a file that changed since is undone entry by entry', async () => {
    const machine = await makeMachine();
    await machine.write(CURSOR, PERSONAL);
    await put(machine, { github: GITHUB });
    await deploy(machine, ['cursor']);
    await writeFile(machine.path(CURSOR), (await machine.read(CURSOR)).replace('"mine"', '"renamed"'));
    expect((await undoDeploy(machine.ctx, { client: 'cursor' })).targets).toMatchObject([
      { how: 'entries', state: 'written' },
    ]);
    expect(await machine.read(CURSOR)).toBe(PERSONAL.replace('"mine"', '"renamed"'));
  });
});

describe('layers and projects', () => {
  it('a config builds on others; the same name in two of them is an error; overlays are for one client', async () => {
    const machine = await makeMachine();
    await put(machine, { github: GITHUB }, {}, 'team/base');
    await put(
      machine,
      { docs: DOCS },
      { extends: ['team/base'], overlays: { codex: { docs: { startup_timeout_sec: 20 }, github: null } } },
    );
    await deploy(machine, ['cursor', 'codex']);
    expect(Object.keys((JSON.parse(await machine.read(CURSOR)) as { mcpServers: object }).mcpServers)).toEqual([
      'docs',
      'github',
    ]);
    const toml = await machine.read('.codex/config.toml');
    expect([toml.includes('startup_timeout_sec = 20'), toml.includes('github')]).toEqual([true, false]);
    await put(machine, { github: DOCS }, { extends: ['team/base'] });
    expect((await refusal(planDeploy(machine.ctx, { name: NAME, clients: ['cursor'] }))).code).toBe('TARGET_CONFLICT');
  });

  it('files of a project are a scope of their own, and hold no value in clear', async () => {
    const machine = await makeMachine({ variable: () => 'the-value-itself' });
    await put(machine, { github: GITHUB });
    const project = machine.path('work');
    await machine.write('.claude.json', '{"mcpServers":{"github":{"command":"mine"}}}');
    const hidden = await planDeploy(machine.ctx, { name: NAME, clients: ['claude-code'], project });
    expect(hidden.targets[0]?.notes.join()).toContain("github is in the user's file of Claude Code too");
    await deploy(machine, ['claude-code', 'vscode'], { project });
    expect(JSON.parse(await machine.read('work/.mcp.json'))).toMatchObject({
      mcpServers: { github: { env: { GITHUB_TOKEN: '${GITHUB_TOKEN}' } } },
    });
    expect(await machine.read('work/.vscode/mcp.json')).toContain('${env:GITHUB_TOKEN}');
    expect(await machine.read('.claude.json')).toBe('{"mcpServers":{"github":{"command":"mine"}}}');
    expect((await scanClients(machine.ctx, { client: 'claude-code', project })).clients[0]?.servers).toMatchObject([
      { name: 'github', owned: true },
    ]);
  });
});

describe('this server itself', () => {
  it('is never dropped by a config, is taken back like a deployment, and goes with all that is ours', async () => {
    const machine = await makeMachine();
    const before = '{\n  "mcpServers": {\n    "mine": { "command": "x" }\n  }\n}\n';
    await machine.write(CURSOR, before);
    const plan = await planServerInstall(machine.ctx, { client: 'cursor' });
    await installServer(machine.ctx, plan);
    expect(await drift(machine)).toEqual({ mine: undefined, 'config-store': undefined });
    await put(machine, { docs: DOCS });
    await deploy(machine, ['cursor']);
    await put(machine, { github: GITHUB });
    await deploy(machine, ['cursor']);
    const names = Object.keys((JSON.parse(await machine.read(CURSOR)) as { mcpServers: object }).mcpServers);
    expect(names).toEqual(['mine', 'config-store', 'github']);
    await removeServers(machine.ctx, {});
    expect(await machine.read(CURSOR)).toBe(before);
  });
});

describe('values of variables', () => {
  it("are written into the user's own file on the command line alone, and are kept nowhere else", async () => {
    const machine = await makeMachine({
      variable: (name) => (name === 'GITHUB_TOKEN' ? 'vAl9kQ2mX7pLr4TnB8vWc' : undefined),
    });
    await put(machine, { github: GITHUB });
    const { targets } = await runDeploy(
      machine.ctx,
      { name: NAME, clients: ['zed'] },
      { fillIn: machine.ctx.installation.variable },
    );
    expect(targets).toMatchObject([{ state: 'written' }]);
    const file = '.config/zed/settings.json';
    expect(await machine.read(file)).toContain('vAl9kQ2mX7pLr4TnB8vWc');
    expect(await drift(machine, 'zed')).toEqual({ github: undefined });
    const plan = await planDeploy(machine.ctx, { name: NAME, clients: ['zed'] });
    const kept = await Promise.all(
      (await readdir(machine.state, { recursive: true })).map((name) =>
        readFile(join(machine.state, name), 'utf8').catch(() => ''),
      ),
    );
    expect(JSON.stringify([targets, plan, kept])).not.toContain('vAl9kQ2mX7pLr4TnB8vWc');
  });
});
