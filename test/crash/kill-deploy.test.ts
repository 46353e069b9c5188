import { spawnSync } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { scanClients } from '../../src/verbs/clients/scan-clients.ts';
import { putConfig } from '../../src/verbs/configs/put-config.ts';
import { temporaryFolder } from '../telemetry/temporary-folder.ts';
import { makeMachine } from '../verbs/clients/machine.ts';

const WORKER = fileURLToPath(new URL('deploy-worker.ts', import.meta.url));
const FILE = 'home/.cursor/mcp.json';
const BEFORE = '{ "mcpServers": { "mine": { "command": "x" } } }\n';
/** Every call of a replacement with SLOW=1; a few that matter otherwise: copy, new file, rename. */
const POINTS = process.env['SLOW'] === '1' ? Array.from({ length: 24 }, (_, i) => i + 1) : [1, 6, 11, 14];

it('killed at any point of apply, the file is the old one or the new one, and the next scan knows which', async () => {
  const machine = await makeMachine();
  await machine.write('.cursor/mcp.json', BEFORE);
  await putConfig(machine.ctx, {
    name: 'a/b',
    json: { mcpServers: { docs: { type: 'streamable-http', url: 'https://a.example' } } },
  });
  const seen = new Set<string>();
  for (const at of POINTS) {
    const root = join(await temporaryFolder(), 'copy');
    await cp(dirname(machine.home), root, { recursive: true });
    const { signal, status, stderr } = spawnSync(process.execPath, [WORKER, root, String(at)], { encoding: 'utf8' });
    expect([signal ?? status, stderr]).toEqual([expect.toSatisfy((how) => how === 'SIGKILL' || how === 0), '']);
    const text = await readFile(join(root, FILE), 'utf8');
    const isOld = text === BEFORE;
    if (!isOld)
      expect(JSON.parse(text)).toEqual({ mcpServers: { mine: { command: 'x' }, docs: { url: 'https://a.example' } } });
    seen.add(isOld ? 'old' : 'new');
    const paths = { ...machine.ctx.installation.settings().paths, state: join(root, 'state') };
    const installation = {
      ...machine.ctx.installation,
      settings: () => ({ ...machine.ctx.installation.settings(), paths }),
      personFolders: () => ({ platform: 'linux', home: join(root, 'home') }) as const,
    };
    const { clients } = await scanClients({ ...machine.ctx, installation }, { client: 'cursor' });
    expect(clients[0]?.servers.map(({ name, owned, drift }) => [name, owned, drift])).toEqual(
      isOld
        ? [['mine', false, undefined]]
        : [
            ['mine', false, 'foreign'],
            ['docs', true, undefined],
          ],
    );
  }
  expect([...seen].sort()).toEqual(['new', 'old']);
}, 900_000);
