import { expect, it } from 'vitest';
import { deploy } from '../../../src/verbs/clients/apply-deploy.ts';
import type { ScannedClient } from '../../../src/verbs/clients/scan-clients.ts';
import { watchClients } from '../../../src/verbs/clients/watch-clients.ts';
import { putConfig } from '../../../src/verbs/configs/put-config.ts';
import { makeMachine } from './machine.ts';

it('says once what differs after a client replaced its file, and ends when it is told to', async () => {
  const machine = await makeMachine();
  const file = '.cursor/mcp.json';
  await machine.write(file, '{}');
  await putConfig(machine.ctx, {
    name: 'a/b',
    json: { mcpServers: { docs: { type: 'sse', url: 'https://a.example' } } },
  });
  await deploy(machine.ctx, { name: 'a/b', clients: ['cursor'] });
  const abort = new AbortController();
  const found: ScannedClient[] = [];
  const watching = watchClients(machine.ctx, { signal: abort.signal }, async (client) => {
    found.push(client);
    abort.abort();
  });
  const wipe = setInterval(() => void machine.write(file, '{"mcpServers": {}}'), 200);
  await watching;
  clearInterval(wipe);
  expect(found).toMatchObject([{ client: 'cursor', servers: [{ name: 'docs', drift: 'missing' }] }]);
});
