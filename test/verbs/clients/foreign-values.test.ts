// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/clients/ownership/field-digests.ts';
import { applyDeploy } from '../../../src/verbs/clients/apply-deploy.ts';
import { importClient } from '../../../src/verbs/clients/import-client.ts';
import { planDeploy } from '../../../src/verbs/clients/plan-deploy.ts';
import { scanClients } from '../../../src/verbs/clients/scan-clients.ts';
import { getConfig } from '../../../src/verbs/configs/get-config.ts';
import { patchConfig } from '../../../src/verbs/configs/patch-config.ts';
import { type Machine, makeMachine } from './machine.ts';

const SECRET = 'aZ9kQ2mX7pLr4TnB8vWc';
const CURSOR = '.cursor/mcp.json';

async function imported(entry: object): Promise<{ machine: Machine; text: string; stored: unknown }> {
  const machine = await makeMachine();
  const text = JSON.stringify({ mcpServers: { mine: entry } });
  await machine.write(CURSOR, text);
  await importClient(machine.ctx, { client: 'cursor' });
  const { content } = await getConfig(machine.ctx, { name: 'cursor/default' });
  return { machine, text, stored: (JSON.parse(content) as { mcpServers: { mine: unknown } }).mcpServers.mine };
}

describe('a value in clear among the arguments of an entry that is taken over', () => {
  it('is shown in no plan, and no digest of it is kept', async () => {
    const args = ['-y', 'server@1.0.0', `--token=${SECRET}`];
    const { machine, stored, text } = await imported({ command: 'npx', args });
    expect(stored).toMatchObject({ args: ['-y', 'server@1.0.0', '--token=${env:MINE_TOKEN}'] });
    const name = 'cursor/default';
    const { planId } = await planDeploy(machine.ctx, { name });
    expect((await applyDeploy(machine.ctx, { planId })).targets).toMatchObject([{ state: 'adopted' }]);
    expect(await machine.read(CURSOR)).toBe(text);
    expect((await scanClients(machine.ctx, { client: 'cursor' })).clients[0]?.servers).toMatchObject([
      { owned: true, name: 'mine' },
    ]);
    expect((await scanClients(machine.ctx, { client: 'cursor' })).clients[0]?.servers[0]).not.toHaveProperty('drift');
    const kept = await Promise.all(
      (await readdir(machine.state)).map((file) => readFile(join(machine.state, file), 'utf8').catch(() => '')),
    );
    expect(kept.join('')).toContain('/args');
    expect(kept.join('')).not.toContain(digestOf(args));
    await machine.write(CURSOR, text.replace('server@1.0.0', 'evil'));
    expect((await scanClients(machine.ctx, { client: 'cursor' })).clients[0]?.servers).toMatchObject([
      { drift: 'other-program' },
    ]);
    await machine.write(CURSOR, text);
    await patchConfig(machine.ctx, {
      name,
      patch: { mcpServers: { mine: { args: ['-y', 'server@2.0.0', '--token=${env:MINE_TOKEN}'] } } },
    });
    const next = await planDeploy(machine.ctx, { name });
    expect(next.targets).toMatchObject([{ state: 'changes', changes: [{ op: '~' }] }]);
    expect(next.targets[0]?.diff).toContain('- mine/args (another value)');
    expect(JSON.stringify(next)).not.toContain(SECRET);
  });
});

describe('an import', () => {
  it.each([
    [{ command: 'x', env: { PASSWORD: `hunter ${SECRET}` } }, { env: { PASSWORD: '${env:PASSWORD}' } }],
    [
      { command: 'x', env: { DATABASE_URL: `postgres://ada:${SECRET}@db.example.com/a` } },
      { env: { DATABASE_URL: '${env:DATABASE_URL}' } },
    ],
    [
      { command: 'x', args: [`postgres://ada:${SECRET}@db.example.com/a`] },
      { args: [expect.stringMatching(/^\$\{env:\w+\}$/)] },
    ],
    [
      { url: 'https://a.example.com/mcp', headers: { Authorization: `Bearer ${SECRET}` } },
      { headers: { Authorization: expect.stringMatching(/^Bearer \$\{env:\w+\}$/) } },
    ],
    [
      { command: 'x', args: ['--header', `Authorization: Bearer ${SECRET}`] },
      { args: ['--header', expect.stringMatching(/^Authorization: Bearer \$\{env:\w+\}$/)] },
    ],
    [{ url: `https://a.example.com/mcp?api_key=${SECRET}` }, { url: expect.stringMatching(/^\$\{env:\w+\}$/) }],
  ])('%# keeps of a value what says what it is, and nothing of the value itself', async (entry, expected) => {
    const { stored } = await imported(entry);
    expect(stored).toMatchObject(expected);
    expect(JSON.stringify(stored)).not.toContain('hunter');
  });
});
